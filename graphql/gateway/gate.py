"""The extension of the schema that every operation passes: its limits, what may run where, how often one signs in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    SelectionSetNode,
    get_operation_ast,
)
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache
from strawberry.types.graphql import OperationType

from gateway import exchange
from gateway.limits import limit_rule
from gateway.problems import OnlySubscriptions, OperationUnnamed
from gateway.settings import Settings
from gateway.throttle import Throttle

DOCUMENTS = 256
"""Documents whose parsing and validation are remembered."""
SIGN_IN = "signIn"


def rules_of(settings: Settings) -> tuple[type[ASTValidationRule], ...]:
    """The rules beside those of GraphQL itself. Build them once."""
    hidden = () if settings.development else (NoSchemaIntrospectionCustomRule,)
    return (limit_rule(settings), *hidden)


def extensions_of(
    settings: Settings, rules: tuple[type[ASTValidationRule], ...]
) -> tuple[Callable[[], SchemaExtension], ...]:
    """What a schema of this gateway is built with."""
    throttle = Throttle(settings.sign_ins_per_minute)
    return (
        lambda: Gate(settings, rules, throttle),
        lambda: ParserCache(DOCUMENTS),
        lambda: ValidationCache(DOCUMENTS),
    )


class Gate(SchemaExtension):
    """One per operation; what it holds is shared."""

    def __init__(self, settings: Settings, rules: tuple[type[ASTValidationRule], ...], throttle: Throttle) -> None:
        self._settings, self._rules, self._throttle = settings, rules, throttle

    def on_operation(self) -> Iterator[None]:
        context = self.execution_context
        context.parse_options["max_tokens"] = self._settings.max_tokens
        context.validation_rules = (*context.validation_rules, *self._rules)
        yield

    def on_execute(self) -> Iterator[None]:
        """Raises OperationUnnamed, OnlySubscriptions, TooManySignIns."""
        context, current = self.execution_context, exchange.current()
        if context._provided_operation_name is None and _operations(context.graphql_document) > 1:
            raise OperationUnnamed(field="operationName")
        current.operation = context.operation_name
        if current.websocket and context.operation_type is not OperationType.SUBSCRIPTION:
            raise OnlySubscriptions()
        if context.operation_type is OperationType.MUTATION and context.graphql_document:
            sign_ins = _sign_ins(context.graphql_document, context.operation_name)
            if sign_ins:
                self._throttle.take(current.address, sign_ins)
        yield


def _operations(document: DocumentNode | None) -> int:
    return sum(isinstance(each, OperationDefinitionNode) for each in document.definitions) if document else 0


def _sign_ins(document: DocumentNode, name: str | None) -> int:
    """How many times the operation signs in, by whatever alias and through whatever fragment."""
    operation = get_operation_ast(document, name)
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    return _count(operation.selection_set, fragments) if isinstance(operation, OperationDefinitionNode) else 0


def _count(selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]) -> int:
    """A validated document: its fragments make no cycle, and the limit on tokens bounds them."""
    total = 0
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            total += selection.name.value == SIGN_IN
        elif isinstance(selection, FragmentSpreadNode):
            total += _count(fragments[selection.name.value].selection_set, fragments)
        else:
            total += _count(selection.selection_set, fragments)  # type: ignore[attr-defined]
    return total
