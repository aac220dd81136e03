"""What every mutation answers: its result, the position of the log after it, or why nothing was changed."""

from __future__ import annotations

from typing import Self

import strawberry

from domain.shared.errors import DomainError, Language
from gateway.errors import UserError

COMMAND_ID = "Made by the client, new for every command; sent again with the same content it changes nothing. 命令编号"
POSITION = "Position in the tenant's log after the command. 日志序号"
ERROR = "Set if the command was refused; then nothing was changed. 未被接受的原因"


@strawberry.type
class Payload:
    """Every result of a mutation may be missing: then `error` says why."""

    position: int | None = strawberry.field(default=None, description=POSITION)
    error: UserError | None = strawberry.field(default=None, description=ERROR)

    @classmethod
    def refused(cls, error: DomainError, language: Language) -> Self:
        """The payload of a command that changed nothing."""
        return cls(error=UserError.of(error, language))
