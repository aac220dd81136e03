"""Incompatible offices (不相容职务): which two a person may not hold at the same time in one tenant.

Secretary and village head in one person (一肩挑, S0.02) is allowed and therefore not listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from domain.shared.identity import Office


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """Two offices, in either order, that one person may not hold at once within `scope`; `basis` names the source."""

    a: Office
    b: Office
    basis: str
    scope: Literal["same tenant"] = "same tenant"

    def between(self, one: Office, other: Office) -> bool:
        """Is it about these two?"""
        return {self.a, self.b} == {one, other}


COMMITTEE = (Office.COMMITTEE_DIRECTOR, Office.COMMITTEE_MEMBER)
GUIDING_OPINION = "《关于建立健全村务监督委员会的指导意见》(2017)"

INCOMPATIBLE: tuple[Incompatibility, ...] = (
    *(
        Incompatibility(
            Office.CLERK, seat, f"{GUIDING_OPINION}: 村会计(村报账员)不得担任村务监督委员会成员; S2.12, S2.13"
        )
        for seat in COMMITTEE
    ),
    *(
        Incompatibility(
            Office.VILLAGE_HEAD, seat, "《村民委员会组织法》: 村民委员会成员及其近亲属不得担任村务监督机构成员"
        )
        for seat in COMMITTEE
    ),
    Incompatibility(
        Office.SECRETARY,
        Office.COMMITTEE_DIRECTOR,
        f"{GUIDING_OPINION}: 原则上不由村党组织书记兼任主任; S2.13, S2.14",
    ),
    Incompatibility(Office.SECRETARY, Office.COMMITTEE_MEMBER, "S2.13, S2.14: who reviews does not sign"),
    Incompatibility(
        Office.CLERK,
        Office.SECRETARY,
        "《会计法》: 经办人员与审批人员的职责权限相互分离; S2.12, S2.14: who drafts does not sign",
    ),
    Incompatibility(
        Office.TOWNSHIP_ACCOUNTANT,
        Office.TOWNSHIP_REVIEWER,
        "《会计法》: 记账人员与审批人员的职责权限相互分离; S2.27",
    ),
    *(
        Incompatibility(Office.INSPECTOR, other, "S1.17, S2.33: who inspects holds no office among those inspected")
        for other in Office
        if other is not Office.INSPECTOR
    ),
)


def conflicts(new: Office, held: Iterable[Office]) -> Incompatibility | None:
    """The first rule that keeps whoever holds `held` in a tenant from also taking `new` there; None if there is none.

    `held` are the offices whose terms overlap the new one in the same tenant.
    """
    others = tuple(held)
    return next((rule for rule in INCOMPATIBLE if any(rule.between(new, other) for other in others)), None)
