"""The first days after the demo year: a small file to import after the large one."""

from __future__ import annotations

from collections.abc import Iterator

from services.demo.scene import (
    BANK_NAME,
    BANK_SLIP,
    CASH,
    FINANCE,
    POWER,
    STATIONER,
    Happening,
    Scene,
    move,
    paid,
    received,
)


def rents(scene: Scene) -> Iterator[Happening]:
    yield received(scene.day(1, 6), "收一季度1号商铺租金", "501", 504_000, "桂岭宏利五金店")
    yield received(scene.day(1, 7), "收一季度2号商铺租金", "501", 456_000, "岭香小吃店")
    yield received(scene.day(1, 8), "收一季度4号商铺租金", "501", 630_000, "康宁药房")
    yield received(scene.day(1, 15), "收1月村级组织运转经费补助", "503", 1_250_000, FINANCE)


def costs(scene: Scene) -> Iterator[Happening]:
    yield paid(scene.day(1, 9), "支付本年度报刊订阅费", "513", 392_400, "桂岭邮政所")
    yield move(scene.day(1, 12), "提取备用金", CASH, "102", 500_000, BANK_NAME, BANK_SLIP)
    yield paid(scene.day(1, 13), "购买办公档案盒", "513", scene.yuan(85, 320), STATIONER, out_of=CASH)
    yield paid(scene.day(1, 22), "支付1月路灯电费", "514", scene.yuan(1850, 2680), POWER)


JANUARY = (rents, costs)
