"""What of an error a client hears, and what the log keeps."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from asyncpg import DataError
from litestar import Litestar, get

from gateway.app import create_app
from gateway.masking import unexpected
from services.wiring import Services
from tests.gateway.plumbing.probe import DEVELOPMENT, NO_DOCUMENTS, PRODUCTION, SECRET, app, ask, client, codes, probe


def lines(log: StringIO, event: str) -> list[dict[str, Any]]:
    written = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in written if line["event"] == event]


async def test_an_unexpected_error_is_masked_and_logged_in_full(services: Services, log: StringIO) -> None:
    answer = await ask(app(services), f'{{ boom(text: "{SECRET}") }}')
    [error] = answer["errors"]
    [line] = lines(log, "internal_error")
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["message"] == f"内部错误。如需反映，请提供请求编号 {error['extensions']['requestId']}"
    assert error["path"] == ["boom"]
    assert "postgres" not in json.dumps(answer)
    assert line["request_id"] == error["extensions"]["requestId"]
    assert line["error"] == "RuntimeError"
    assert "a bug of ours: postgres://secret" in line["traceback"]
    assert "in boom" in line["traceback"]


async def test_personal_data_stays_out_of_the_log(services: Services, log: StringIO) -> None:
    application = app(services)
    await ask(application, f'{{ boom(text: "{SECRET}") }}')
    await ask(application, "query Q($t: String!) { boom(text: $t) }", variables={"t": SECRET})
    await ask(application, "query Q($t: Int!) { boom }", variables={"t": SECRET})
    await ask(application, f'{{ nothing(text: "{SECRET}") }}')
    await ask(application, f'{{ "{SECRET}" }}')
    await ask(application, "{ detail }")
    async with client(application) as http:
        await http.get(f"/nothing?name={SECRET}")
        await http.post(
            f"/graphql?name={SECRET}", content=SECRET.encode(), headers={"content-type": "application/json"}
        )
    assert len(lines(log, "request")) == 8
    assert len(lines(log, "internal_error")) == 3
    for part in SECRET.split():
        assert part not in log.getvalue()


async def test_a_value_that_the_database_does_not_take_stays_out_of_the_log(services: Services, log: StringIO) -> None:
    async with services.db.anywhere() as connection:
        with pytest.raises(DataError) as raised:
            await connection.fetchval("select $1::date", SECRET)
    assert SECRET in str(raised.value)
    unexpected(raised.value)
    [line] = lines(log, "internal_error")
    assert "invalid input for query argument $1" in line["traceback"]
    for part in SECRET.split():
        assert part not in log.getvalue()


async def test_a_refusal_tells_its_code_and_field_in_the_callers_language(services: Services) -> None:
    application = app(services)
    [chinese] = (await ask(application, "{ refused }"))["errors"]
    [english] = (await ask(application, "{ refused }", {"accept-language": "en"}))["errors"]
    assert (chinese["extensions"]["code"], chinese["extensions"]["field"]) == ("BAD_INPUT", "month")
    assert chinese["message"] == "month：2025-13 不符合要求；write 2025-12"
    assert english["message"] == "month: 2025-13 is not acceptable; write 2025-12."


async def test_an_error_with_a_code_passes(services: Services) -> None:
    [error] = (await ask(app(services), "{ coded }"))["errors"]
    assert (error["message"], error["extensions"]) == ("说明", {"code": "OF_A_RESOLVER", "field": "x"})
    assert error["path"] == ["coded"]


async def test_development_says_what_does_not_fit_the_schema(services: Services) -> None:
    [error] = (await ask(app(services), "{ itemz }"))["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert "Cannot query field 'itemz'" in error["message"]


async def test_production_says_what_is_wrong_with_variables_and_no_more(services: Services, documents: Path) -> None:
    text = "query Page($n: Int!) { items(first: $n) { nodes { name } } }"
    (documents / "page.graphql").write_text(text)
    answer = await ask(app(services, PRODUCTION, documents), text, variables={"n": "many"})
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert "$n" in error["message"]
    assert "many" in error["message"]


@pytest.mark.parametrize(
    "query", ["subscription { villageLog(tenant: 1) { position } }", "query A { echo } query B { echo }", "{"]
)
async def test_what_cannot_run_over_http_is_refused(services: Services, query: str) -> None:
    assert codes(await ask(app(services), query)) == ["BAD_REQUEST"]


@pytest.fixture
def with_pages(services: Services) -> Litestar:
    @get("/page")
    async def page() -> str:
        raise RuntimeError("a bug in a page")

    return create_app(services, DEVELOPMENT, schema=probe, documents=NO_DOCUMENTS, pages=[page])


async def test_a_bug_in_a_page_is_masked_and_logged(with_pages: Litestar, log: StringIO) -> None:
    async with client(with_pages) as http:
        program = await http.get("/page")
        browser = await http.get("/page", headers={"accept": "text/html"})
    assert (program.status_code, codes(program.json())) == (500, ["INTERNAL"])
    assert browser.status_code == 500
    assert browser.headers["content-type"].startswith("text/html")
    assert "内部错误" in browser.text
    assert "a bug" not in program.text + browser.text
    assert len(lines(log, "internal_error")) == 2


async def test_an_address_with_nothing_there(with_pages: Litestar) -> None:
    async with client(with_pages) as http:
        program = await http.get("/nothing", headers={"accept-language": "en"})
        browser = await http.get("/nothing", headers={"accept": "text/html,*/*"})
        method = await http.delete("/graphql")
    assert (program.status_code, codes(program.json())) == (404, ["NOT_FOUND"])
    assert "没有找到该地址" in browser.text
    assert (method.status_code, codes(method.json())) == (405, ["METHOD_NOT_ALLOWED"])
