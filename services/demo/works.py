"""The demo village's opening balances; its works, purchases, earmarked money and debts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.demo.scene import (
    BANK,
    BUILDER,
    CASH,
    FARMING,
    FINANCE,
    GARDENER,
    GROUPS,
    HARDWARE,
    LAMPS,
    SHEET,
    Happening,
    Scene,
    compound,
    move,
    paid,
    received,
)


def opening(scene: Scene) -> Iterator[Happening]:
    """The balances with which the books begin, in one voucher on the last day of the year before."""
    debits = [
        (CASH, "", 386_240),
        (BANK, "", 86_430_255),
        ("112", "岭丰种植合作社", 1_280_000),
        ("112", "旧砖厂承租户", 365_000),
        ("121", "", 128_460),
        ("132", "", 2_450_000),
        ("134", "", 1_860_000),
        ("141", "桂岭强村联合公司", 60_000_000),
        ("151", "", 412_685_300),
        ("161", "", 3_600_000),
    ]
    credits_ = [
        ("152", "", 96_342_780),
        ("211", BUILDER, 4_860_000),
        ("211", HARDWARE, 236_500),
        ("212", "村务工作人员", 1_480_000),
        ("214", "桂岭税务分局", 468_200),
        ("221", "桂岭信用社营业部", 30_000_000),
        ("241", FINANCE, 8_000_000),
        ("301", "", 180_000_000),
        ("311", "", 205_000_000),
    ]
    kept = sum(amount for _, _, amount in debits) - sum(amount for _, _, amount in credits_)
    on = date(scene.year - 1, 12, 31)
    yield compound(on, "建账结转期初余额", debits, [*credits_, ("322", "", kept)], SHEET)


def old_debts(scene: Scene) -> Iterator[Happening]:
    """What was owed at the start of the year is collected and paid by instalments."""
    yield received(scene.day(2, 18), "收回岭丰种植合作社上年欠款", "112", 1_280_000, "岭丰种植合作社")
    yield received(scene.day(6, 12), "收回旧砖厂承租户部分欠款", "112", 200_000, "旧砖厂承租户")
    yield paid(scene.day(1, 22), "支付上年拖欠五金材料款", "211", 236_500, HARDWARE)
    for month in (3, 6, 9):
        yield paid(scene.day(month, 17), "分期支付上年村道工程款", "211", 1_200_000, BUILDER)


def road_works(scene: Scene) -> Iterator[Happening]:
    """Hardening a road with earmarked money: costs gather in 153, then become an asset; a tenth is kept back."""
    yield received(scene.day(3, 6), "收村道硬化专项资金", "241", 15_000_000, FINANCE)
    stages = ((4, "测量设计费", 860_000), (5, "进度款（路基）", 6_240_000), (6, "进度款（水稳层）", 4_875_000))
    total = 0
    for month, stage, amount in (*stages, (7, "进度款（面层）", 7_236_580), (8, "监理费", 420_000)):
        yield paid(scene.day(month, 19), f"支付村道硬化工程{stage}", "153", amount, BUILDER)
        total += amount
    kept_back = 2_040_000
    yield move(scene.day(9, 12), "村道硬化工程结算应付质保金", "153", "211", kept_back, BUILDER, SHEET)
    total += kept_back
    yield move(scene.day(9, 25), "村道硬化工程完工转固定资产", "151", "153", total, BUILDER, SHEET)
    yield move(scene.day(9, 25), "专项资金形成资产转公积公益金", "241", "311", 18_000_000, FINANCE, SHEET)


def hall_works(scene: Scene) -> Iterator[Happening]:
    """Repairs of the culture house, unfinished at the year's end."""
    stages = ((9, "拆除及防水", 1_862_450), (10, "水电改造", 2_135_800), (11, "内墙翻新", 2_468_320))
    for month, stage, amount in stages:
        yield paid(scene.day(month, 23), f"支付文化楼维修工程款（{stage}）", "153", amount, BUILDER)


def one_case_one_discussion(scene: Scene) -> Iterator[Happening]:
    """一事一议: villagers raise money for ditches by group, the state adds to it, and it is spent (S4 V.C3)."""
    raised = 0
    for group in GROUPS:
        heads = scene.chance.randint(160, 320)
        raised += heads * 2_000
        summary = f"收{group}一事一议筹资{heads}人"
        yield received(scene.some_day(4, 8, 28), summary, "231", heads * 2_000, group)
    yield received(scene.day(5, 22), "收一事一议财政奖补", "231", 3_600_000, FINANCE)
    spent = 0
    for month, section, amount in (
        (6, "东片", 1_486_200),
        (7, "西片", 1_732_560),
        (8, "北片", 1_268_940),
        (10, "南片", 1_154_320),
    ):
        yield paid(scene.day(month, 13), f"支付一事一议水沟清淤改造工程款（{section}）", "231", amount, BUILDER)
        spent += amount
    yield paid(scene.day(10, 30), "支付一事一议公示及档案费", "231", min(86_400, raised), "桂印图文店", out_of=CASH)


def purchases(scene: Scene) -> Iterator[Happening]:
    """Fixed assets, some bought on credit and paid the month after."""
    yield paid(scene.day(2, 25), "购置办公电脑2台", "151", 968_000, "桂岭数码店")
    yield paid(scene.day(4, 24), "购置公开栏电子显示屏", "151", 2_680_000, LAMPS)
    yield paid(scene.day(8, 14), "购置防汛抽水机", "151", 1_245_600, "顺水机电维修部")
    for month, thing, amount, who in (
        (3, "太阳能路灯20盏", 3_560_000, LAMPS),
        (6, "垃圾分类亭4座", 1_880_000, HARDWARE),
        (10, "监控设备一批", 2_236_800, "桂岭数码店"),
    ):
        yield move(scene.day(month, 20), f"赊购{thing}", "151", "211", amount, who, SHEET)
        yield paid(scene.day(month + 1, 16), f"支付{thing}购置款", "211", amount, who)


def greening(scene: Scene) -> Iterator[Happening]:
    """Trees along the road are biological assets for public welfare; the fruit trees grow."""
    yield paid(scene.day(3, 13), "植树节栽种村道绿化苗木", "134", 728_500, GARDENER)
    yield paid(scene.day(11, 13), "补植后山公益林苗木", "134", 463_200, GARDENER)
    yield paid(scene.day(4, 9), "购入果园改良苗木", "132", 586_000, GARDENER)


def village_crops(scene: Scene) -> Iterator[Happening]:
    """A plot that the collective farms itself: costs gather in 401 and leave with the harvest."""
    total = 0
    for month, what, low, high in ((3, "稻种", 480, 760), (4, "肥料", 900, 1600), (5, "机耕服务", 800, 1300)):
        amount = scene.yuan(low, high)
        total += amount
        yield paid(scene.some_day(month), f"支付集体试验田{what}费用", "401", amount, "兴农农资店")
    yield received(scene.day(7, 24), "出售集体试验田稻谷", "501", scene.yuan(5200, 6800), "福满粮油店")
    yield move(scene.day(7, 28), "结转集体试验田生产成本", "511", "401", total, "", SHEET)


def disposal(scene: Scene) -> Iterator[Happening]:
    """An old pump is written off, sold for scrap, and the loss shown (固定资产清理)."""
    on = scene.day(8, 21)
    yield compound(
        on,
        "报废旧抽水机转入清理",
        [("154", "", 142_600), ("152", "", 857_400)],
        [("151", "", 1_000_000)],
        SHEET,
    )
    yield received(scene.day(8, 26), "收旧抽水机残值", "154", 48_000, "许先生", into=CASH)
    yield move(scene.day(8, 27), "结转旧抽水机清理净损失", "515", "154", 94_600, "", SHEET)


def deposits(scene: Scene) -> Iterator[Happening]:
    """Tenders pay deposits, which go back to those who did not win."""
    for month, bidder in ((2, "岭达建筑工程队"), (2, "桂安建筑工程队"), (8, "岭达建筑工程队"), (8, "新桂装饰工程部")):
        yield received(scene.day(month, 11), "收工程投标保证金", "211", 500_000, bidder)
        yield paid(scene.day(month + 1, 11), "退还工程投标保证金", "211", 500_000, bidder)


def earmarked(scene: Scene) -> Iterator[Happening]:
    """Money for irrigation, spent within the year on what it was given for."""
    yield received(scene.day(5, 13), "收水渠修复专项资金", "241", 4_200_000, FARMING)
    for month, section, amount in ((6, "东洋片", 1_386_500), (7, "北片", 1_524_700), (9, "溪边片", 1_288_800)):
        yield paid(scene.day(month, 26), f"支付{section}水渠修复款", "241", amount, BUILDER)


WORKS = (
    old_debts,
    road_works,
    hall_works,
    one_case_one_discussion,
    purchases,
    greening,
    village_crops,
    disposal,
    deposits,
    earmarked,
)
