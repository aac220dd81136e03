"""Money is integer fen (分); people see yuan with two decimals."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NewType

from domain.shared.errors import DomainError

Fen = NewType("Fen", int)

ZERO = Fen(0)
_YUAN = re.compile(r"-?(\d{1,13}|\d{1,3}(,\d{3}){1,4})(\.\d{1,2})?", re.ASCII)  # 1,50 is no amount: 1.50 was meant


class NotMoney(DomainError):
    """{value} is not an amount in yuan; write digits with at most two decimals, such as 1234.50."""

    code = "MONEY_INVALID"
    zh = "“{value}” 不是有效金额；请填写最多两位小数的数字，例如 1234.50"


def yuan(amount: int) -> str:
    """Fen as a decimal string in yuan: 123450 -> '1234.50'."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def fen(text: str) -> Fen:
    """A decimal string in yuan as fen: '1,234.5' -> 123450. Raises NotMoney, also for a third decimal or '1,50'."""
    plain = text.strip().replace("，", ",")
    if not _YUAN.fullmatch(plain):
        raise NotMoney(value=text)
    return Fen(int(Decimal(plain.replace(",", "")) * 100))
