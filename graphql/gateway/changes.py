"""What an event changed: the state of its stream before and after, field by field, as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from typing import Any, cast
from uuid import UUID

from eventsourcing.domain import Aggregate
from strawberry.utils.str_converters import to_camel_case

from domain.disclosure.disclosure import Figure
from domain.ledger.posting import Posting
from domain.shared.errors import Language
from domain.shared.events import Recorded
from domain.shared.money import yuan
from domain.tenancy.bench import Term
from services.identity.sealing import VERSION as SEALED

_MONEY = frozenset({"debit", "credit", "amount"})
_SEALED = {Language.ZH: "（已加密）", Language.EN: "(sealed)"}


@dataclass(frozen=True, slots=True)
class Who:
    """A person in a field: shown by name, which only a loader can give."""

    member: UUID


Leaf = str | Who


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of the stream's state; None where it was not there."""

    field: str
    before: Leaf | None
    after: Leaf | None


def changes_of(stream: Iterable[Recorded], version: int, language: Language) -> list[FieldChange]:
    """What the event of that version changed; `stream` is the history up to it at least, in order."""
    state: Aggregate | None = None
    before: Mapping[str, Leaf] = {}
    for event in stream:
        if event.version == version:
            before = _leaves(state, language)
        state = cast(Any, event.payload).mutate(state)
        if event.version == version:
            break
    after = _leaves(state, language)
    names = dict.fromkeys((*before, *after))
    return [
        FieldChange(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    ]


def _leaves(state: Aggregate | None, language: Language) -> dict[str, Leaf]:
    if state is None:
        return {}
    return {
        path: leaf
        for name, value in vars(state).items()
        if not name.startswith("_")
        for path, leaf in _walk(to_camel_case(name), name, value, language)
    }


def _walk(path: str, name: str, value: object, language: Language) -> Iterator[tuple[str, Leaf]]:
    """Every leaf below a value; `name` is that of the field it stands in."""
    match value:
        case None | "":
            return
        case UUID() if name.endswith("_by") or name == "member":
            yield path, Who(value)
        case Figure():
            yield path, yuan(value.amount)
        case Term():
            yield f"{path}.office", _text(value.office, "office", language)
            yield f"{path}.member", Who(value.member)
            yield f"{path}.term", f"{value.starts} – {value.ends or ''}"
        case Mapping():
            for key, part in value.items():
                yield from _walk(f"{path}.{key}", name, part, language)
        case tuple() | list() | set() | frozenset():
            for index, part in enumerate(value):
                yield from _walk(f"{path}.{_key(part, index)}", name, part, language)
        case Posting():
            yield from _parts(path, value, language)
        case _:
            yield path, _text(value, name, language)


def _parts(path: str, value: Posting, language: Language) -> Iterator[tuple[str, Leaf]]:
    for part in fields(value):
        if (found := getattr(value, part.name)) != part.default:
            yield from _walk(f"{path}.{to_camel_case(part.name)}", part.name, found, language)


def _key(part: object, index: int) -> str:
    """Figures are known by section and account, other parts of a list by their place."""
    return f"{part.section}.{part.account}" if isinstance(part, Figure) else str(index)


def _text(value: object, name: str, language: Language) -> str:
    match value:
        case Enum():
            return str(getattr(value, language.value, value.value))
        case bool():
            return str(value).lower()
        case int() if name in _MONEY:
            return yuan(value)
        case str() if value.startswith(SEALED):
            return _SEALED[language]
        case date() | datetime():
            return value.isoformat()
        case _:
            return str(value)
