"""Amounts in Chinese capital numerals (大写), as cheques and published tables carry them: hard to alter by hand."""

from __future__ import annotations

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "兆")


def capital(amount: int) -> str:
    """Fen in capital numerals: 140950 -> '壹仟肆佰零玖元伍角', below zero with 负 in front.

    An amount in whole yuan ends in 整, one with fen does not; a gap of zeros is read once
    (支付结算办法附一《正确填写票据和结算凭证的基本规定》).
    """
    if amount < 0:
        return "负" + capital(-amount)
    yuan, cents = divmod(amount, 100)
    jiao, fen = divmod(cents, 10)
    whole = f"{_whole(yuan)}元" if yuan else ""
    if not cents:
        return (whole or "零元") + "整"
    gap = "零" if whole and (jiao == 0 or yuan % 10 == 0) else ""
    return whole + gap + (f"{_DIGITS[jiao]}角" if jiao else "") + (f"{_DIGITS[fen]}分" if fen else "")


def _whole(number: int) -> str:
    """A whole number above zero, read in groups of four digits."""
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    if len(groups) > len(_GROUPS):
        raise OverflowError("no amount of a village has more than sixteen digits")
    text, gap = "", False
    for index in reversed(range(len(groups))):
        group = groups[index]
        if group:
            text += ("零" if text and (gap or group < 1000) else "") + _group(group) + _GROUPS[index]
        gap = not group
    return text


def _group(number: int) -> str:
    """One to four digits: 1007 -> 壹仟零柒."""
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if text and gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = digit == 0
    return text
