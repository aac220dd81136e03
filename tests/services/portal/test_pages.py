"""What a villager finds: the way to the village, its accounts down to the voucher, and a code to check."""

from __future__ import annotations

import re

from services.read_models.heads import Heads

from .conftest import COUNTERPARTY, QUARTER, RETURNED, SCRIPT, VILLAGE, Portal
from .markup import Element, read


def texts(element: Element, tag: str) -> list[str]:
    return [re.sub(r"\s+", " ", found.text) for found in element.find(tag)]


async def test_the_way_down_to_the_village(shared: Portal) -> None:
    index = read(await shared.page("/"))
    assert texts(index, "h1") == ["揭东区各村（居）公开"]
    assert texts(index, "summary") == ["新亨镇2 个村（居）", "玉滘镇1 个村（居）"]
    names = [link.text for link in index.find("details")[0].find("a")]
    assert names == ["凤光村", "硕联村"], "by pinyin: feng before shuo"
    village = read(await shared.page(VILLAGE))
    crumbs = next(nav for nav in village.find("nav") if nav.attributes.get("class") == "crumbs")
    assert texts(crumbs, "li") == ["全部村居", "揭东区", "新亨镇", "凤光村"]
    assert [link.attributes["href"] for link in crumbs.find("a")] == ["/", "/v/445203", "/v/445203112"]


async def test_the_village_shows_who_is_in_office_since_when(shared: Portal) -> None:
    page = read(await shared.page(VILLAGE))
    people = next(ul for ul in page.find("ul") if ul.attributes.get("class") == "people")
    rows = [re.sub(r"\s+", " ", row.text) for row in people.find("li")]
    assert len(rows) == 5
    assert [b.text for b in people.find("b")] == ["陈志强", "陈永发", "林建国", "吴秀英", "陈晓岚"]
    assert "党组织书记" in people.find("li")[0].text
    assert all("2025年1月1日起任职" in row.text for row in people.find("li"))


async def test_the_village_lists_what_is_published_and_nothing_else(shared: Portal) -> None:
    page = await shared.page(VILLAGE)
    cards = next(ul for ul in read(page).find("ul") if ul.attributes.get("class") == "cards").find("li")
    assert [card.find("a")[0].text for card in cards] == ["2025年第一季度收支情况"]
    assert [dd.text for dd in cards[0].find("dd")] == ["12,345.67", "3,000.00", "8,345.67"]
    assert "已备案" in cards[0].text
    assert "2025年4月8日公开" in cards[0].text
    assert "第二季度" not in page


async def test_the_tables_add_up(shared: Portal) -> None:
    page = read(await shared.page(QUARTER))
    assert texts(page, "h1") == ["新亨镇 凤光村 2025年第一季度收支情况"]
    income, expenditure, funds = (
        table for table in page.find("table") if table.parent and table.parent.tag == "section"
    )
    assert texts(income, "caption")[0] == "收入"
    assert _totals(income) == ["12,345.67"]
    assert _totals(expenditure) == ["3,000.00"]
    assert _totals(funds) == ["8,345.67"]
    assert "人民币壹万贰仟叁佰肆拾伍元陆角柒分" in income.text
    assert "人民币叁仟元整" in expenditure.text
    assert "人民币捌仟叁佰肆拾伍元陆角柒分" in funds.text


async def test_a_villager_can_check_the_sum_with_a_pencil(shared: Portal) -> None:
    page = read(await shared.page(QUARTER))
    rows = next(ol for ol in page.find("ol") if ol.attributes.get("class") == "sum").find("li")
    shown = [re.sub(r"\s+", "", row.text) for row in rows]
    assert [re.sub(r"[^\d.,−＋＝]", "", text) for text in shown] == [
        "0.00",
        "＋12,345.67",
        "−3,000.00",
        "−1,000.00",
        "＝8,345.67",
    ]
    assert "正好等于期末的钱" in page.text
    assert "对不上" not in next(s for s in page.find("section") if "拿笔算一算" in s.text).text


async def test_every_figure_opens_to_its_vouchers_without_a_script(shared: Portal) -> None:
    page = read(await shared.page(QUARTER))
    opened = [details for details in page.find("details") if details.find("table")]
    assert len(opened) == 4
    cells = [re.sub(r"\s+", "", cell.text) for cell in opened[0].find("tbody")[0].children[0].children]
    assert cells == ["2025-01/1", "2025-01-10", "收商铺租金", "12,345.67"]
    assert not any("open" in details.attributes for details in opened)
    everything = read(await shared.page(f"{QUARTER}?vouchers=all"))
    assert all("open" in details.attributes for details in everything.find("details"))


async def test_the_trail_tells_each_hand_and_keeps_silent_on_what_was_returned(shared: Portal) -> None:
    page = await shared.page(QUARTER)
    trail = next(ol for ol in read(page).find("ol") if ol.attributes.get("class") == "trail")
    assert texts(trail, "h3") == ["草案重编", "审核", "签字", "公开", "备案"]
    assert texts(trail, "b") == ["陈晓岚", "林建国", "陈志强", "陈晓岚", "谢审核"]
    assert "村务监督委员会主任" in trail.find("li")[1].text
    assert "镇审核员" in trail.find("li")[4].text
    assert RETURNED not in page


async def test_the_basis_is_law_not_our_own_numbers(shared: Portal) -> None:
    page = read(await shared.page(QUARTER))
    basis = next(section for section in page.find("section") if "公开依据" in section.text)
    assert "《农村集体经济组织财务公开规定》(农经发〔2011〕13号)" in basis.text
    assert "S4" not in basis.text
    assert "V.C1" in basis.text
    assert "每季度" in basis.text


async def test_what_people_typed_is_text_and_never_markup(shared: Portal) -> None:
    page = await shared.page(QUARTER)
    assert SCRIPT not in page
    assert page.count("&lt;script&gt;alert(&#39;村&#39;)&lt;/script&gt;") >= 2, "in a summary and in an opinion"


async def test_no_counterparty_and_nothing_personal(shared: Portal) -> None:
    for path in (VILLAGE, QUARTER, f"{QUARTER}?vouchers=all", f"{VILLAGE}/check", "/"):
        page = await shared.page(path)
        for secret in (COUNTERPARTY, "13800138000", "4452031980", "sealed1.", "未公开的支出", "7,777.00"):
            assert secret not in page, (path, secret)


async def test_one_village_shows_nothing_of_another(shared: Portal) -> None:
    neighbour = await shared.page("/v/445203112201")
    assert "还没有公开" in neighbour
    assert "郑丽华" in neighbour
    assert "陈晓岚" not in neighbour
    assert (await shared.get("/v/445203112201/V.C1/2025-Q1")).status_code == 404


async def test_unpublished_is_as_good_as_nonexistent(shared: Portal) -> None:
    paths = [
        f"{VILLAGE}/V.C1/2025-Q2",  # signed, not published
        f"{VILLAGE}/V.C1/2031-Q2",
        f"{VILLAGE}/V.ZZ/2025-Q1",
        f"{QUARTER}?edition=2",
    ]
    answers = [await shared.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    pages = {re.sub(r'href="[^"]*"', "", answer.text) for answer in answers}
    assert len(pages) == 1
    ignored = {"content-length", "x-request-id"}
    assert len({tuple((k, v) for k, v in a.headers.items() if k not in ignored) for a in answers}) == 1


async def test_an_address_that_means_nothing_offers_a_way_on(shared: Portal) -> None:
    strange = [
        "/v",
        "/v/abc",
        "/v/445203112299",
        "/v/４４５２０３１１２２１２",
        "/v/445203112212%0A",
        f"{VILLAGE}/V.C1",
    ]
    strange += [f"{VILLAGE}/%00/2025-Q1", f"{VILLAGE}/V.C1/%00"]
    for path in [*strange, "/v/445203112/V.C1/2025-Q1", "/v/445203/check", f"{VILLAGE}/%3Cscript%3E/x"]:
        answer = await shared.get(path)
        assert answer.status_code == 404, path
        main = read(answer.text).find("main")[0]
        assert main.find("a")[0].attributes["href"] == "/"
        assert "<script>" not in answer.text


async def test_english_around_chinese_content(shared: Portal) -> None:
    for page in (await shared.page(f"{QUARTER}?lang=en"), await shared.page(QUARTER, accept_language="en-GB")):
        root = read(page)
        assert [t for t in texts(root, "caption") if not t.startswith("Vouchers")] == [
            "Income",
            "Expenditure",
            "Money at hand (cash and bank)",
        ]
        assert "2025年第一季度收支情况" in texts(root, "h1")[0]
        assert "director of the supervisory committee" in page
        assert "8 April 2025" in page
    assert "收支" in await shared.page(f"{QUARTER}?lang=zh", accept_language="en")


async def test_a_copied_code_can_be_checked(shared: Portal) -> None:
    key = shared.scene.village.key
    heads = Heads(shared.services.db)
    head = (await heads.of(key.district, [key.tenant]))[key.tenant]
    page = await shared.page(QUARTER)
    assert head.hash.hex() in re.sub(r"[^0-9a-f]", "", read(page).find("dl")[0].text)
    assert f"第 {head.position} 条" in page
    early = await heads.hash_at(key, 5)
    assert early is not None
    copied = early.hex()[:16]
    same = await shared.page(f"{VILLAGE}/check?position=5&hash={copied[:8]}+{copied[8:].upper()}")
    assert "一致。第 5 条及以前的记录没有被改动过" in same
    assert "不一致！" in await shared.page(f"{VILLAGE}/check?position=6&hash={copied}")
    assert "不是校验码" in await shared.page(f"{VILLAGE}/check?position=5&hash=abc")
    assert f"1 到 {head.position} 之间" in await shared.page(
        f"{VILLAGE}/check?position={head.position + 1}&hash={copied}"
    )
    for nonsense in ("-1", "0", "x", "9" * 40, "%3Cscript%3E", "1' or 1=1"):
        page = await shared.page(f"{VILLAGE}/check?position={nonsense}")
        assert "没有编号为" in page
        assert "<script>" not in page


def _totals(table: Element) -> list[str]:
    rows = [row for row in table.find("tr") if row.attributes.get("class") == "total"]
    return [cell.text for row in rows for cell in row.find("td")]
