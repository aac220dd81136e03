"""Nodes, connections and cursors (the GraphQL Cursor Connections Specification, forwards only)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from typing import Generic, TypeVar

import strawberry

from domain.shared.errors import DomainError

T = TypeVar("T")

MOST = 200
FIRST = "How many, at most 200. 每页条数"
AFTER = "The cursor of the last one seen. 上一页末尾游标"


class PageSize(DomainError):
    """Ask for 1 to {most} at a time; {first} is not possible."""

    code = "PAGE_SIZE"
    zh = "每次可取 1 至 {most} 条，不能取 {first} 条"


class CursorUnknown(DomainError):
    """This is not a cursor of this list; take one from its edges."""

    code = "CURSOR_UNKNOWN"
    zh = "游标无效，请使用该列表给出的游标"


@strawberry.interface(description="Anything with a global id. 可按编号查询的对象")
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque and stable. 全局编号")


@strawberry.type(description="Where a page stands in its list. 分页信息")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Do more follow? 是否还有下一页")
    end_cursor: str | None = strawberry.field(description="Pass it as `after` for the next page. 本页末尾游标")


@strawberry.type(description="One entry of a list. 列表项")
class Edge(Generic[T]):
    cursor: str
    node: T


@strawberry.type(description="A page of a list. 分页列表")
class Connection(Generic[T]):
    edges: list[Edge[T]]
    page_info: PageInfo


def page_size(first: int) -> int:
    """Raises PageSize."""
    if not 1 <= first <= MOST:
        raise PageSize(first=first, most=MOST, field="first")
    return first


def cursor_of(*parts: object) -> str:
    """An opaque cursor from what orders the list."""
    return urlsafe_b64encode("|".join(map(str, parts)).encode()).rstrip(b"=").decode()


def cursor_parts(cursor: str, count: int) -> Sequence[str]:
    """What `cursor_of` was given, as text. Raises CursorUnknown."""
    try:
        parts = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
    except (Base64Error, ValueError):
        raise CursorUnknown(field="after") from None
    if len(parts) != count or not all(part.isprintable() for part in parts):
        raise CursorUnknown(field="after")
    return parts


def cursor_number(text: str) -> int:
    """A whole number within a cursor, of those that PostgreSQL takes for an integer. Raises CursorUnknown."""
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and int(text) < 2**31):
        raise CursorUnknown(field="after")
    return int(text)


def page_info(edges: Sequence[Edge[T]], *, more: bool) -> PageInfo:
    return PageInfo(has_next_page=more, end_cursor=edges[-1].cursor if edges else None)
