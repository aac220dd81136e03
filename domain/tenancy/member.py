"""A member (人员): a person who may hold offices. What identifies the person is sealed with a key of their own."""

from __future__ import annotations

from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.shared.errors import DomainError


class MemberGone(DomainError):
    """This person's data was erased."""

    code = "MEMBER_ERASED"
    zh = "该人员的个人信息已删除"


class NameMissing(DomainError):
    """Give the person's name."""

    code = "MEMBER_NAME_MISSING"
    zh = "请填写人员姓名"


class Member(Aggregate):
    """Name, phone and ID number are sealed text; destroying the key erases the person, and the chain still verifies."""

    @classmethod
    def register(cls, *, id: UUID, name: str, phone: str | None, id_number: str | None) -> Member:
        """Enter a person. All three are sealed values, never clear text."""
        return cls._create(cls.Registered, id=id, name=name, phone=phone, id_number=id_number)

    class Registered(Aggregate.Created):
        TOPIC = "tenancy.MemberRegistered"
        name: str
        phone: str | None
        id_number: str | None

    def __init__(self, name: str, phone: str | None, id_number: str | None) -> None:
        self.name, self.phone, self.id_number = name, phone, id_number
        self.erased = False

    def erase(self) -> None:
        """Record that the person's key was destroyed. Raises MemberGone."""
        if self.erased:
            raise MemberGone()
        self._erased()

    class Erased(Aggregate.Event):
        TOPIC = "tenancy.MemberErased"

    @event(Erased)
    def _erased(self) -> None:
        self.erased = True
