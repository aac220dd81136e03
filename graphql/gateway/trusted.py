"""Trusted documents: the operations that our own clients send, known by the SHA-256 of their text.

Each file of graphql/operations is one document. Its id is the SHA-256 (hex) of the file's bytes, so that a client
computes the same from the file it was built with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from graphql import (
    ASTValidationRule,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)

from domain.shared.errors import DomainError
from gateway.problems import BadBody, NoSuchDocument, NotTrusted
from gateway.settings import Settings

HERE = Path(__file__).parent
FOLDERS = (HERE / "operations", HERE.parent / "operations")
"""Where the files are: beside this module in a wheel, beside its package in a checkout."""


class NoTrustedDocuments(DomainError):
    """There are no trusted documents in {folder}; in production nothing else is run."""

    code = "NO_TRUSTED_DOCUMENTS"
    zh = "{folder} 中没有已登记的查询文档；生产模式只执行已登记的文档"


class BadTrustedDocument(DomainError):
    """The trusted document {name} does not fit the schema: {reason}"""

    code = "BAD_TRUSTED_DOCUMENT"
    zh = "已登记的查询文档 {name} 不符合接口定义：{reason}"


@dataclass(frozen=True, slots=True)
class TrustedDocument:
    """One file, and the names of the operations in it."""

    name: str
    text: str
    operations: tuple[str, ...]

    @property
    def hash(self) -> str:
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Documents:
    """The trusted documents by hash; `open_to_others` where ad-hoc documents run too."""

    by_hash: Mapping[str, TrustedDocument]
    open_to_others: bool

    @property
    def operations(self) -> frozenset[str]:
        """The names of all operations that are trusted: a bounded set, fit for labels."""
        return frozenset(name for document in self.by_hash.values() for name in document.operations)

    def text(self, request: Mapping[str, Any]) -> str:
        """The document meant: by `documentId`, by `extensions.persistedQuery.sha256Hash`, or by its text in `query`.

        Raises NoSuchDocument, NotTrusted, BadBody.
        """
        wanted = _hash_in(request)
        query = request.get("query")
        if query is not None and not isinstance(query, str):
            raise BadBody(field="query", reason="query: a string is expected / 应为字符串")
        if query:
            if self.open_to_others or sha256(query.encode(errors="replace")).hexdigest() in self.by_hash:
                return query
            raise NotTrusted(field="query")
        if wanted is None:
            raise BadBody(field="query", reason="documentId or query is missing / 缺少 documentId 或 query")
        if found := self.by_hash.get(wanted):
            return found.text
        raise NoSuchDocument(field="documentId", hash=wanted[:64])


def _hash_in(request: Mapping[str, Any]) -> str | None:
    found = request.get("documentId")
    if found is None and isinstance(extensions := request.get("extensions"), dict):
        persisted = extensions.get("persistedQuery")
        found = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if found is None:
        return None
    if not isinstance(found, str):
        raise BadBody(field="documentId", reason="documentId: a string is expected / 应为字符串")
    return found.removeprefix("sha256:").lower()


def folder() -> Path:
    """The folder of the trusted documents."""
    return next((each for each in FOLDERS if each.is_dir()), FOLDERS[-1])


def load(
    schema: GraphQLSchema, settings: Settings, rules: tuple[type[ASTValidationRule], ...], where: Path | None = None
) -> Documents:
    """Read and check them all. Raises BadTrustedDocument; in production also NoTrustedDocuments."""
    where = where or folder()
    documents = list(_read(where))
    for document in documents:
        _check(schema, document, rules)
    if not documents and not settings.development:
        raise NoTrustedDocuments(folder=where)
    return Documents({document.hash: document for document in documents}, open_to_others=settings.development)


def _read(where: Path) -> Iterator[TrustedDocument]:
    for file in sorted(where.glob("*.graphql")):
        text = file.read_bytes().decode("utf-8")  # as it is: a changed line end would change the hash
        try:
            parsed = parse(text)
        except GraphQLError as problem:
            raise BadTrustedDocument(name=file.name, reason=problem.message) from None
        names = (
            each.name.value for each in parsed.definitions if isinstance(each, OperationDefinitionNode) and each.name
        )
        yield TrustedDocument(file.name, text, tuple(names))


def _check(schema: GraphQLSchema, document: TrustedDocument, rules: tuple[type[ASTValidationRule], ...]) -> None:
    """Whatever an ad-hoc document may not do, a trusted one may not either."""
    if not document.operations:
        raise BadTrustedDocument(name=document.name, reason="it has no named operation.")
    for problem in validate(schema, parse(document.text), (*specified_rules, *rules)):
        raise BadTrustedDocument(name=document.name, reason=problem.message)
