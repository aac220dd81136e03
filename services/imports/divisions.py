"""Administrative divisions of one district from a table: code, name, level, parent_code.

The codes are GB/T 2260 (6 digits), then 3 for the township and 3 for the village. The statistics bureau stopped
publishing the 12-digit codes in 2024, so a code is a string that was true at a date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from domain.shared.identity import Level
from services.imports.cells import read_code, read_text
from services.imports.errors import Fault, ImportRefused, RowError
from services.imports.sheet import Column, Row, read_sheet

CODE, NAME, LEVEL, PARENT = "code", "name", "level", "parent_code"
_FILE = "divisions.csv"
_SKIPPED_LEVEL = "other"
_LENGTHS = {Level.DISTRICT: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12, Level.COMMUNITY: 12}
_VILLAGE_ENDINGS = ("村民委员会", "村委会")
_NAME_LIMIT = 60

COLUMNS = (Column(CODE), Column(NAME), Column(LEVEL), Column(PARENT))

CODE_INVALID = Fault(
    "DIVISION_CODE_INVALID",
    "区划代码与级别不符",
    "the code does not fit the level",
    "{level} 的代码应为 {digits} 位数字",
    "a {level} has a code of {digits} digits",
)
CODE_REPEATED = Fault(
    "DIVISION_CODE_REPEATED",
    "区划代码在第 {first} 行已出现",
    "the code already stands in row {first}",
    "每个代码只保留一行",
    "keep one row per code",
)
NAME_INVALID = Fault(
    "DIVISION_NAME_INVALID",
    "名称为空或过长",
    "the name is missing or too long",
    "请填写不超过 {limit} 字的名称",
    "write a name of at most {limit} characters",
)
LEVEL_UNKNOWN = Fault(
    "DIVISION_LEVEL_UNKNOWN",
    "级别无法识别",
    "the level is unknown",
    "级别只能是 {levels}",
    "a level is one of {levels}",
)
LEVEL_SKIPPED = Fault(
    "DIVISION_LEVEL_SKIPPED",
    "该行不是村或社区，已跳过",
    "the row is neither a village nor a community and was skipped",
    "如应建立账户，请将级别改为 village 或 community",
    "give it the level village or community if it should be a tenant",
)
PARENT_WRONG = Fault(
    "DIVISION_PARENT_WRONG",
    "上级代码不正确",
    "the parent's code is wrong",
    "应为 {expected}，且文件中须有该上级",
    "it should be {expected}, and that parent must be in the file",
)
DISTRICT_COUNT = Fault(
    "DIVISION_DISTRICT_COUNT",
    "文件中有 {count} 个区（县）",
    "the file has {count} districts",
    "一个文件应有且只有一个区（县）",
    "a file has exactly one district",
)


@dataclass(frozen=True, slots=True)
class Division:
    """One division: `name` is official (凤光村委会), `short_name` for display (凤光村), `parent` '' for a district."""

    code: str
    name: str
    short_name: str
    level: Level
    parent: str


@dataclass(frozen=True, slots=True)
class Divisions:
    """A district with its townships and their villages and communities, in the order of the table.

    `skipped` reports the rows that are no tenants, such as virtual living areas of industrial parks.
    """

    district: Division
    townships: tuple[Division, ...]
    villages: tuple[Division, ...]
    skipped: list[RowError]


def read_divisions(data: bytes) -> Divisions:
    """The divisions of a .csv. Raises ImportRefused with every error of every row, and the file's faults."""
    rows = list(read_sheet(_FILE, data, COLUMNS))
    skipped = [_fault(row, LEVEL_SKIPPED, NAME) for row in rows if row.cells[LEVEL] == _SKIPPED_LEVEL]
    rows = [row for row in rows if row.cells[LEVEL] != _SKIPPED_LEVEL]
    known: dict[str, Row] = {}
    for row in rows:
        known.setdefault(read_code(row.cells[CODE]), row)
    errors = [error for row in rows for check in CHECKS for error in check(row, known)]
    districts = [row for row in rows if row.cells[LEVEL] == Level.DISTRICT]
    if len(districts) != 1:
        errors.append(DISTRICT_COUNT.at(_FILE, districts[1].line if districts else 2, LEVEL, "", count=len(districts)))
    if errors:
        raise ImportRefused(_FILE, errors)
    divisions = [_division(row) for row in rows]
    return Divisions(
        district=next(d for d in divisions if d.level is Level.DISTRICT),
        townships=tuple(d for d in divisions if d.level is Level.TOWNSHIP),
        villages=tuple(d for d in divisions if d.level in {Level.VILLAGE, Level.COMMUNITY}),
        skipped=skipped,
    )


def short_name(name: str, level: Level) -> str:
    """The name for display: 凤光村委会 and 凤光村民委员会 are 凤光村, 新村村委会 is 新村; others keep their own."""
    if level is not Level.VILLAGE:
        return name
    for ending in _VILLAGE_ENDINGS:
        stem = name.removesuffix(ending)
        if stem and stem != name:
            return stem if stem.endswith("村") else f"{stem}村"
    return name


def code_fits(row: Row, known: dict[str, Row]) -> Iterator[RowError]:
    """Six digits for a district, nine for a township, twelve for a village or community; each code once."""
    level, code = _level(row), read_code(row.cells[CODE])
    if level is None:
        return
    if not (code.isascii() and code.isdecimal() and len(code) == _LENGTHS[level]):
        yield _fault(row, CODE_INVALID, CODE, level=level, digits=_LENGTHS[level])
    elif known[code] is not row:
        yield _fault(row, CODE_REPEATED, CODE, first=known[code].line)


def name_given(row: Row, _: dict[str, Row]) -> Iterator[RowError]:
    """A division has a name."""
    if not 0 < len(read_text(row.cells[NAME])) <= _NAME_LIMIT:
        yield _fault(row, NAME_INVALID, NAME, limit=_NAME_LIMIT)


def level_known(row: Row, _: dict[str, Row]) -> Iterator[RowError]:
    """district, township, village, community; other is skipped."""
    if _level(row) is None:
        yield _fault(row, LEVEL_UNKNOWN, LEVEL, levels="、".join([*Level, _SKIPPED_LEVEL]))


def parent_fits(row: Row, known: dict[str, Row]) -> Iterator[RowError]:
    """A code begins with its parent's, and the parent is in the table."""
    level, code, parent = _level(row), read_code(row.cells[CODE]), read_code(row.cells[PARENT])
    if level is None or len(code) != _LENGTHS[level]:
        return
    expected = "" if level is Level.DISTRICT else code[:-3]
    if parent != expected or (parent and parent not in known):
        yield _fault(row, PARENT_WRONG, PARENT, expected=expected or "空 (empty)")


CHECKS: tuple[Callable[[Row, dict[str, Row]], Iterator[RowError]], ...] = (
    level_known,
    code_fits,
    name_given,
    parent_fits,
)


def _level(row: Row) -> Level | None:
    text = read_text(row.cells[LEVEL])
    return Level(text) if text in set(Level) else None


def _fault(row: Row, fault: Fault, column: str, **facts: object) -> RowError:
    return fault.at(_FILE, row.line, column, row.cells[column], **facts)


def _division(row: Row) -> Division:
    level = Level(read_text(row.cells[LEVEL]))
    name = read_text(row.cells[NAME])
    return Division(read_code(row.cells[CODE]), name, short_name(name, level), level, read_code(row.cells[PARENT]))
