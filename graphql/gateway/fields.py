"""Fields with a description, typed: what they decorate stays what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import strawberry

F = TypeVar("F", bound=Callable[..., Any])


def field(description: str, *, name: str | None = None) -> Callable[[F], F]:
    """A field that a method answers. `description` is for people: English, then the Chinese term."""
    return cast(Callable[[F], F], strawberry.field(description=description, name=name))


def mutation(description: str) -> Callable[[F], F]:
    """A mutation: one input, one payload."""
    return cast(Callable[[F], F], strawberry.mutation(description=description))


def subscription(description: str) -> Callable[[F], F]:
    """A subscription: an asynchronous generator."""
    return cast(Callable[[F], F], strawberry.subscription(description=description))
