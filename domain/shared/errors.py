"""Refusals are part of the product: one class per error, its `code` stable, its docstring the English message.

`zh` is the same message for people who read Chinese. Both are format strings over the facts given to the
constructor; they say what was wrong with which value and what would be right, and never carry personal data.
"""

from __future__ import annotations

from enum import StrEnum
from inspect import cleandoc
from typing import ClassVar


class Language(StrEnum):
    """Languages a message can be given in; Chinese is the default everywhere."""

    ZH = "zh"
    EN = "en"


class DomainError(Exception):
    """The request was refused."""

    code: ClassVar[str] = "REFUSED"
    zh: ClassVar[str] = "请求未被接受"

    def __init__(self, *, field: str | None = None, **facts: object) -> None:
        self.field = field
        self.facts = facts
        super().__init__(self.message(Language.EN))

    def message(self, language: Language = Language.ZH) -> str:
        """The text for a person, with the facts filled in."""
        template = self.zh if language is Language.ZH else cleandoc(type(self).__doc__ or "")
        return template.format(**self.facts)


_THINGS = {
    "凭证": "voucher",
    "账套": "set of books",
    "公开事项": "disclosure",
    "人员": "person",
    "单位": "division",
    "上级单位": "parent division",
    "任职名册": "roll of offices",
    "任期": "term of office",
    "登录名": "login",
}


class NotFound(DomainError):
    """There is no such {what} here."""

    code = "NOT_FOUND"
    zh = "没有找到该{what}，请核对后重试"

    def message(self, language: Language = Language.ZH) -> str:
        """`what` is given in Chinese, with the name or code that was looked for after it if there is one."""
        kind, _, name = str(self.facts["what"]).partition(" ")
        if language is Language.ZH or kind not in _THINGS:
            return super().message(language)
        return f"There is no such {_THINGS[kind]}{name and f' ({name})'} here."


class Forbidden(DomainError):
    """This office may not {action} this {object} here."""

    code = "FORBIDDEN"
    zh = "您当前的职务无权在此执行该操作（{object}·{action}）"


class Unauthenticated(DomainError):
    """Sign in and choose an office first."""

    code = "UNAUTHENTICATED"
    zh = "请先登录并选择履职岗位"


class Conflict(DomainError):
    """Others changed the same record at the same moment; please try again."""

    code = "CONFLICT"
    zh = "其他人同时修改了同一记录，请稍后重试"


class CommandReused(DomainError):
    """The command id {command} was used before with other content; use a new id."""

    code = "COMMAND_REUSED"
    zh = "命令编号 {command} 已用于其他内容，请换用新编号"


class BadInput(DomainError):
    """{field_name}: {value} is not acceptable; {expected}."""

    code = "BAD_INPUT"
    zh = "{field_name}：{value} 不符合要求；{expected}"
