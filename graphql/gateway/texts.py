"""What a client may write into a text: characters that people can see, and not too many of them.

PostgreSQL keeps no NUL. Other control characters, and those that turn the direction of writing, would let a line on a
public page or in an exported file say something else than what was approved (Unicode UTR 36, "bidirectional text
spoofing").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from domain.shared.errors import DomainError

LINE, REMARK = 200, 2_000
"""Characters in a text of one line, and in what is said at length."""
REMARKS = frozenset({"opinion", "reason"})
"""These may have several lines."""
SECRETS = frozenset({"password", "old", "new"})
"""Only ever hashed; what a password may be has rules of its own (services/identity/password_rules.py)."""

IDS = frozenset({"id", "village", "tenant", "into", "member", "term", "voucher", "vouchers", "disclosure"})
"""Read whole or not at all by ids.py, which says of any nonsense that it names nothing."""

_LINE_ENDS = "\t\n\r"
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]")


class TextUnfit(DomainError):
    """{name} holds the character {character}, which cannot be shown; leave it out."""

    code = "BAD_INPUT"
    zh = "{name} 中含有无法显示的字符 {character}，请删除后重试"


class TextTooLong(DomainError):
    """{name} has {length} characters; at most {limit} are possible."""

    code = "BAD_INPUT"
    zh = "{name} 共 {length} 字，最多 {limit} 字，请缩短后重试"


def check(arguments: Mapping[str, Any]) -> None:
    """The arguments of a field as GraphQL has read them. Raises TextUnfit, TextTooLong, naming the one."""
    for path, text in _texts("", arguments):
        field = path.removeprefix("input.")
        name = field.rpartition(".")[2]
        if name in SECRETS or name in IDS:
            continue
        limit = REMARK if name in REMARKS else LINE
        if len(text) > limit:
            raise TextTooLong(field=field, name=name, length=len(text), limit=limit)
        if text.isprintable():  # so is nearly every one, and this is the quickest way to know
            continue
        for found in _UNFIT.finditer(text):
            if name not in REMARKS or found[0] not in _LINE_ENDS:
                raise TextUnfit(field=field, name=name, character=f"U+{ord(found[0]):04X}")


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text below a value, with the way to it. Enums are texts too, and harmless."""
    match value:
        case str():
            yield path, value
        case Mapping():
            for key, part in value.items():
                yield from _texts(f"{path}.{to_camel_case(str(key))}" if path else to_camel_case(str(key)), part)
        case list():
            for index, part in enumerate(value):
                yield from _texts(path if _is_plain(part) else f"{path}.{index}", part)


def _is_plain(value: object) -> bool:
    """In a list of texts they all bear the list's name."""
    return isinstance(value, str)
