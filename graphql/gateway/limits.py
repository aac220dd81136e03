"""How large an ad-hoc document may be: depth, aliases, cost; measured once per document, fragments included.

The cost estimates how many fields will be resolved:

    cost(selections) = sum over fields of 1 + n * cost(the field's own selections)
    n = the literal `first` or `last`       where the field takes one,
        PAGE                                where that is a variable or left out,
        LIST                                for any other list,
        1                                   otherwise, and for the lists inside a connection: their page is counted.

Fields whose name begins with `__` are free: in production nobody may ask for the schema, elsewhere graphql-core itself
bounds how deep an introspection goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValidationContext,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from domain.shared.errors import DomainError
from gateway.problems import EdgeRefusal
from gateway.settings import Settings

PAGE = 100
"""Rows of a page whose size is not written in the document."""
LIST = 10
"""Entries of a list that has no pages."""


class QueryTooDeep(EdgeRefusal):
    """The document is nested {found} levels deep; at most {limit} are allowed."""

    code = "QUERY_TOO_DEEP"
    zh = "查询嵌套 {found} 层，最多允许 {limit} 层"


class QueryTooNested(EdgeRefusal):
    """The document is nested too deeply to be read."""

    code = "QUERY_TOO_DEEP"
    zh = "查询嵌套过深，无法解析"


class TooManyAliases(EdgeRefusal):
    """The document has {found} aliases; at most {limit} are allowed."""

    code = "QUERY_TOO_MANY_ALIASES"
    zh = "查询含 {found} 个别名，最多允许 {limit} 个"


class QueryTooLong(EdgeRefusal):
    """The document has more than {limit} tokens."""

    code = "QUERY_TOO_LONG"
    zh = "查询超过 {limit} 个词法单元"


class QueryTooCostly(EdgeRefusal):
    """The document costs {found}, at most {limit} is allowed; ask for fewer fields or smaller pages."""

    code = "QUERY_TOO_COSTLY"
    zh = "查询开销为 {found}，上限 {limit}；请减少字段或缩小每页条数"


@dataclass(frozen=True, slots=True)
class Size:
    """Of some selections: levels of fields, fields with an alias, estimated fields resolved."""

    depth: int = 0
    aliases: int = 0
    cost: int = 0

    def beside(self, other: Size) -> Size:
        return Size(max(self.depth, other.depth), self.aliases + other.aliases, self.cost + other.cost)


def size_of(schema: GraphQLSchema, document: DocumentNode) -> Size:
    """The size of a document: of all its operations together. Raises RecursionError where it nests too deeply."""
    measure = _Measure(schema, document)
    total = Size()
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            root = schema.get_root_type(definition.operation)
            total = total.beside(measure.selections(definition.selection_set, root))
    return total


class _Measure:
    """Each fragment is measured once, so that fragments that spread one another do not multiply the work."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._measured: dict[str, Size] = {}

    def selections(self, node: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Size:
        total = Size()
        for selection in node.selections if node else ():
            total = total.beside(self._selection(selection, parent))
        return total

    def _selection(self, node: SelectionNode, parent: GraphQLNamedType | None) -> Size:
        if isinstance(node, FieldNode):
            return self._field(node, parent)
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        condition = getattr(node, "type_condition", None)
        narrowed = self._schema.get_type(condition.name.value) if condition else parent
        return self.selections(getattr(node, "selection_set", None), narrowed)

    def _fragment(self, name: str) -> Size:
        if name not in self._measured:
            self._measured[name] = Size()  # a cycle ends here; another rule refuses it
            if fragment := self._fragments.get(name):
                on = self._schema.get_type(fragment.type_condition.name.value)
                self._measured[name] = self.selections(fragment.selection_set, on)
        return self._measured[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Size:
        name = node.name.value
        if name.startswith("__"):
            return Size(aliases=int(node.alias is not None))
        fields: dict[str, GraphQLField] = getattr(parent, "fields", {})
        field = fields.get(name)
        inner = self.selections(node.selection_set, get_named_type(field.type) if field else None)
        times = _times(node, field, parent) if field and node.selection_set else 1
        return Size(inner.depth + 1, inner.aliases + int(node.alias is not None), 1 + times * inner.cost)


def _times(node: FieldNode, field: GraphQLField, parent: GraphQLNamedType | None) -> int:
    """How many objects a field is taken to give."""
    if "first" in field.args or "last" in field.args:
        sizes = [
            abs(int(argument.value.value)) if isinstance(argument.value, IntValueNode) else PAGE
            for argument in node.arguments or ()
            if argument.name.value in {"first", "last"}
        ]
        return min(sizes, default=PAGE)
    inside_connection = parent is not None and parent.name.endswith("Connection")
    nullable = field.type.of_type if is_non_null_type(field.type) else field.type
    return LIST if is_list_type(nullable) and not inside_connection else 1


def limit_rule(settings: Settings) -> type[ASTValidationRule]:
    """The validation rule of these limits. Build it once: caches know a rule by its identity."""

    class WithinLimits(ASTValidationRule):
        def enter_document(self, node: DocumentNode, *_: object) -> None:
            schema = cast(ValidationContext, self.context).schema
            for refusal in refusals(schema, node, settings):
                self.context.report_error(GraphQLError(str(refusal), original_error=refusal))

    return WithinLimits


def refusals(schema: GraphQLSchema, document: DocumentNode, settings: Settings) -> list[DomainError]:
    """What is too large about a document."""
    try:
        size = size_of(schema, document)
    except RecursionError:
        return [QueryTooNested()]
    measured: tuple[tuple[Callable[..., DomainError], int, int], ...] = (
        (QueryTooDeep, size.depth, settings.max_depth),
        (TooManyAliases, size.aliases, settings.max_aliases),
        (QueryTooCostly, size.cost, settings.max_cost),
    )
    return [refuse(found=_shown(found), limit=limit) for refuse, found, limit in measured if found > limit]


def _shown(number: int) -> str:
    """A huge estimate has hundreds of digits; its order of magnitude says as much."""
    return str(number) if number < 10**12 else f"10^{number.bit_length() * 30103 // 100000}"
