"""Who holds office in the demo district. The people are invented."""

from __future__ import annotations

from dataclasses import dataclass

from domain.shared.identity import Office

DISTRICT, TOWNSHIP, VILLAGE, NEIGHBOUR = "445203", "445203112", "445203112212", "445203112213"
PASSWORD = "yangguang-zhangben"  # noqa: S105 - of invented people on a machine's own loopback address


@dataclass(frozen=True, slots=True)
class Person:
    """One person, the login (with `@district`), and the office held in the tenant of that code."""

    name: str
    login: str
    office: Office
    code: str
    phone: str

    @property
    def full_login(self) -> str:
        return f"{self.login}@{DISTRICT}"


ADMINISTRATOR = Person("王海涛", "wanghaitao", Office.DISTRICT_ADMINISTRATOR, DISTRICT, "13800000001")
INSPECTOR = Person("周敏", "zhoumin", Office.INSPECTOR, DISTRICT, "13800000002")
ACCOUNTANT = Person("吴晓燕", "wuxiaoyan", Office.TOWNSHIP_ACCOUNTANT, TOWNSHIP, "13800000003")
REVIEWER = Person("郑建民", "zhengjianmin", Office.TOWNSHIP_REVIEWER, TOWNSHIP, "13800000004")
CLERK = Person("李秀芳", "lixiufang", Office.CLERK, VILLAGE, "13800000005")
DIRECTOR = Person("陈国栋", "chenguodong", Office.COMMITTEE_DIRECTOR, VILLAGE, "13800000006")
MEMBERS = (
    Person("黄美玲", "huangmeiling", Office.COMMITTEE_MEMBER, VILLAGE, "13800000007"),
    Person("林志强", "linzhiqiang", Office.COMMITTEE_MEMBER, VILLAGE, "13800000008"),
)
SECRETARY = Person("陈伟雄", "chenweixiong", Office.SECRETARY, VILLAGE, "13800000009")
NEIGHBOUR_CLERK = Person("黄志明", "huangzhiming", Office.CLERK, NEIGHBOUR, "13800000010")

APPOINTED = (INSPECTOR, ACCOUNTANT, REVIEWER, CLERK, DIRECTOR, *MEMBERS, SECRETARY, NEIGHBOUR_CLERK)
"""Those whom the administrator registers and appoints."""
EVERYONE = (ADMINISTRATOR, *APPOINTED)
