"""How a refusal of a mutation reaches the client: as the `error` of its payload."""

from __future__ import annotations

import strawberry

from domain.shared.errors import DomainError, Language


@strawberry.type(description="Why a mutation changed nothing. 未被接受的原因")
class UserError:
    code: str = strawberry.field(description="Stable; for programs. 错误代码")
    message: str = strawberry.field(description="For people, in the language of the request. 说明")
    path: list[str] = strawberry.field(description="The argument it is about, from `input` down. 有误的参数")

    @classmethod
    def of(cls, error: DomainError, language: Language, *prefix: str) -> UserError:
        """`prefix` is where the input lies that was refused, if not the whole of it."""
        path = ["input", *prefix, *(error.field.split(".") if error.field else [])]
        return cls(code=error.code, message=error.message(language), path=path)
