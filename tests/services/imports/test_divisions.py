"""Divisions of the district, and every fault of such a table."""

from __future__ import annotations

import pytest

from domain.shared.identity import Level
from services.demo.year import DATA
from services.imports.divisions import Division, read_divisions, short_name
from services.imports.errors import FileEmpty, HeaderWrong, ImportRefused

HEADER = "code,name,level,parent_code\n"
GOOD = "445203,揭东区,district,\n445203112,桂岭镇,township,445203\n445203112212,凤光村委会,village,445203112\n"


def test_the_district_of_the_demo() -> None:
    divisions = read_divisions((DATA / "jiedong_divisions.csv").read_bytes())
    assert divisions.district == Division("445203", "揭东区", "揭东区", Level.DISTRICT, "")
    assert len(divisions.townships) == 19
    assert sum(v.level is Level.VILLAGE for v in divisions.villages) == 196
    assert sum(v.level is Level.COMMUNITY for v in divisions.villages) == 15
    names = {v.code: (v.name, v.short_name, v.parent) for v in divisions.villages}
    assert names["445203112212"] == ("凤光村委会", "凤光村", "445203112")
    assert names["445203112001"] == ("桂岭居委会", "桂岭居委会", "445203112")
    assert [e.row for e in divisions.skipped] == [233, 234, 235, 236, 237, 238]
    assert "东径茶场虚拟生活区" in divisions.skipped[0].message_zh
    assert {e.code for e in divisions.skipped} == {"DIVISION_LEVEL_SKIPPED"}


@pytest.mark.parametrize(
    ("name", "level", "short"),
    [
        ("凤光村委会", Level.VILLAGE, "凤光村"),
        ("潭角村民委员会", Level.VILLAGE, "潭角村"),
        ("新村村委会", Level.VILLAGE, "新村"),
        ("凤光", Level.VILLAGE, "凤光"),
        ("村委会", Level.VILLAGE, "村委会"),
        ("桂岭居委会", Level.COMMUNITY, "桂岭居委会"),
        ("磐东社区居民委员会", Level.COMMUNITY, "磐东社区居民委员会"),
        ("桂岭镇", Level.TOWNSHIP, "桂岭镇"),
    ],
)
def test_short_names(name: str, level: Level, short: str) -> None:
    assert short_name(name, level) == short


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (GOOD + "44520311221,甲村委会,village,445203112\n", [(5, "code", "DIVISION_CODE_INVALID")]),
        (GOOD + "44520311221X,甲村委会,village,445203112\n", [(5, "code", "DIVISION_CODE_INVALID")]),
        (GOOD + "445203112212,甲村委会,village,445203112\n", [(5, "code", "DIVISION_CODE_REPEATED")]),
        (GOOD + "445203112213,,village,445203112\n", [(5, "name", "DIVISION_NAME_INVALID")]),
        (GOOD + "445203112213,甲村委会,hamlet,445203112\n", [(5, "level", "DIVISION_LEVEL_UNKNOWN")]),
        (GOOD + "445203112213,甲村委会,village,445203111\n", [(5, "parent_code", "DIVISION_PARENT_WRONG")]),
        (GOOD + "445203113213,甲村委会,village,445203113\n", [(5, "parent_code", "DIVISION_PARENT_WRONG")]),
        (GOOD + "445204,乙区,district,\n", [(5, "level", "DIVISION_DISTRICT_COUNT")]),
        ("445203112,桂岭镇,other,445203\n", [(2, "level", "DIVISION_DISTRICT_COUNT")]),
        (
            GOOD + "1,,village,445203112\n445203112213,甲村委会,?,\n",
            [
                (5, "code", "DIVISION_CODE_INVALID"),
                (5, "name", "DIVISION_NAME_INVALID"),
                (6, "level", "DIVISION_LEVEL_UNKNOWN"),
            ],
        ),
    ],
)
def test_every_fault_of_every_row(rows: str, found: list[tuple[int, str, str]]) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_divisions((HEADER + rows).encode())
    assert [(e.row, e.column, e.code) for e in refused.value.errors] == found


def test_a_file_without_table() -> None:
    with pytest.raises(FileEmpty):
        read_divisions(b"")
    with pytest.raises(HeaderWrong):
        read_divisions("代码,名称\n1,甲\n".encode())
