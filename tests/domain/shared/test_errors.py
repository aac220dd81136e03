"""Every refusal can be told to people: one stable code each, the same facts in both languages."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from string import Formatter

import pytest

import domain
from domain.shared.errors import DomainError, Language, NotFound


def _all(cls: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in cls.__subclasses__():
        yield child
        yield from _all(child)


def _facts(template: str) -> set[str]:
    """The facts named; those written for one language only (`office_zh`) are left out."""
    names = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    return {name for name in names if not name.endswith("_zh")}


def _modules_with_errors() -> Iterator[str]:
    root = Path(domain.__file__ or "").parents[1]
    for path in [path for package in ("domain", "policies", "services") for path in (root / package).rglob("*.py")]:
        if "(DomainError):" in path.read_text(encoding="utf-8"):
            yield ".".join(path.relative_to(root).with_suffix("").parts)


for _module in _modules_with_errors():
    importlib.import_module(_module)

ERRORS = sorted(
    {cls for cls in _all(DomainError) if cls.__module__.partition(".")[0] in {"domain", "policies", "services"}},
    key=lambda cls: cls.__qualname__,
)


def test_codes_are_given_once() -> None:
    codes = [cls.code for cls in ERRORS]
    assert sorted(codes) == sorted(set(codes))
    assert all(code.isascii() and code.isupper() for code in codes)


@pytest.mark.parametrize("cls", ERRORS, ids=lambda cls: cls.__name__)
def test_each_says_what_is_wrong_in_both_languages(cls: type[DomainError]) -> None:
    assert "code" in vars(cls), "an inherited code tells nobody which refusal it was"
    assert "zh" in vars(cls)
    assert vars(cls).get("__doc__"), "the docstring is the English message"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in cls.zh)
    assert _facts(cls.zh) <= _facts(cleandoc(cls.__doc__ or ""))


@pytest.mark.parametrize(
    ("what", "zh", "en"),
    [
        ("凭证", "没有找到该凭证，请核对后重试", "There is no such voucher here."),
        ("上级单位 4452", "没有找到该上级单位 4452，请核对后重试", "There is no such parent division (4452) here."),
    ],
)
def test_what_is_not_found_is_named_in_the_language_of_the_message(what: str, zh: str, en: str) -> None:
    error = NotFound(what=what, field="id")
    assert (error.message(Language.ZH), error.message(Language.EN)) == (zh, en)
