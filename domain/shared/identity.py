"""Who acts, in which office, for which tenant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5


@dataclass(frozen=True, slots=True, order=True)
class TenantKey:
    """Addresses one tenant's log. A district's own log has `tenant == district`."""

    district: UUID
    tenant: UUID

    def stream(self, name: str) -> UUID:
        """The id of the one stream of that name in this tenant, such as its books or its bench of offices."""
        return uuid5(self.tenant, name)


class Level(StrEnum):
    """The levels of tenants: 区 > 镇(街道) > 村 or 社区(居委会)."""

    DISTRICT = "district"
    TOWNSHIP = "township"
    VILLAGE = "village"
    COMMUNITY = "community"


class Office(StrEnum):
    """Offices (职务) that a person holds in a tenant for a term; the values are the roles of the access policy."""

    CLERK = "clerk"
    COMMITTEE_DIRECTOR = "committee_director"
    COMMITTEE_MEMBER = "committee_member"
    SECRETARY = "secretary"
    VILLAGE_HEAD = "village_head"
    GROUP_ACCOUNTANT = "group_accountant"
    TOWNSHIP_ACCOUNTANT = "township_accountant"
    TOWNSHIP_REVIEWER = "township_reviewer"
    RESIDENT_CADRE = "resident_cadre"
    INSPECTOR = "inspector"
    DISTRICT_ADMINISTRATOR = "district_administrator"
    DEPARTMENT_OFFICER = "department_officer"

    @property
    def zh(self) -> str:
        return _OFFICE_NAMES[self][0]

    @property
    def en(self) -> str:
        return _OFFICE_NAMES[self][1]


_OFFICE_NAMES = {
    Office.CLERK: ("报账员", "clerk"),
    Office.COMMITTEE_DIRECTOR: ("村务监督委员会主任", "director of the supervisory committee"),
    Office.COMMITTEE_MEMBER: ("村务监督委员会成员", "member of the supervisory committee"),
    Office.SECRETARY: ("党组织书记", "party secretary"),
    Office.VILLAGE_HEAD: ("村（居）委会主任", "village head"),
    Office.GROUP_ACCOUNTANT: ("村民小组会计", "group accountant"),
    Office.TOWNSHIP_ACCOUNTANT: ("镇会计委托代理中心会计", "township accountant"),
    Office.TOWNSHIP_REVIEWER: ("镇审核员", "township reviewer"),
    Office.RESIDENT_CADRE: ("驻村干部", "resident cadre"),
    Office.INSPECTOR: ("纪检巡察员", "inspector"),
    Office.DISTRICT_ADMINISTRATOR: ("区级管理员", "district administrator"),
    Office.DEPARTMENT_OFFICER: ("部门经办人", "department officer"),
}


@dataclass(frozen=True, slots=True)
class Acting:
    """A person acting in one office: what every event's meta says about who did it.

    `path` is the tenant path of the office, `/district/township/village/`, each part a tenant id.
    """

    member: UUID
    office: Office
    tenant: UUID
    path: str
    term: UUID
