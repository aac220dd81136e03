"""Scalars: `Money` in yuan outside and integer fen inside; dates, times and UUIDs as Strawberry gives them."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from domain.shared.errors import Language
from domain.shared.money import Fen, NotMoney, fen, yuan


def _read_money(value: object) -> Fen:
    """A scalar is read before the request's language is known, so the message is in both."""
    try:
        if not isinstance(value, str):
            raise NotMoney(value=value)
        return fen(value)
    except NotMoney as error:
        message = f"{error.message(Language.ZH)} / {error.message(Language.EN)}"
        raise GraphQLError(message, extensions={"code": error.code, "field": None}) from None


SCALARS: Mapping[object, ScalarDefinition] = {
    Fen: strawberry.scalar(
        name="Money",
        description='An amount in yuan as text with two decimals, such as "1234.50". 金额（元）',
        serialize=yuan,
        parse_value=_read_money,
    )
}
