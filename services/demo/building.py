"""The demo district, built through the API step by step."""

from __future__ import annotations

from collections.abc import AsyncIterator

from domain.shared.calendar import Quarter
from domain.shared.identity import Office
from domain.shared.money import yuan
from services.demo.people import (
    ACCOUNTANT,
    ADMINISTRATOR,
    APPOINTED,
    CLERK,
    DIRECTOR,
    MEMBERS,
    PASSWORD,
    REVIEWER,
    SECRETARY,
    VILLAGE,
)
from services.demo.story import DATA, DIVISIONS, FIRST_DAY, ITEM, QUARTER, Step, Story, expect, grouped
from services.demo.year import YEAR, generate_opening
from services.imports.vouchers import EntryLine

TOWNSHIPS, VILLAGES, SKIPPED = 19, 211, 6
BATCH = 200
REVISED = "（已补正）"
OPENING_MONTH = f"{YEAR - 1}-12"


async def divisions(story: Story) -> AsyncIterator[str]:
    administrator = await story.person(ADMINISTRATOR)
    entered = await administrator.upload("ImportDivisions", "divisions", DIVISIONS, since=str(FIRST_DAY))
    expect(entered["imported"] == TOWNSHIPS + VILLAGES, f"{entered['imported']} divisions were entered")
    expect(len(entered["skipped"]) == SKIPPED, f"{len(entered['skipped'])} rows were skipped")
    yield f"揭东区：{TOWNSHIPS} 个镇街、{VILLAGES} 个村和社区已建立"
    yield f"跳过 {SKIPPED} 行并逐行说明，例如：{entered['skipped'][0]['message']}"


async def offices(story: Story) -> AsyncIterator[str]:
    administrator = await story.person(ADMINISTRATOR)
    members: dict[str, str] = {}
    for person in APPOINTED:
        registered = await administrator.change(
            "RegisterMember",
            f"member/{person.login}",
            name=person.name,
            phone=person.phone,
            login=person.login,
            password=PASSWORD,
        )
        members[person.login] = registered["member"]["id"]
        given = await administrator.change(
            "GiveOffice",
            f"office/{person.login}",
            tenant=await story.tenant_id(person.code),
            member=members[person.login],
            office=person.office.name,
            **{"from": str(FIRST_DAY)},
        )
        yield f"{given['term']['holder']} 任{given['term']['officeName']}（{person.code}）"
    refusal = await story.refused(
        ADMINISTRATOR,
        "GiveOffice",
        "OFFICE_INCOMPATIBLE",
        tenant=await story.tenant_id(VILLAGE),
        member=members[CLERK.login],
        office=Office.COMMITTEE_MEMBER.name,
        **{"from": str(FIRST_DAY)},
    )
    yield f"拒绝：{refusal}"


async def books(story: Story) -> AsyncIterator[str]:
    """Opening balances are a voucher too, in the month before the first; it goes through the same hands."""
    village = await story.tenant_id(VILLAGE)
    accountant, clerk = await story.person(ACCOUNTANT), await story.person(CLERK)
    await accountant.change("OpenBooks", "books", village=village, firstMonth=OPENING_MONTH)
    opening = generate_opening()
    drafted = await clerk.change(
        "DraftVoucher",
        "opening",
        village=village,
        occurredOn=str(opening.occurred_on),
        summary=opening.summary,
        postings=[_posting(line) for line in opening.lines],
    )
    yield f"账套自 {OPENING_MONTH} 启用，期初余额凭证 {grouped(drafted['voucher']['total'])} 元"


async def import_year(story: Story) -> AsyncIterator[str]:
    village, clerk = await story.tenant_id(VILLAGE), await story.person(CLERK)
    file = DATA / f"vouchers_{YEAR}.xlsx"
    entered = await clerk.upload("ImportVouchers", "year", file, village=village, year=YEAR)
    expect(entered["imported"] >= 600, f"only {entered['imported']} vouchers were imported")
    count, months, position = entered["imported"], len(entered["months"]), entered["position"]
    yield f"导入 {file.name}：{count} 张凭证，{months} 个月，账本位置 {position:,}"
    again = await clerk.upload("ImportVouchers", "year", file, village=village, year=YEAR)
    expect((again["imported"], again["position"]) == (count, position), "a repeated command was carried out twice")
    yield f"重发同一命令：结果相同，账本位置仍为 {position:,}"
    gb18030 = DATA / "vouchers_gb18030.csv"
    january = await clerk.upload("ImportVouchers", "january", gb18030, village=village, year=YEAR + 1)
    yield f"导入 {gb18030.name}（GB18030 编码）：{january['imported']} 张凭证"


async def return_and_revise(story: Story) -> AsyncIterator[str]:
    first = (await story.vouchers(CLERK, month=f"{YEAR}-01"))[0]
    director, clerk = await story.person(DIRECTOR), await story.person(CLERK)
    reason = "发票抬头有误，请补正后重报"
    await director.change("ReturnVouchers", "return", vouchers=[first["id"]], reason=reason)
    summary = first["summary"].removesuffix(REVISED) + REVISED  # it has it already if the building was interrupted
    lines = (await clerk.ask("Voucher", code=VILLAGE, number=first["number"]))["tenant"]["voucher"]["lines"]
    kept = ("account", "debit", "credit", "summary", "counterparty", "evidence")
    revised = await clerk.change(
        "ReviseVoucher",
        "revise",
        voucher=first["id"],
        summary=summary,
        postings=[{name: line[name] for name in kept} for line in lines],
    )
    yield f"凭证 {first['number']} 被退回（{reason}），修改后重报：{revised['voucher']['stageName']}"


async def approve(story: Story) -> AsyncIterator[str]:
    """Reviewed, signed and posted in batches; every voucher is its own command and reports for itself."""
    waiting = await story.vouchers(DIRECTOR, stages=["DRAFTED"])
    if waiting:
        one = waiting[0]["id"]
        yield f"拒绝：{await story.refused(CLERK, 'ReviewVouchers', 'FORBIDDEN', vouchers=[one])}"
        yield f"拒绝：{await story.refused(SECRETARY, 'SignVouchers', 'WRONG_STAGE', vouchers=[one])}"
        member = await story.person(MEMBERS[0])
        await member.change("ReviewVouchers", f"review/{one}", vouchers=[one], opinion="属实")
        yield f"拒绝：{await story.refused(MEMBERS[0], 'SignVouchers', 'FORBIDDEN', vouchers=[one])}"
    for operation, who, stage, word in (
        ("ReviewVouchers", DIRECTOR, "DRAFTED", "审核"),
        ("SignVouchers", SECRETARY, "REVIEWED", "签字"),
        ("PostVouchers", ACCOUNTANT, "SIGNED", "入账"),
    ):
        done = 0
        client = await story.person(who)
        more = {"opinion": "经核对，属实"} if operation == "ReviewVouchers" else {}
        waiting = await story.vouchers(who, stages=[stage])
        for start in range(0, len(waiting), BATCH):
            batch = [each["id"] for each in waiting[start : start + BATCH]]
            payload = await client.change(operation, f"{operation}/{batch[0]}", vouchers=batch, **more)
            faults = [each["error"]["message"] for each in payload["results"] if each["error"]]
            expect(not faults, "; ".join(faults[:3]))
            done += len(batch)
        yield f"{who.office.zh} {who.name} {word} {done} 张"


async def close(story: Story) -> AsyncIterator[str]:
    village, accountant = await story.tenant_id(VILLAGE), await story.person(ACCOUNTANT)
    closed: list[str] = []
    for month in (OPENING_MONTH, *map(str, Quarter.parse(QUARTER).months)):
        payload = await accountant.change("ClosePeriod", f"close/{month}", village=village, month=month)
        closed.append(payload["books"]["closedUntil"])
    yield f"{ACCOUNTANT.office.zh} {ACCOUNTANT.name} 逐月结账：{'、'.join(closed)}"


async def disclose(story: Story) -> AsyncIterator[str]:
    clerk = await story.person(CLERK)
    village = await story.tenant_id(VILLAGE)
    drafted = (await clerk.change("DraftDisclosure", "disclosure", village=village, item=ITEM, period=QUARTER))[
        "disclosure"
    ]
    yield f"《{drafted['title']}》由账本位置 {drafted['asOf']:,} 生成，{len(drafted['figures'])} 项数字"
    for operation, who, more in (
        ("ReviewDisclosure", DIRECTOR, {"opinion": "与账面核对一致，同意公开"}),
        ("SignDisclosure", SECRETARY, {}),
        ("PublishDisclosure", CLERK, {}),
        ("FileDisclosure", REVIEWER, {}),
    ):
        client = await story.person(who)
        changed = (await client.change(operation, operation, disclosure=drafted["id"], **more))["disclosure"]
        yield f"{who.office.zh} {who.name}：{changed['stageName']}"


def _posting(line: EntryLine) -> dict[str, str]:
    return {
        "account": line.account,
        "debit": yuan(line.debit),
        "credit": yuan(line.credit),
        "summary": line.summary,
        "counterparty": line.counterparty,
        "evidence": line.evidence,
    }


BUILDING = (
    Step("导入区划，建立揭东区 / Divisions become tenants", divisions),
    Step("任命职务 / Offices with terms", offices),
    Step("建账与期初余额 / Books are opened", books),
    Step("导入一年的凭证 / A year of vouchers from a spreadsheet", import_year),
    Step("退回与修改 / One is returned and revised", return_and_revise),
    Step("审核、签字、入账 / Review, signature, posting", approve),
    Step("结账 / The quarter is closed", close),
    Step("公开：编制、审核、签字、公布、备案 / Disclosed: drafted, reviewed, signed, published, filed", disclose),
)
