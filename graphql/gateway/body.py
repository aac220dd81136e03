"""The body of POST /graphql: JSON, or a GraphQL multipart request with files, each within its limit of bytes.

The multipart form is that of https://github.com/jaydenseric/graphql-multipart-request-spec: `operations` is the JSON,
`map` says for each file which variables it stands for, and the variables are null there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException, SerializationException
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE

from gateway.problems import BadBody, BadMultipart, BodyTooLarge, NotBatched, UploadTooLarge, WrongMediaType
from gateway.settings import Settings

MOST_FILES = 10
FORM_PARTS = MOST_FILES + 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A GraphQL request as it came; `fields` also holds documentId and extensions."""

    fields: Mapping[str, Any]
    files: tuple[UploadFile, ...] = field(default=())

    @property
    def variables(self) -> dict[str, Any] | None:
        return self.fields.get("variables")

    @property
    def operation_name(self) -> str | None:
        return self.fields.get("operationName")

    async def close(self) -> None:
        """Let the files go; large ones lie in temporary files."""
        for file in self.files:
            await file.close()


async def read(request: Request[Any, Any, Any], settings: Settings) -> Asked:
    """Raises EdgeRefusal: what is wrong with the body."""
    kind, _ = request.content_type
    if kind in {"application/json", "application/graphql+json"}:
        return Asked(_checked(_decoded(await _bytes(request, settings.body_bytes))))
    if kind == "multipart/form-data":
        return await _multipart(request, settings)
    raise WrongMediaType(field="content-type", found=kind[:80] or "-")


async def _bytes(request: Request[Any, Any, Any], limit: int) -> bytes:
    if (request.content_length or 0) > limit:
        raise BodyTooLarge(limit=limit)
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > limit:
            raise BodyTooLarge(limit=limit)
    return bytes(found)


def _decoded(text: bytes | str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError) as problem:
        raise BadBody(reason=str(problem)[:200]) from None
    except RecursionError:
        raise BadBody(reason="nested too deeply / 嵌套过深") from None


def _checked(found: Any) -> dict[str, Any]:
    """Raises NotBatched, BadBody."""
    if isinstance(found, list):
        raise NotBatched()
    if not isinstance(found, dict):
        raise BadBody(reason="an object is expected / 应为对象")
    for name, kind, expected in (
        ("variables", dict, "an object is expected / 应为对象"),
        ("extensions", dict, "an object is expected / 应为对象"),
        ("operationName", str, "a string is expected / 应为字符串"),
    ):
        if not isinstance(found.get(name), (kind, type(None))):
            raise BadBody(field=name, reason=f"{name}: {expected}")
    return found


async def _multipart(request: Request[Any, Any, Any], settings: Settings) -> Asked:
    if (request.content_length or 0) > settings.upload_bytes:
        raise UploadTooLarge(limit=settings.upload_bytes)
    try:
        form = await request.form()
    except SerializationException as problem:
        raise BadMultipart(reason=problem.detail[:200]) from None
    except HTTPException as problem:
        if problem.status_code == HTTP_413_REQUEST_ENTITY_TOO_LARGE:
            raise UploadTooLarge(limit=settings.upload_bytes) from None
        raise BadMultipart(reason=problem.detail[:200]) from None
    parts = dict(form.items())
    files = {name: part for name, part in parts.items() if isinstance(part, UploadFile)}
    asked = Asked({}, tuple(files.values()))
    try:
        operations, places = parts.get("operations"), parts.get("map")
        if not isinstance(operations, str) or not isinstance(places, str):
            raise BadMultipart(reason="operations and map are expected / 缺少 operations 或 map")
        if len(operations.encode(errors="replace")) > settings.body_bytes:
            raise BodyTooLarge(limit=settings.body_bytes)
        fields = _checked(_decoded(operations))
        _place(fields, _decoded(places), files)
    except BaseException:
        await asked.close()
        raise
    return Asked(fields, asked.files)


def _place(fields: dict[str, Any], places: Any, files: Mapping[str, UploadFile]) -> None:
    """Put each file where the map says. Raises BadMultipart."""
    if not isinstance(places, dict) or not all(
        isinstance(paths, list) and all(isinstance(path, str) for path in paths) for paths in places.values()
    ):
        raise BadMultipart(reason="map: lists of paths are expected / map 应为路径列表")
    if unplaced := set(files) - set(places):
        raise BadMultipart(reason=f"{min(unplaced)[:40]} is not in map / map 中没有 {min(unplaced)[:40]}")
    for name, paths in places.items():
        if name not in files:
            raise BadMultipart(reason=f"{name[:40]} is missing / 缺少文件 {name[:40]}")
        for path in paths:
            _put(fields, path, files[name])


def _put(fields: dict[str, Any], path: str, file: UploadFile) -> None:
    """Only where the operation left a null in its variables."""
    *steps, last = path.split(".")
    if steps[:1] != ["variables"]:
        raise BadMultipart(reason=f"{path[:80]} is not in the variables / {path[:80]} 不在变量中")
    try:
        target: Any = fields
        for step in steps:
            target = target[int(step)] if isinstance(target, list) else target[step]
        key: Any = int(last) if isinstance(target, list) else last
        if target[key] is not None:
            raise KeyError(key)
        target[key] = file
    except (KeyError, IndexError, ValueError, TypeError):
        raise BadMultipart(reason=f"{path[:80]} is not a null to be filled / {path[:80]} 处应为 null") from None
