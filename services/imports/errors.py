"""What is wrong with an imported file: one class per fault of the file, one RowError per fault of a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from domain.shared.errors import DomainError, Language

_SHOWN = 24


def shorten(value: object, limit: int = _SHOWN) -> str:
    """A value as it may stand in a message: one line, at most `limit` characters."""
    text = " ".join(str("" if value is None else value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


class FileTooLarge(DomainError):
    """{file} is too large ({size} MB); an import takes at most {limit} MB. Split it by month."""

    code = "FILE_TOO_LARGE"
    zh = "文件“{file}”过大（{size} MB），一次导入不超过 {limit} MB；请按月拆分后再导入"


class FileTooManyRows(DomainError):
    """{file} has more than {limit} rows; split it by month."""

    code = "FILE_TOO_MANY_ROWS"
    zh = "文件“{file}”超过 {limit} 行；请按月拆分后再导入"


class FileEmpty(DomainError):
    """{file} holds no rows; the first row names the columns ({columns}) and the data stand below it."""

    code = "FILE_EMPTY"
    zh = "文件“{file}”没有数据；首行应为表头（{columns}），其下逐行填写数据"


class FileFormatUnknown(DomainError):
    """{file} is neither an Excel workbook (.xlsx) nor a text table (.csv); save it as one of these and try again."""

    code = "FILE_FORMAT_UNKNOWN"
    zh = "文件“{file}”不是 Excel 工作簿（.xlsx）或 CSV 文本（.csv）；请另存为其中一种格式后重试"


class FileFormatOld(DomainError):
    """{file} is in the old Excel format (.xls) or is locked by a password; save it as .xlsx without a password."""

    code = "FILE_FORMAT_OLD"
    zh = "文件“{file}”是旧版 Excel 格式（.xls）或设有打开密码；请去掉密码并另存为 .xlsx 后重试"


class FileDamaged(DomainError):
    """{file} is damaged or was not written by a spreadsheet program ({detail}); open it, save it anew and try again."""

    code = "FILE_DAMAGED"
    zh = "文件“{file}”已损坏或不是由表格软件保存的（{detail}）；请打开后重新保存再试"


class FileUndecodable(DomainError):
    """{file} is not text in UTF-8 or GB18030; save it as "CSV UTF-8" in the spreadsheet program."""

    code = "FILE_UNDECODABLE"
    zh = "文件“{file}”的文字编码不是 UTF-8 或 GB18030；请在表格软件中另存为“CSV UTF-8”"


class HeaderWrong(DomainError):
    """{file}, row {row}: columns missing: {missing}. The header must name {columns}."""

    code = "HEADER_WRONG"
    zh = "文件“{file}”第 {row} 行：表头缺少 {missing}；表头应包含 {columns}"


class HeaderTwice(DomainError):
    """{file}, row {row}: the column {column} stands twice in the header; keep one."""

    code = "HEADER_TWICE"
    zh = "文件“{file}”第 {row} 行：表头“{column}”重复；请只保留一列"


@dataclass(frozen=True, slots=True)
class RowError:
    """One fault in one cell or row. `row` counts from 1 as the spreadsheet shows it; `value` is shortened.

    The messages are complete sentences: file, row, column, value, what is wrong and the remedy.
    """

    file: str
    row: int
    column: str
    value: str
    code: str
    message_zh: str
    message_en: str
    remedy_zh: str
    remedy_en: str

    def message(self, language: Language) -> str:
        return self.message_zh if language is Language.ZH else self.message_en


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of row error: its stable code, and in both languages what is wrong and what would be right.

    The texts are format strings over the facts given to `at`.
    """

    code: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    def at(self, file: str, row: int, column: str, value: object, **facts: object) -> RowError:
        """This fault at one place."""
        shown = shorten(value)
        remedy_zh, remedy_en = self.remedy_zh.format(**facts), self.remedy_en.format(**facts)
        wrong_zh, wrong_en = self.zh.format(**facts), self.en.format(**facts)
        return RowError(
            file=file,
            row=row,
            column=column,
            value=shown,
            code=self.code,
            message_zh=f"{file} 第 {row} 行“{column}”（{shown or '空'}）：{wrong_zh}；{remedy_zh}",
            message_en=f"{file}, row {row}, {column} ({shown or 'empty'}): {wrong_en}; {remedy_en}",
            remedy_zh=remedy_zh,
            remedy_en=remedy_en,
        )


class ImportRefused(DomainError):
    """{file}: nothing was imported, {count} errors found. The first: {first_en}"""

    code = "IMPORT_REFUSED"
    zh = "文件“{file}”有 {count} 处错误，未导入任何数据。首个错误：{first_zh}"

    def __init__(self, file: str, errors: Iterable[RowError]) -> None:
        self.errors: Sequence[RowError] = tuple(sorted(errors, key=lambda error: error.row))
        first = next(islice(self.errors, 1))
        super().__init__(
            file=file, count=len(self.errors), first_zh=first.message_zh, first_en=first.message_en, field="file"
        )
