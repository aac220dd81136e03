"""The demo village's running costs: power, office, wages, lost time, public welfare, taxes, interest."""

from __future__ import annotations

from collections.abc import Iterator

from services.demo.scene import (
    BANK,
    BANK_NAME,
    BANK_SLIP,
    CASH,
    CLEANER,
    GARDENER,
    GROUPS,
    HARDWARE,
    LAMPS,
    PAYROLL,
    POWER,
    PRINTER,
    PUMPS,
    QUARTER_NAMES,
    SHEET,
    STATIONER,
    TELECOM,
    WATER,
    Happening,
    Scene,
    compound,
    move,
    paid,
)

METERS = (
    ("村委办公楼", "513", 420, 880),
    ("路灯", "514", 1850, 2680),
    ("农贸市场公共区域", "511", 360, 720),
    ("排灌泵站", "514", 280, 1650),
)
OFFICE_GOODS = ("打印纸", "档案盒", "硒鼓", "账册凭证", "饮用水", "清洁用品", "签字笔及文件夹")
REASONS = ("防汛值守", "河道清淤", "人口信息核对", "森林防火巡查", "村道清障", "灌溉渠维护", "集体资产清查")
WORKERS = ("陈先生", "林女士", "黄先生", "郑先生", "吴女士", "蔡先生", "许先生", "李女士")


def electricity(scene: Scene) -> Iterator[Happening]:
    for month in range(1, 13):
        for meter, account, low, high in METERS:
            summer = 3 if 5 <= month <= 9 else 0
            amount = scene.yuan(low, high + (high - low) * summer // 6)
            yield paid(scene.day(month, 22), f"支付{month}月{meter}电费", account, amount, POWER)


def utilities(scene: Scene) -> Iterator[Happening]:
    for month in range(1, 13):
        yield paid(scene.day(month, 20), f"支付{month}月办公楼水费", "513", scene.yuan(95, 210), WATER)
        yield paid(scene.day(month, 8), f"支付{month}月电话宽带费", "513", 29_900, TELECOM)
        fee = scene.yuan(8, 36)
        yield move(scene.day(month, 25), f"支付{month}月转账手续费", "513", BANK, fee, BANK_NAME, BANK_SLIP)


def office(scene: Scene) -> Iterator[Happening]:
    for month in range(1, 13):
        for _ in range(2):
            goods = scene.chance.choice(OFFICE_GOODS)
            amount = scene.yuan(85, 620)
            yield paid(scene.some_day(month), f"购买办公{goods}", "513", amount, STATIONER, out_of=CASH)
        who = scene.chance.choice(WORKERS)
        yield paid(scene.some_day(month), "报销到镇办事交通费", "513", scene.yuan(36, 128), who, out_of=CASH)
        if month % 2:
            amount = scene.yuan(180, 760)
            yield paid(scene.some_day(month), "支付公开栏喷绘及资料印刷费", "513", amount, PRINTER)
    yield paid(scene.day(1, 9), "支付本年度报刊订阅费", "513", 386_400, "桂岭邮政所")
    for month, topic in ((3, "村务监督委员会成员"), (9, "报账员")):
        yield paid(scene.some_day(month), f"支付{topic}培训资料费", "513", scene.yuan(260, 480), PRINTER)


def wages(scene: Scene) -> Iterator[Happening]:
    """Wages are owed at the end of the month (应付工资) and paid by bank card on the 10th of the next."""
    yield move(scene.day(1, 10), "发放上年12月工资", "212", BANK, 1_480_000, "村务工作人员", PAYROLL)
    for month in range(1, 13):
        management, market = 980_000, 520_000 + (30_000 if month >= 7 else 0)
        debits = [("513", "村务工作人员", management), ("511", "市场管理员", market)]
        credits_ = [("212", "村务工作人员", management + market)]
        yield compound(scene.day(month, 28), f"计提{month}月工资", debits, credits_, PAYROLL)
        if month < 12:
            summary = f"发放{month}月工资"
            total = management + market
            yield move(scene.day(month + 1, 10), summary, "212", BANK, total, "村务工作人员", PAYROLL)


def cleaning_labour(scene: Scene) -> Iterator[Happening]:
    """Street cleaners are paid for labour (应付劳务费), in the same month."""
    for month in range(1, 13):
        amount = 660_000 + scene.chance.randrange(0, 5) * 12_000
        yield move(scene.day(month, 24), f"计提{month}月保洁员劳务费", "514", "213", amount, "保洁员", PAYROLL)
        yield move(scene.day(month, 26), f"发放{month}月保洁员劳务费", "213", BANK, amount, "保洁员", PAYROLL)


def lost_time(scene: Scene) -> Iterator[Happening]:
    """Compensation for lost working time (误工补贴), 120 yuan a day, disclosed by person (S4 V.C4)."""
    for month in range(1, 13):
        reasons = scene.chance.sample(REASONS, 3)
        for reason, who in zip(reasons, scene.chance.sample(WORKERS, 3), strict=True):
            days = scene.chance.randint(1, 6)
            summary = f"支付{reason}误工补贴{days}天"
            yield move(scene.some_day(month), summary, "513", CASH, days * 12_000, who, PAYROLL)


def sanitation(scene: Scene) -> Iterator[Happening]:
    """Rubbish is hauled away monthly; supplies go through the store (库存物资)."""
    for month in range(1, 13):
        amount = scene.yuan(2350, 2980)
        yield paid(scene.day(month, 27), f"支付{month}月垃圾清运费", "514", amount, CLEANER)
        supplies = scene.yuan(260, 540)
        yield paid(scene.some_day(month, 2, 10), "购入扫把垃圾袋等保洁物资", "121", supplies, HARDWARE)
        used = supplies * scene.chance.randint(70, 100) // 100
        yield move(scene.day(month, 25), "领用保洁物资", "514", "121", used, "保洁员", SHEET)


def lamps(scene: Scene) -> Iterator[Happening]:
    for month in range(1, 13):
        group = scene.chance.choice(GROUPS)
        number = scene.chance.randint(2, 9)
        amount = number * scene.yuan(58, 96)
        yield paid(scene.some_day(month), f"更换{group}路灯{number}盏", "514", amount, LAMPS)


def repairs(scene: Scene) -> Iterator[Happening]:
    works = (
        ("疏通第三村民小组排水沟", "514", CLEANER, 680, 1400),
        ("维修排灌泵站水泵", "514", PUMPS, 900, 2600),
        ("修补商铺屋面渗漏", "511", HARDWARE, 1200, 3800),
        ("维修文化楼门窗", "514", HARDWARE, 350, 980),
        ("修剪村道绿化", "514", GARDENER, 800, 1800),
        ("维修市场水电线路", "511", PUMPS, 420, 1300),
    )
    for month in range(1, 13):
        for summary, account, who, low, high in scene.chance.sample(works, 2):
            yield paid(scene.some_day(month), summary, account, scene.yuan(low, high), who)


def welfare(scene: Scene) -> Iterator[Happening]:
    """Respect for the elderly by group each quarter, and gifts at the festivals."""
    for quarter, label in enumerate(QUARTER_NAMES):
        for group in GROUPS:
            elders = scene.chance.randint(18, 34)
            on = scene.day(quarter * 3 + 2, 16)
            summary = f"发放{label}{group}敬老补助{elders}人"
            yield move(on, summary, "514", BANK, elders * 6_000, group, PAYROLL)
    for month, day, summary, amount in (
        (1, 20, "春节慰问困难户物资", 1_268_000),
        (5, 28, "端午节慰问老人物资", 642_000),
        (6, 30, "六一儿童节活动用品", 318_650),
        (7, 30, "八一慰问退役军人物资", 476_000),
        (9, 28, "中秋节慰问老人物资", 735_500),
        (10, 27, "重阳节敬老活动餐费", 1_586_400),
    ):
        yield paid(scene.day(month, day), summary, "514", amount, "百惠日用品店")


def depreciation(scene: Scene) -> Iterator[Happening]:
    """Straight-line, by month: let property, office, public works."""
    for month in range(1, 13):
        debits = [("511", "", 462_580), ("513", "", 118_340), ("514", "", 236_915)]
        total = sum(amount for _, _, amount in debits)
        yield compound(scene.day(month, 28), f"计提{month}月固定资产折旧", debits, [("152", "", total)], SHEET)


def taxes(scene: Scene) -> Iterator[Happening]:
    """Property tax on let buildings: owed at the quarter's end, paid the month after."""
    yield move(scene.day(1, 14), "缴纳上年四季度房产税", "214", BANK, 468_200, "桂岭税务分局", BANK_SLIP)
    for quarter, label in enumerate(QUARTER_NAMES):
        last, amount = quarter * 3 + 3, scene.yuan(4300, 4900)
        yield move(scene.day(last, 28), f"计提{label}房产税", "512", "214", amount, "桂岭税务分局", SHEET)
        if quarter < 3:
            summary = f"缴纳{label}房产税"
            yield move(scene.day(last + 1, 14), summary, "214", BANK, amount, "桂岭税务分局", BANK_SLIP)


def loan(scene: Scene) -> Iterator[Happening]:
    """The long-term loan: interest each quarter, part of the principal twice a year."""
    owed = 30_000_000
    for quarter, label in enumerate(QUARTER_NAMES):
        month = quarter * 3 + 3
        interest = owed * 385 // 40_000
        yield move(scene.day(month, 20), f"支付{label}借款利息", "515", BANK, interest, BANK_NAME, BANK_SLIP)
        if quarter % 2:
            yield move(scene.day(month, 20), "归还部分借款本金", "221", BANK, 2_500_000, BANK_NAME, BANK_SLIP)
            owed -= 2_500_000


SPENDING = (
    electricity,
    utilities,
    office,
    wages,
    cleaning_labour,
    lost_time,
    sanitation,
    lamps,
    repairs,
    welfare,
    depreciation,
    taxes,
    loan,
)
