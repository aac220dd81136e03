"""What a decision rests on: who asks, in which office, about what. All of it is passed in; nothing is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.shared.identity import Office

NO_TENANT = "/"
"""The path of what belongs to no tenant, such as signing in. No office is ever held there."""


def _checked(path: str) -> str:
    """A slash at both ends and none doubled: what keeps `/d1/t1/` from covering `/d1/t10/`."""
    if not (path.startswith("/") and path.endswith("/")) or "//" in path:
        raise ValueError(f"{path!r} is not a tenant path; write '/district/township/village/' with a trailing slash")
    return path


@dataclass(frozen=True, slots=True)
class Holding:
    """An office that the caller holds now, with the path of its tenant. Raises ValueError for a malformed path."""

    office: Office
    path: str

    def __post_init__(self) -> None:
        if _checked(self.path) == NO_TENANT:
            raise ValueError("an office is held in a tenant; '/' is above every tenant")

    def reaches(self, path: str) -> bool:
        """Is the path that of the office's own tenant or of one below it?"""
        return path.startswith(self.path)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks: a member with the office acted in, a member who has not chosen one yet, or a visitor (no member).

    Raises ValueError for offices without a member: the rules on the same hand would have nobody to compare.
    """

    member: UUID | None
    holdings: frozenset[Holding]

    def __post_init__(self) -> None:
        if self.member is None and self.holdings:
            raise ValueError("only a member holds offices; name the member")


VISITOR = Subject(member=None, holdings=frozenset())


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked for: the path of its tenant and, where known, the members whose hands it went through.

    A hand not given counts as nobody's, so the aggregates check the separation of duties again.
    """

    path: str
    drafter: UUID | None = None
    reviewer: UUID | None = None
    signer: UUID | None = None
    subject: UUID | None = None
    """The member that the resource is about."""

    def __post_init__(self) -> None:
        _checked(self.path)
