"""Files that come with a mutation (the GraphQL multipart request specification)."""

from __future__ import annotations

from typing import Self

import strawberry
from litestar.datastructures import UploadFile
from strawberry.file_uploads import Upload

from domain.shared.errors import DomainError, Language
from gateway.fields import field
from gateway.payloads import Payload
from services.imports.errors import ImportRefused, RowError

__all__ = ["ImportPayload", "Upload", "read_upload"]


class NotAFile(DomainError):
    """Send the file itself as a part of a multipart request."""

    code = "NOT_A_FILE"
    zh = "请以 multipart 方式上传文件本身"


async def read_upload(file: object) -> tuple[str, bytes]:
    """Name and content. The size was limited when the request was read. Raises NotAFile."""
    if not isinstance(file, UploadFile):
        raise NotAFile(field="file")
    return file.filename, await file.read()


@strawberry.type(name="RowError", description="What is wrong in one cell of an imported file. 导入错误")
class ImportRowError:
    error: strawberry.Private[RowError]
    language: strawberry.Private[Language]

    @field("As the spreadsheet counts them. 行号")
    def row(self) -> int:
        return self.error.row

    @field("列名")
    def column(self) -> str:
        return self.error.column

    @field("What stands there, shortened. 单元格内容")
    def value(self) -> str:
        return self.error.value

    @field("Stable; for programs. 错误代码")
    def code(self) -> str:
        return self.error.code

    @field("A complete sentence. 说明")
    def message(self) -> str:
        return self.error.message_zh if self.language is Language.ZH else self.error.message_en

    @field("What would be right. 改正办法")
    def remedy(self) -> str:
        return self.error.remedy_zh if self.language is Language.ZH else self.error.remedy_en


@strawberry.type
class ImportPayload(Payload):
    """All of a file, or none of it and every error."""

    imported: int = strawberry.field(default=0, description="How many were entered. 导入数量")
    row_errors: list[ImportRowError] = strawberry.field(
        default_factory=list, description="Every error of every row; then nothing was imported. 逐行错误"
    )

    @classmethod
    def refused(cls, error: DomainError, language: Language) -> Self:
        payload = super().refused(error, language)
        if isinstance(error, ImportRefused):
            payload.row_errors = [ImportRowError(error=row, language=language) for row in error.errors]
        return payload
