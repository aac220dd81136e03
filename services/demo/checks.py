"""What the story then tries: bad files, a reversal, the past, the public, the neighbours, and tampering."""

from __future__ import annotations

from collections.abc import AsyncIterator

from domain.shared.money import fen, yuan
from services.demo.bad_rows import cases
from services.demo.building import BATCH
from services.demo.client import JSON, Client, GraphQLFailed, Refused
from services.demo.people import (
    ACCOUNTANT,
    CLERK,
    DIRECTOR,
    INSPECTOR,
    NEIGHBOUR_CLERK,
    SECRETARY,
    VILLAGE,
)
from services.demo.story import DATA, ITEM, QUARTER, Step, Story, StoryFailed, expect, grouped
from services.demo.year import YEAR
from services.identity.sealing import VERSION as SEALED
from services.read_models.tenants import Tenants
from services.store.db import connected
from services.store.log import EventLog
from services.store.rebuild import check
from services.store.tampering import alter_and_verify, refused_to
from services.store.verify import known_tenants, verify_all


async def bad_files(story: Story) -> AsyncIterator[str]:
    village, clerk = await story.tenant_id(VILLAGE), await story.person(CLERK)
    before = await _position(story)
    for name in ("vouchers_bad.csv", "vouchers_bad.xlsx"):
        faults = await _faults(clerk, name, village)
        missing = {code for code, _, _ in cases(YEAR)} - {fault["code"] for fault in faults}
        expect(not missing, f"{name}: {missing} not reported")
        yield f"{name}：{len(faults)} 处错误全部报告，例如：{faults[0]['message']}"
    expect(await _position(story) == before, "a file with errors changed something")
    yield f"账本位置仍为 {before:,}，未改动任何数据"


async def _faults(clerk: Client, name: str, village: str) -> list[JSON]:
    """The row errors of a file that must be refused."""
    try:
        await clerk.upload("ImportVouchers", name, DATA / name, village=village, year=YEAR)
    except Refused as refused:
        found: list[JSON] = refused.payload["rowErrors"]
        return found
    raise StoryFailed(f"{name} was imported")


async def reversal(story: Story) -> AsyncIterator[str]:
    posted = (await story.vouchers(CLERK, month=f"{YEAR}-12", stages=["POSTED"]))[0]
    clerk = await story.person(CLERK)
    reason = f"冲销凭证 {posted['number']}：金额录入有误"
    drafted = await clerk.change(
        "ReverseVoucher", f"reverse/{posted['id']}", voucher=posted["id"], occurredOn=f"{YEAR}-12-31", reason=reason
    )
    opposite = drafted["voucher"]
    for operation, who in (("ReviewVouchers", DIRECTOR), ("SignVouchers", SECRETARY), ("PostVouchers", ACCOUNTANT)):
        client = await story.person(who)
        await client.change(operation, f"reversal/{operation}/{opposite['id']}", vouchers=[opposite["id"]])
    again = await story.refused(
        CLERK,
        "ReverseVoucher",
        "VOUCHER_ALREADY_REVERSED",
        voucher=posted["id"],
        occurredOn=f"{YEAR}-12-31",
        reason="再次冲销",
    )
    yield f"{posted['number']} 由相反凭证 {opposite['number']} 冲销并入账；{again}"


async def public(story: Story) -> AsyncIterator[str]:
    """What a villager sees without signing in: the API, and the page."""
    found = await story.visitor.ask("PublicDisclosure", code=VILLAGE, item=ITEM, period=QUARTER)
    disclosure = found["tenant"]["disclosure"]
    figures = {figure["account"]: fen(figure["amount"]) for figure in disclosure["figures"]}
    income, spent = (
        sum(fen(figure["amount"]) for figure in disclosure["figures"] if figure["section"] == section)
        for section in ("income", "expenditure")
    )
    sums = figures["opening"] + income - spent + figures["other"]
    expect(sums == figures["closing"], "opening, income, expenditure and closing do not agree")
    expect(all(f["sources"] for f in disclosure["figures"] if f["section"] != "funds"), "a figure has no vouchers")
    opening, other, closing = (grouped(yuan(figures[name])) for name in ("opening", "other", "closing"))
    earned, paid = grouped(yuan(income)), grouped(yuan(spent))
    yield f"期初 {opening} + 收入 {earned} − 支出 {paid} + 其他 {other} = 期末 {closing} 元"
    yield "、".join(f"{step['stepName']} {step['name']}" for step in disclosure["trail"])
    for path in (f"/v/{VILLAGE}", f"/v/{VILLAGE}/{ITEM}/{QUARTER}"):
        page = await story.visitor.page(path)
        expect(page.status_code == 200 and "凤光村" in page.text, f"{path} answers {page.status_code}")
        yield f"网页 {path}：{len(page.content) / 1024:,.0f} KB，无需登录，无脚本"
        expect("<script" not in page.text, f"{path} has a script")
    expect(closing in page.text, "the page does not show the closing funds")


async def nothing_else(story: Story) -> AsyncIterator[str]:
    """A visitor and a neighbouring village's clerk get nothing that is not public."""
    inside = (await story.vouchers(CLERK, month=f"{YEAR}-01"))[0]
    for who, client in (("未登录的人", story.visitor), ("邻村报账员", await story.person(NEIGHBOUR_CLERK))):
        tried = 0
        for operation, variables in (
            ("Vouchers", {"code": VILLAGE}),
            ("TrialBalance", {"code": VILLAGE, "from": f"{YEAR}-01", "to": f"{YEAR}-12"}),
            ("VoucherHistory", {"id": inside["id"]}),
            ("Voucher", {"code": VILLAGE, "number": inside["number"]}),
            ("VerifyChain", {"code": VILLAGE}),
        ):
            expect(await _sees_nothing(client, operation, variables), f"{who} sees {operation}")
            tried += 1
        yield f"{who}：{tried} 种非公开查询全部被拒绝"


async def _sees_nothing(client: Client, operation: str, variables: dict[str, str]) -> bool:
    try:
        answer = await client.ask(operation, **variables)
    except GraphQLFailed as failure:
        return bool({"FORBIDDEN", "UNAUTHENTICATED", "NOT_FOUND"} & set(failure.codes))
    return answer.get("node", "absent") is None


async def replay(story: Story) -> AsyncIterator[str]:
    """The inspector asks for the books of the past, and what changed between two positions."""
    inspector, last = await story.person(INSPECTOR), await _position(story)
    one = (await story.vouchers(INSPECTOR, month=f"{YEAR}-01"))[0]
    history = (await inspector.ask("VoucherHistory", id=one["id"]))["node"]["history"]
    turnovers: list[int] = []
    for word, as_of in (
        (f"业务日期 {YEAR}-06-30", {"occurredOn": f"{YEAR}-06-30"}),
        (f"凭证 {one['number']} 入账之时", {"recordedAt": history[-1]["recordedAt"]}),
        (f"账本位置 {last - BATCH:,}", {"position": last - BATCH}),
        (f"账本位置 {last:,}（现在）", {"position": last}),
    ):
        rows, turnover = await _turnover(inspector, as_of)
        turnovers.append(turnover)
        yield f"截至{word}：{rows} 个科目，本年借贷发生额各 {grouped(yuan(turnover))} 元"
    expect(0 < min(turnovers) < max(turnovers) == turnovers[-1], "the past is not smaller than the present")
    between = [{"position": last - BATCH}, {"position": last}]
    difference = (await inspector.ask("LedgerDifference", code=VILLAGE, between=between))["tenant"]["ledgerDifference"]
    expect(difference["vouchers"], "no voucher was posted between the two positions")
    yield f"两个位置之间：{len(difference['accounts'])} 个科目变动，{len(difference['vouchers'])} 张凭证"
    titles = [f"{event['title']}（{event['who']}）" for event in history]
    expect(len(history) >= 6, f"the returned voucher has a history of {len(history)} events")
    yield f"凭证 {one['number']} 的历史：{' → '.join(titles)}"
    verified = (await inspector.ask("VerifyChain", code=VILLAGE))["tenant"]["verification"]
    expect(verified["intact"], "the chain does not verify")
    yield f"链条完整：{verified['events']:,} 个事件，链尾 {verified['hash'][:16]}…"


async def _turnover(inspector: Client, as_of: JSON) -> tuple[int, int]:
    """The accounts of the year's trial balance as of then, and what was debited and credited, in fen."""
    span = {"code": VILLAGE, "from": f"{YEAR}-01", "to": f"{YEAR}-12"}
    balance = (await inspector.ask("TrialBalance", **span, asOf=as_of))["tenant"]["trialBalance"]
    turnover = balance["totals"]["turnover"]
    expect(turnover["debit"] == turnover["credit"], "debits and credits differ")
    return len(balance["rows"]), fen(turnover["debit"])


async def tampering(story: Story) -> AsyncIterator[str]:
    """Somebody alters one event behind the service's back, in a transaction that is never committed."""
    assert story.database.superuser, "the story runs on an embedded database"
    async with connected(story.database.service, size=1) as db:
        village = await Tenants(db).by_code(VILLAGE)
        assert village is not None
        posted = next(e for e in await EventLog(db).after(village.key, 1000, 2000) if e.type == "ledger.VoucherPosted")
    found = await alter_and_verify(story.database.superuser, village.key, posted.position)
    expect(found.broken and found.broken.position == posted.position, "the altered event was not found")
    assert found.broken is not None
    yield "数据库超级用户绕过服务改动一条已入账凭证（随后回滚）："
    where = f"{found.code} {village.short_name} 位置 {found.broken.position:,}"
    yield f"核验指出 {where}：内容被改动（{found.broken.reason}）"
    for attempt, answer in (await refused_to(story.database.service)).items():
        expect(answer, f"the service's role may: {attempt}")
        yield f"服务账号 {attempt} → {answer}"


async def whole(story: Story) -> AsyncIterator[str]:
    """Every chain verifies, read models rebuilt from the log equal the live ones, and nobody's phone is in clear."""
    async with connected(story.database.owner, size=2) as owner:
        async with owner.scope() as connection:
            results = await verify_all(connection, await known_tenants(connection))
        expect(not any(result.broken for result in results), "a chain is broken")
        yield f"{len(results)} 个账本、{sum(result.events for result in results):,} 个事件全部完整"
        report = await check(owner)
        expect(report.difference is None, f"read models differ: {report.difference}")
        yield f"由事件重建的 {report.rows:,} 行查询数据与现有数据逐行一致"
    async with connected(story.database.service, size=1) as db:
        district = (await Tenants(db).districts())[0]
        register = await EventLog(db).after(district.key, 0, 10_000)
        names = [event.payload.name for event in register if event.type == "tenancy.MemberRegistered"]  # type: ignore[attr-defined]
    expect(names and all(name.startswith(SEALED) for name in names), "a name is recorded in clear")
    yield f"{len(names)} 人的姓名、电话均以密文入账，例如 {names[0][:32]}…"


async def _position(story: Story) -> int:
    return int((await story.visitor.ask("PublicTenant", code=VILLAGE))["tenant"]["head"]["position"])


CHECKS = (
    Step("有错误的表格不改变任何数据 / Bad files change nothing", bad_files),
    Step("已入账凭证只能冲销 / Only reversed, never changed", reversal),
    Step("村民不用登录就能看 / The public sees it", public),
    Step("不公开的谁也看不到 / Nobody else sees more", nothing_else),
    Step("巡察回放 / The inspector's replay", replay),
    Step("改动必被发现 / Tampering is found", tampering),
    Step("整体核对 / The whole is checked", whole),
)
