"""A voucher sheet's rows as read, before anyone judged them: what the checks look at and what entries are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.shared.calendar import Month
from domain.shared.money import ZERO, Fen
from services.imports.cells import Unreadable, read_amount, read_code, read_date, read_number, read_text
from services.imports.errors import Fault, RowError
from services.imports.sheet import Cell, Column, Row

DATE, NUMBER, SUMMARY, ACCOUNT = "日期", "凭证号", "摘要", "科目编码"
COUNTERPARTY, DEBIT, CREDIT, EVIDENCE = "往来单位", "借方金额", "贷方金额", "附件号"

COLUMNS = (
    Column(DATE, ("凭证日期", "记账日期", "制单日期", "业务日期")),
    Column(NUMBER, ("凭证编号", "凭证字号", "凭证号码")),
    Column(SUMMARY, ("事由", "业务摘要", "分录摘要")),
    Column(ACCOUNT, ("科目代码", "科目编号", "会计科目编码", "会计科目代码")),
    Column(COUNTERPARTY, ("对方单位", "往来单位名称", "往来户名")),
    Column(DEBIT, ("借方", "借方金额(元)", "借方发生额")),
    Column(CREDIT, ("贷方", "贷方金额(元)", "贷方发生额")),
    Column(EVIDENCE, ("附件编号", "原始凭证号", "原始凭证编号", "票据号")),
)


@dataclass(frozen=True, slots=True)
class Books:
    """What the books say that the file must agree with."""

    file: str
    year: int
    accounts: Collection[str]
    closed: Collection[Month]
    taken: Mapping[Month, int]


@dataclass(slots=True)
class DraftLine:
    """One row (分录) with every cell read; an amount that could not be read says why."""

    row: Row
    summary: str
    account: str
    counterparty: str
    debit: Fen | Unreadable | None
    credit: Fen | Unreadable | None
    evidence: str

    def fault(self, books: Books, fault: Fault, column: str, **facts: object) -> RowError:
        """The fault at this row's cell."""
        return fault.at(books.file, self.row.line, column, self.row.cells[column], **facts)


@dataclass(slots=True)
class Draft:
    """The rows of one voucher: those with the same date and number that stand together."""

    on: date | None
    number: int | None
    lines: list[DraftLine] = field(default_factory=list)

    @property
    def month(self) -> Month | None:
        return Month.of(self.on) if self.on else None

    def totals(self) -> tuple[int, int] | None:
        """Debits and credits in fen; None if an amount could not be read."""
        debit = credit = 0
        for line in self.lines:
            if isinstance(line.debit, Unreadable) or isinstance(line.credit, Unreadable):
                return None
            debit += line.debit or ZERO
            credit += line.credit or ZERO
        return debit, credit

    def fault(self, books: Books, fault: Fault, column: str, **facts: object) -> RowError:
        """The fault at the voucher's first row."""
        return self.lines[0].fault(books, fault, column, **facts)


def drafts(rows: Iterable[Row]) -> Iterator[Draft]:
    """The vouchers in the order of the sheet."""
    draft = Draft(None, None)
    written: tuple[Cell, Cell] | None = None
    meant: tuple[Cell, Cell] | None = None
    for row in rows:
        here = (row.cells[DATE], row.cells[NUMBER])
        if here != written:
            on, number = read_date(here[0]), read_number(here[1])
            key = (on or here[0], number or here[1])
            if key != meant:
                if draft.lines:
                    yield draft
                draft, meant = Draft(on, number), key
            written = here
        draft.lines.append(_line(row))
    if draft.lines:
        yield draft


def _line(row: Row) -> DraftLine:
    cells = row.cells
    return DraftLine(
        row=row,
        summary=read_text(cells[SUMMARY]),
        account=read_code(cells[ACCOUNT]),
        counterparty=read_text(cells[COUNTERPARTY]),
        debit=read_amount(cells[DEBIT]),
        credit=read_amount(cells[CREDIT]),
        evidence=read_text(cells[EVIDENCE]),
    )
