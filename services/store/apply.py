"""The SQL function that applies read-model changes, generated from the catalogue of the tables themselves.

A read-model table is declared once, in a migration, in schema `sanzi_read`: its primary key starts with
`district_id, tenant_id`; columns `position` and `recorded_at` are filled with those of the event of the last change,
`since_position` and `since` with those of the first. `install` writes `<schema>.apply(district, tenant, position,
recorded_at, changes)`, where `changes` is a JSON array of `{"t": table, "o": operation, "r": row}`:

new    insert a row that is not there yet
put    insert the row, or replace every column that it is allowed to
set    change the named columns of a row that must exist
add    add the numbers to a row, starting from zero
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.store.db import Connection

READ_SCHEMA = "sanzi_read"
_LAST = {"position": "p_position", "recorded_at": "p_recorded_at"}
_FIRST = {"since_position": "p_position", "since": "p_recorded_at"}
_SCOPE = ("district_id", "tenant_id")
_OFTEN = ("voucher", "ledger_entry", "balance")
"""Tables that nearly every append writes to: their branches come first."""
_OFTEN_ALONE = "stage"
"""A column that mostly changes alone. A statement that may set any column takes longer to start."""
_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric"})


@dataclass(frozen=True, slots=True)
class Table:
    """A read-model table as the catalogue describes it; `types` maps every column to its SQL type."""

    name: str
    types: dict[str, str]
    key: tuple[str, ...]

    @property
    def own_key(self) -> tuple[str, ...]:
        return tuple(column for column in self.key if column not in _SCOPE)

    @property
    def given(self) -> tuple[str, ...]:
        """The columns that a change may carry."""
        automatic = {*_SCOPE, *_LAST, *_FIRST}
        return tuple(column for column in self.types if column not in automatic)


async def tables(connection: Connection, schema: str = READ_SCHEMA) -> list[Table]:
    """All read-model tables, in name order."""
    columns = await connection.fetch(
        """select c.relname as name, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
                  coalesce(array_position(i.indkey::int2[], a.attnum), -1) as key_place
             from pg_class c
             join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             join pg_index i on i.indrelid = c.oid and i.indisprimary
            where c.relnamespace = $1::regnamespace and c.relkind = 'r'
            order by c.relname, a.attnum""",
        schema,
    )
    found: dict[str, tuple[dict[str, str], dict[int, str]]] = {}
    for row in columns:
        types, key = found.setdefault(row["name"], ({}, {}))
        types[row["column"]] = row["type"]
        if row["key_place"] >= 0:
            key[row["key_place"]] = row["column"]
    return [Table(name, types, tuple(key[place] for place in sorted(key))) for name, (types, key) in found.items()]


async def install(connection: Connection, schema: str = READ_SCHEMA) -> None:
    """Write the function for all tables of `schema`."""
    await connection.execute(apply_function(await tables(connection, schema), schema))


def apply_function(found: Iterable[Table], schema: str) -> str:
    """Row by row, with plain expressions for the columns: a set-returning function in such a statement costs more than
    the write itself, and joined to a table it may be planned as a walk through all rows of the tenant."""
    places = {name: place for place, name in enumerate(_OFTEN)}
    in_order = sorted(found, key=lambda table: places.get(table.name, len(places)))
    branches = "\n".join(_branch(table, schema) for table in in_order)
    return f"""create or replace function {schema}.apply(
    p_district uuid, p_tenant uuid, p_position bigint, p_recorded_at timestamptz, p_changes jsonb
) returns void language plpgsql as $apply$
declare
    change jsonb;
    r jsonb;
begin
    for i in 0 .. jsonb_array_length(p_changes) - 1 loop
        change := p_changes -> i;
        r := change -> 'r';
        case change ->> 't'
{branches}
        else raise exception 'no read model %', change ->> 't';
        end case;
    end loop;
end $apply$"""


def _branch(table: Table, schema: str) -> str:
    return f"""        when '{table.name}' then
            case change ->> 'o'
            when 'new' then
                {_new(table, schema)};
            when 'set' then
                {_set(table, schema)};
                if not found then
                    raise exception 'a change of {table.name} found no row';
                end if;
            when 'put' then
                {_put(table, schema)};
            when 'add' then
                {_add(table, schema)};
            end case;"""


def _new(table: Table, schema: str) -> str:
    return _insert(table, schema, [_value(table, column) for column in table.given])


def _put(table: Table, schema: str) -> str:
    updates = [f"{column} = excluded.{column}" for column in table.given if column not in table.key]
    return _new(table, schema) + _or_update(table, updates)


def _add(table: Table, schema: str) -> str:
    numbers = [column for column in table.given if table.types[column] in _NUMBERS and column not in table.key]
    values = [
        f"coalesce({_value(table, column)}, 0)" if column in numbers else _value(table, column)
        for column in table.given
    ]
    updates = [f"{column} = x.{column} + excluded.{column}" for column in numbers]
    return _insert(table, schema, values) + _or_update(table, updates)


def _insert(table: Table, schema: str, values: list[str]) -> str:
    automatic = {column: value for column, value in (_LAST | _FIRST).items() if column in table.types}
    return (
        f"insert into {schema}.{table.name} as x ({', '.join([*_SCOPE, *table.given, *automatic])}) "
        f"values (p_district, p_tenant, {', '.join([*values, *automatic.values()])})"
    )


def _or_update(table: Table, updates: list[str]) -> str:
    updates = updates + [f"{column} = excluded.{column}" for column in _LAST if column in table.types]
    action = f"update set {', '.join(updates)}" if updates else "nothing"
    return f" on conflict ({', '.join(table.key)}) do {action}"


def _set(table: Table, schema: str) -> str:
    changed = [column for column in table.given if column not in table.key]
    if not changed:
        return "raise exception 'nothing to set'"
    named = [
        f"{column} = case when r ? '{column}' then {_value(table, column)} else x.{column} end" for column in changed
    ]
    update = _update(table, schema, named)
    if _OFTEN_ALONE not in changed:
        return update
    alone = ", ".join(f"'{column}'" for column in (*table.own_key, _OFTEN_ALONE))
    return f"""if r - array[{alone}] = '{{}}' and r ? '{_OFTEN_ALONE}' then
                    {_update(table, schema, [f"{_OFTEN_ALONE} = {_value(table, _OFTEN_ALONE)}"])};
                else
                    {update};
                end if"""


def _update(table: Table, schema: str, assignments: list[str]) -> str:
    last = [f"{column} = {value}" for column, value in _LAST.items() if column in table.types]
    return f"update {schema}.{table.name} x set {', '.join([*assignments, *last])} where {_matches(table)}"


def _matches(table: Table) -> str:
    own = (f"x.{column} = {_value(table, column)}" for column in table.own_key)
    return " and ".join(("x.district_id = p_district", "x.tenant_id = p_tenant", *own))


def _value(table: Table, column: str) -> str:
    """The column's value in the row `r`; null where JSON says null or nothing."""
    sql_type = table.types[column]
    if sql_type == "jsonb":
        return f"nullif(r -> '{column}', 'null')"
    if sql_type == "text":
        return f"(r ->> '{column}')"
    if sql_type.endswith("[]"):
        return f"(jsonb_populate_record(null::{READ_SCHEMA}.{table.name}, r)).{column}"
    return f"(r ->> '{column}')::{sql_type}"
