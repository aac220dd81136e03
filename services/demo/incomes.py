"""The demo village's income: rents, contracted land, subsidies, investments, donations."""

from __future__ import annotations

from collections.abc import Iterator

from services.demo.scene import (
    BANK,
    BANK_NAME,
    BANK_SLIP,
    CASH,
    CIVIL,
    FARMING,
    FINANCE,
    GROUPS,
    QUARTER_NAMES,
    SHEET,
    Happening,
    Scene,
    move,
    received,
)

SHOPS = (
    ("1号商铺", "桂岭宏利五金店", 1680),
    ("2号商铺", "岭香小吃店", 1520),
    ("3号商铺", "百惠日用品店", 1850),
    ("4号商铺", "康宁药房", 2100),
    ("5号商铺", "丽人理发店", 1280),
    ("6号商铺", "顺达摩托维修部", 1460),
    ("7号商铺", "岭文办公用品店", 1350),
    ("8号商铺", "兴农农资店", 1750),
    ("9号商铺", "好又鲜生鲜店", 1980),
    ("10号商铺", "桂印图文店", 1240),
    ("11号商铺", "福满粮油店", 1620),
    ("12号商铺", "童乐服装店", 1390),
    ("13号商铺", "速通快递驿站", 1560),
    ("14号商铺", "凤光茶行", 1430),
)
STALLS = ("陈女士", "林先生", "黄女士", "郑先生", "吴女士", "蔡先生", "许女士", "李先生", "杨女士")
LANDS = (
    ("东洋片水田36亩", "岭丰种植合作社", 9360),
    ("西坑片旱地22亩", "陈先生", 4180),
    ("后山果园48亩", "绿源园艺场", 10080),
    ("溪边菜地15亩", "林先生", 3450),
    ("北片水田28亩", "岭丰种植合作社", 7280),
    ("南坡竹林60亩", "黄先生", 5400),
    ("旧砖厂地块9亩", "岭达建筑工程队", 8100),
    ("洋尾旱地18亩", "郑女士", 3060),
)
FACTORIES = (("一号厂房1200平方米", "岭美塑料制品厂", 10800), ("二号厂房860平方米", "凤岭服装加工厂", 7740))
LATE_PAYERS = frozenset({"丽人理发店", "童乐服装店"})


def shop_rents(scene: Scene) -> Iterator[Happening]:
    """Rents are due in the first month of each quarter; two tenants pay late and owe them meanwhile."""
    for quarter, label in enumerate(QUARTER_NAMES):
        first = quarter * 3 + 1
        for place, tenant, monthly in SHOPS:
            amount = monthly * 300
            if tenant in LATE_PAYERS:
                on = scene.day(first, 10)
                yield move(on, f"确认{label}{place}应收租金", "112", "501", amount, tenant, SHEET)
                yield received(scene.some_day(first + 1), f"收回{label}{place}租金", "112", amount, tenant)
            else:
                yield received(scene.some_day(first, 3, 20), f"收{label}{place}租金", "501", amount, tenant)


def stall_rents(scene: Scene) -> Iterator[Happening]:
    """Market stalls pay monthly, in cash."""
    for month in range(1, 13):
        for number, tenant in enumerate(STALLS, start=1):
            amount = 36000 + number * 1500 + (2000 if month > 6 else 0)
            summary = f"收{month}月农贸市场{number}号摊位租金"
            yield received(scene.some_day(month, 2, 12), summary, "501", amount, tenant, into=CASH)


def factory_rents(scene: Scene) -> Iterator[Happening]:
    for quarter, label in enumerate(QUARTER_NAMES):
        for place, tenant, monthly in FACTORIES:
            on = scene.some_day(quarter * 3 + 1, 5, 15)
            yield received(on, f"收{label}{place}租金", "501", monthly * 300, tenant)


def contracted_land(scene: Scene) -> Iterator[Happening]:
    """Contracted land (发包) pays half-yearly; the fishpond and the roof for solar panels yearly."""
    for half, month in (("上半年", 1), ("下半年", 7)):
        for place, contractor, amount in LANDS:
            on = scene.some_day(month, 4, 25)
            yield received(on, f"收{half}{place}承包款", "501", amount * 50, contractor)
    yield received(scene.day(3, 12), "收本年度凤塘鱼塘承包款", "501", 2_680_000, "蔡先生")
    yield received(scene.day(4, 15), "收本年度党群服务中心屋顶光伏租金", "501", 960_000, "岭光新能源有限公司")


def running_subsidies(scene: Scene) -> Iterator[Happening]:
    """Transfers for running the village, each month, with fen as shared out by head."""
    for month in range(1, 13):
        yield received(scene.day(month, 15), f"收{month}月村级组织运转经费补助", "503", 1_250_000, FINANCE)
        cleaning = scene.yuan(4200, 4900)
        yield received(scene.day(month, 18), f"收{month}月农村保洁补助", "503", cleaning, CIVIL)


def yearly_subsidies(scene: Scene) -> Iterator[Happening]:
    gifts = (
        (2, 20, "收驻村帮扶专项补助", 6_000_000, FINANCE),
        (3, 18, "收公益林生态补偿款", 1_842_650, FARMING),
        (5, 20, "收耕地地力保护补助（集体机动地）", 436_728, FARMING),
        (6, 18, "收村级会计委托代理补助", 800_000, FINANCE),
        (8, 20, "收防汛抢险补助", 1_200_000, FARMING),
        (9, 22, "收党群服务中心运行补助", 1_500_000, FINANCE),
        (11, 18, "收高标准农田管护补助", 967_340, FARMING),
        (12, 16, "收年度人居环境整治奖补", 3_000_000, FINANCE),
    )
    for month, day, summary, amount, who in gifts:
        yield received(scene.day(month, day), summary, "503", amount, who)


def investments(scene: Scene) -> Iterator[Happening]:
    """Dividends of the township's joint company, and a deposit for a fixed term."""
    yield move(scene.day(1, 20), "存入三个月定期存款", "111", BANK, 20_000_000, BANK_NAME, BANK_SLIP)
    yield move(scene.day(4, 21), "定期存款到期收回", BANK, "111", 20_000_000, BANK_NAME, BANK_SLIP)
    yield move(scene.day(4, 21), "收定期存款利息", BANK, "502", 67_500, BANK_NAME, BANK_SLIP)
    for month, half in ((6, "上半年"), (12, "下半年")):
        amount = scene.yuan(18000, 23000)
        yield received(scene.day(month, 25), f"收{half}联合公司分红", "502", amount, "桂岭强村联合公司")


def bank_interest(scene: Scene) -> Iterator[Happening]:
    for quarter, label in enumerate(QUARTER_NAMES):
        amount = scene.yuan(380, 640)
        on = scene.day(quarter * 3 + 3, 21)
        yield move(on, f"收{label}活期存款利息", BANK, "504", amount, BANK_NAME, BANK_SLIP)


def donations(scene: Scene) -> Iterator[Happening]:
    """Villagers abroad give for the elderly and for lamps."""
    for month, donor, purpose, amount in (
        (1, "陈先生", "敬老", 1_000_000),
        (2, "林先生", "春节文体活动", 500_000),
        (5, "黄女士", "助学", 800_000),
        (9, "郑先生", "路灯", 600_000),
        (10, "蔡女士", "重阳敬老", 1_200_000),
    ):
        yield received(scene.some_day(month), f"收乡贤{purpose}捐款", "504", amount, donor)


def small_incomes(scene: Scene) -> Iterator[Happening]:
    """Sundry cash: scrap, use of the hall, penalties for late rent."""
    kinds = (("出售废旧纸皮收入", 60, 180), ("文化楼场地使用费", 200, 500), ("收承包方逾期违约金", 80, 260))
    for month in range(1, 13):
        summary, low, high = kinds[month % 3]
        who = scene.chance.choice(("吴先生", "杨女士", "李女士", "许先生"))
        yield received(scene.some_day(month), summary, "504", scene.yuan(low, high), who, into=CASH)


def group_dealings(scene: Scene) -> Iterator[Happening]:
    """The village advances the groups' irrigation costs and settles with them (内部往来)."""
    for index, group in enumerate(GROUPS):
        amount = scene.yuan(1200, 2600, 1000)
        on = scene.some_day(index % 4 + 2)
        yield move(on, f"代垫{group}灌溉水费", "113", BANK, amount, group, BANK_SLIP)
        yield received(scene.some_day(index % 4 + 8), f"收回代垫{group}灌溉水费", "113", amount, group)


INCOMES = (
    shop_rents,
    stall_rents,
    factory_rents,
    contracted_land,
    running_subsidies,
    yearly_subsidies,
    investments,
    bank_interest,
    donations,
    small_incomes,
    group_dealings,
)
