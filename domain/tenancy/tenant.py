"""A tenant of the service: a district, a township, or a village or community, as the district's register knows it.

The register is part of the district's own log. Codes (GB/T 2260 and its extensions) are dated attributes, because
divisions are renamed, recoded and merged while their ledgers go on; the tenant's id never changes.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.shared.errors import DomainError
from domain.shared.identity import Level

PARENT_OF = {Level.TOWNSHIP: Level.DISTRICT, Level.VILLAGE: Level.TOWNSHIP, Level.COMMUNITY: Level.TOWNSHIP}
CODE_DIGITS = {Level.DISTRICT: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12, Level.COMMUNITY: 12}


class CodeMalformed(DomainError):
    """{code} is not the code of a {level} here; it must have {digits} digits and begin with that of the parent."""

    code = "TENANT_CODE_MALFORMED"
    zh = "“{code}” 不是有效的区划代码；{level} 应为 {digits} 位数字，并以上级代码开头"


class ParentUnfit(DomainError):
    """A {level} cannot lie directly below a {parent}."""

    code = "TENANT_PARENT_UNFIT"
    zh = "{level} 不能直接设在 {parent} 之下"


class DistrictOpenAlready(DomainError):
    """This district's register is open already, as {code}."""

    code = "DISTRICT_OPEN"
    zh = "本区名册已经建立（{code}）"


class MergeUnfit(DomainError):
    """{name} cannot be merged into {into}; choose another tenant of the same level."""

    code = "TENANT_MERGE_UNFIT"
    zh = "{name} 不能并入 {into}；请选择另一个同级单位"


class CodeTaken(DomainError):
    """The code {code} is that of another tenant."""

    code = "TENANT_CODE_TAKEN"
    zh = "区划代码 {code} 已由其他单位使用"


class TenantNameMissing(DomainError):
    """Give the tenant a full name and a short one."""

    code = "TENANT_NAME_MISSING"
    zh = "请填写单位全称和简称"


class TenantClosed(DomainError):
    """{name} was merged into another tenant and takes no further changes."""

    code = "TENANT_MERGED"
    zh = "{name} 已并入其他单位，不能再变更"


class Tenant(Aggregate):
    """One division in the register; `path` is `/district/township/village/`, each part a tenant id."""

    @classmethod
    def register(
        cls, *, id: UUID, level: Level, code: str, name: str, short_name: str, parent: Tenant | None, since: date
    ) -> Tenant:
        """Enter a division. Raises ParentUnfit, TenantClosed (the parent is), CodeMalformed (GB/T 2260: 6, 9 and 12
        digits, each within its parent)."""
        if PARENT_OF.get(level) != (parent.level if parent else None):
            raise ParentUnfit(level=level, parent=parent.level if parent else "-")
        if parent:
            parent.check_open()
        _check_code(code, level, within=parent.code if parent else "")
        return cls._create(
            cls.Registered,
            id=id,
            level=level,
            code=code,
            name=name,
            short_name=short_name,
            parent=parent.id if parent else None,
            path=f"{parent.path if parent else '/'}{id}/",
            since=since,
        )

    class Registered(Aggregate.Created):
        TOPIC = "tenancy.TenantRegistered"
        level: Level
        code: str
        name: str
        short_name: str
        parent: UUID | None
        path: str
        since: date

    def __init__(
        self, level: Level, code: str, name: str, short_name: str, parent: UUID | None, path: str, since: date
    ) -> None:
        self.level, self.code, self.name, self.short_name = level, code, name, short_name
        self.parent, self.path, self.since = parent, path, since
        self.merged_into: UUID | None = None

    def rename(self, *, name: str, short_name: str, since: date) -> None:
        """Give another name from a date on. Raises TenantClosed, TenantNameMissing."""
        self.check_open()
        for field, text in (("name", name), ("shortName", short_name)):
            if not text.strip():
                raise TenantNameMissing(field=field)
        self._renamed(name=name, short_name=short_name, since=since)

    class Renamed(Aggregate.Event):
        TOPIC = "tenancy.TenantRenamed"
        name: str
        short_name: str
        since: date

    @event(Renamed)
    def _renamed(self, name: str, short_name: str, since: date) -> None:  # noqa: ARG002  # `since` is for readers
        self.name, self.short_name = name, short_name

    def recode(self, *, code: str, parent: Tenant | None, taken: bool, since: date) -> None:
        """Give another division code from a date on; `taken`: another tenant of the district has it.

        Raises TenantClosed, CodeMalformed, CodeTaken.
        """
        self.check_open()
        _check_code(code, self.level, within=parent.code if parent else "")
        if taken:
            raise CodeTaken(code=code, field="code")
        self._recoded(code=code, since=since)

    class Recoded(Aggregate.Event):
        TOPIC = "tenancy.TenantRecoded"
        code: str
        since: date

    @event(Recoded)
    def _recoded(self, code: str, since: date) -> None:  # noqa: ARG002
        self.code = code

    def merge(self, *, into: Tenant, since: date) -> None:
        """End this tenant in favour of another. Its log stays and goes on being readable.

        Raises TenantClosed (either is), MergeUnfit. A village and a community may be merged with each other.
        """
        self.check_open()
        into.check_open()
        if into.id == self.id or CODE_DIGITS[into.level] != CODE_DIGITS[self.level]:
            raise MergeUnfit(name=self.name, into=into.name, field="into")
        self._merged(into=into.id, since=since)

    class Merged(Aggregate.Event):
        TOPIC = "tenancy.TenantMerged"
        into: UUID
        since: date

    @event(Merged)
    def _merged(self, into: UUID, since: date) -> None:  # noqa: ARG002
        self.merged_into = into

    def check_open(self) -> None:
        """Raises TenantClosed."""
        if self.merged_into is not None:
            raise TenantClosed(name=self.name)


def _check_code(code: str, level: Level, within: str = "") -> None:
    if not (len(code) == CODE_DIGITS[level] and code.isascii() and code.isdecimal() and code.startswith(within)):
        raise CodeMalformed(code=code, level=level, digits=CODE_DIGITS[level], field="code")
