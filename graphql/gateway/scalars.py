"""Scalars: `Money` in yuan outside and integer fen inside; dates, times and UUIDs as Strawberry gives them."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry
from strawberry.types.scalar import ScalarDefinition

from domain.shared.money import Fen, NotMoney, fen, yuan


def _read_money(value: object) -> Fen:
    """Raises NotMoney, also for a JSON number: it may have been rounded on its way."""
    if not isinstance(value, str):
        raise NotMoney(value=value)
    return fen(value)


SCALARS: Mapping[object, ScalarDefinition] = {
    Fen: strawberry.scalar(
        name="Money",
        description='An amount in yuan as text with two decimals, such as "1234.50". 金额（元）',
        serialize=yuan,
        parse_value=_read_money,
    )
}
