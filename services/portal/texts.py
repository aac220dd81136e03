"""What the pages say around the content, in plain words: simplified Chinese, and English beside it (S4.04)."""

from __future__ import annotations

from domain.shared.errors import Language

TEXTS: dict[str, tuple[str, str]] = {
    # Every page
    "site": ("三资阳光公开", "Sunshine Ledgers"),
    "motto": ("村里的账，村民看得见", "The village's books, open to every villager"),
    "skip": ("跳到正文", "Skip to the content"),
    "size": ("字号", "Text size"),
    "size.normal": ("标准", "Normal"),
    "size.large": ("大", "Large"),
    "size.huge": ("特大", "Largest"),
    "language": ("语言", "Language"),
    "you_are_here": ("当前位置", "You are here"),
    "home": ("全部村居", "All villages"),
    "footer": (
        "本站由各村（居）按公开程序发布，内容不可涂改；看不懂、有疑问，请向村务监督委员会或镇（街道）询问。",
        "Published by each village under the disclosure procedure; what is published cannot be altered. If something "
        "is unclear or looks wrong, ask the supervisory committee of the village or the township.",
    ),
    "no_personal": (
        "除任职人员姓名外，本站不公开任何个人信息。",
        "Apart from the names of office holders, no personal data are shown here.",
    ),
    # Places
    "places.title": ("各村（居）公开", "Disclosure by village"),
    "places.lead": (
        "共 {townships} 个镇（街道）、{villages} 个村（居）。点开镇（街道），再点村名。",
        "{townships} townships, {villages} villages and communities. Open a township, then choose a village.",
    ),
    "places.count": ("{count} 个村（居）", "villages: {count}"),
    "places.none": ("这里还没有登记村（居）。", "No village is registered here yet."),
    "districts.lead": ("请选择县（区）。", "Choose a district."),
    # Village
    "village.title": ("{name}村务公开", "{name}: disclosure"),
    "village.published": ("已公开的账目", "Published accounts"),
    "village.none": ("本村还没有公开的账目。", "This village has not published any accounts yet."),
    "village.offices": ("谁在管事", "Who is in office"),
    "village.no_offices": ("任职情况尚未登记。", "No offices have been recorded yet."),
    "village.code": ("区划代码 {code}", "Division code {code}"),
    "merged": ("本村已并入", "This village was merged into"),
    "merged.kept": ("以前的账目仍可在此查看。", "Its earlier accounts can still be read here."),
    "since": ("{day}起任职", "Since {day}"),
    "until": ("至{day}", "until {day}"),
    "delegated": ("代行", "acting"),
    "erased": ("（个人信息已依法删除）", "(personal data erased)"),
    "published_on": ("{day}公开", "Published on {day}"),
    "stage.published": ("已公开", "Published"),
    "stage.filed": ("已备案", "Filed"),
    "balance": ("期末资金", "Money at the end"),
    # Disclosure
    "edition": ("第 {number} 版", "Edition {number}"),
    "edition.newer": (
        "这是第 {number} 版，已有更正后的新版：",
        "This is edition {number}; a corrected one has been published:",
    ),
    "edition.older": ("更正前的版本：", "Before correction:"),
    "section.income": ("收入", "Income"),
    "section.expenditure": ("支出", "Expenditure"),
    "section.funds": ("货币资金（现金和银行存款）", "Money at hand (cash and bank)"),
    "item": ("项目", "Item"),
    "amount": ("金额（元）", "Amount (yuan)"),
    "total": ("{section}合计", "Total: {section}"),
    "in_words": ("大写：人民币{words}", "In Chinese capital numerals: 人民币{words}"),
    "nothing": ("本期没有", "None in this period"),
    "vouchers": ("看 {count} 张凭证", "Vouchers: {count}"),
    "vouchers.of": ("{name}的凭证", "Vouchers of {name}"),
    "voucher": ("凭证号", "Voucher"),
    "date": ("日期", "Date"),
    "summary": ("摘要", "Purpose"),
    "open_all": ("展开全部凭证（可一并打印）", "Open all vouchers (for printing too)"),
    "close_all": ("收起全部凭证", "Close all vouchers"),
    "sum": ("拿笔算一算", "Check it with a pencil"),
    "sum.opening": ("期初", "at the beginning"),
    "sum.income": ("收入", "income"),
    "sum.expenditure": ("支出", "expenditure"),
    "sum.other": ("其他资金变动", "other movements"),
    "sum.closing": ("期末", "at the end"),
    "sum.right": (
        "期初的钱，加上收入、减去支出，再算上其他资金变动，正好等于期末的钱。",
        "The money at the beginning, plus income, less expenditure, with other movements, is the money at the end.",
    ),
    "sum.wrong": (
        "注意：按上面的数字算出来与期末数对不上，请向村务监督委员会反映。",
        "Attention: these figures do not add up to the money at the end. Please tell the supervisory committee.",
    ),
    "trail": ("经过谁的手", "Through whose hands"),
    "trail.lead": (
        "每一步由不同的人办理，经手人不能自己审自己。",
        "Drafting, review and signing are done by different people: nobody checks their own work.",
    ),
    "step": ("环节", "Step"),
    "step.drafted": ("草案编制", "Drafted"),
    "step.revised": ("草案重编", "Drafted again"),
    "step.reviewed": ("审核", "Reviewed"),
    "step.signed": ("签字", "Signed"),
    "step.published": ("公开", "Published"),
    "step.filed": ("备案", "Filed"),
    "opinion": ("意见", "Opinion"),
    "basis": ("公开依据", "Legal basis"),
    "basis.item": (
        "公开事项清单 {item}“{title}”，{every}公开。",
        "Item {item} “{title}” of the disclosure catalogue, {every}.",
    ),
    "every.quarter": ("每季度", "every quarter"),
    "every.month": ("每月", "every month"),
    "every.year": ("每年", "every year"),
    # Checking
    "check": ("怎么核对没有被改过", "How to check that nothing was altered"),
    "check.how": (
        "村里的每一笔记录都按先后编号，写进一本只能往后添、不能涂改的日志。每一条都有一个校验码，由上一条的校验码和本条"
        "内容一起算出。谁改动了任何一条旧记录，从那一条起的校验码就全都对不上。",
        "Every record of the village is numbered and written to a log to which one can only add. Each has a check "
        "code, computed from the code before it and its own content. Whoever alters an old record breaks every code "
        "from there on.",
    ),
    "check.copy": (
        "现在抄下最新一条的编号和校验码（抄前 16 位就够），以后随时回来核对：同一编号的校验码应当一字不差。",
        "Copy the number and the code of the latest record now (the first 16 characters will do) and compare later: "
        "the code of that number must never change.",
    ),
    "check.latest": ("最新一条记录", "Latest record"),
    "check.number": ("编号", "Number"),
    "check.number_is": ("第 {number} 条", "No. {number}"),
    "check.code": ("校验码", "Check code"),
    "check.at": ("记录时间", "Recorded"),
    "check.this": ("本页内容记在", "This page is recorded as"),
    "check.figures": ("数字取自截至此条的账", "Figures taken from the books up to"),
    "check.go": ("去核对抄下的校验码", "Check a code that you copied"),
    "check.title": ("核对校验码", "Check a code"),
    "check.form": ("核对抄下的编号和校验码", "Check the number and code that you copied"),
    "check.copied": ("抄下的校验码（至少前 8 位）", "The code you copied (at least 8 characters)"),
    "check.button": ("核对", "Check"),
    "check.same": (
        "一致。第 {number} 条及以前的记录没有被改动过。",
        "They agree: record {number} and all before it are unaltered.",
    ),
    "check.differs": (
        "不一致！请先检查是否抄错；确认没有抄错，请带上抄件向镇（街道）或纪检监察部门反映。",
        "They differ! Check first that it was copied correctly; if it was, take your copy to the township or the "
        "inspectors.",
    ),
    "check.none": (
        "没有编号为“{number}”的记录；编号是 1 到 {last} 之间的整数。",
        "There is no record “{number}”; numbers run from 1 to {last}.",
    ),
    "check.unreadable": (
        "“{code}”不是校验码；校验码由数字 0–9 和字母 a–f 组成，请至少填前 8 位。",
        "“{code}” is not a check code; it is made of digits 0–9 and letters a–f. Give at least the first 8.",
    ),
    "check.is": ("第 {number} 条的校验码是：", "The check code of record {number} is:"),
    # Print
    "print.posted": ("张贴日期：", "Posted on:"),
    "print.village_seal": ("村（居）民委员会（盖章）：", "Villagers' committee (seal):"),
    "print.committee_seal": ("村务监督委员会（盖章）：", "Supervisory committee (seal):"),
    # Not found
    "not_found.title": ("没有找到这一页", "This page was not found"),
    "not_found.lead": (
        "网址可能抄错了，或者这项内容还没有公开。",
        "The address may be mistyped, or this has not been published yet.",
    ),
    "not_found.go": ("从全部村居里找", "Find it among all villages"),
}


def text(language: Language, key: str, /, **facts: object) -> str:
    """The words for `key`, with the facts filled in."""
    return TEXTS[key][language is Language.EN].format(**facts)
