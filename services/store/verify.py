"""Does a tenant's log still say what was recorded? Every digest and link is computed again from the stored fields.

The form that is hashed is that of domain/decisions/0002-canonical-digest.md, written here a second time on purpose: a
check that asked the database's own function would believe whoever could change that function.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct
from typing import Literal
from uuid import UUID

from domain.shared.identity import TenantKey
from services.store.db import Connection, Db

Reason = Literal["missing", "altered", "broken link", "head", "version"]
Progress = Callable[[int, int], None]
"""Called with what is done and the total."""

GENESIS = sha256(b"").digest()
"""What the first event is linked to."""

_PAGE = 1000
_FROM_2000_TO_1970 = 946_684_800_000_000  # microseconds; PostgreSQL counts from the year 2000
_VERSION, _LENGTH, _POSITION = Struct(">ii"), Struct(">i"), Struct(">q")
_SCHEMA_VERSION, _COMMAND, _RECORDED_AT = Struct(">ih"), Struct(">i16sih"), Struct(">iQ")


class OutOfScope(Exception):
    """The connection may not see that tenant: an empty log that it reports would mean nothing."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the log is not what was recorded.

    missing      there is no event at this position, though later ones or the head say so
    altered      a field of the event at this position, or its digest, was changed
    broken link  the event at this position is not the successor of the one before
    head         the head row does not name the last event
    version      the stream of this event skips a version or goes backwards, in a chain that is whole otherwise
    """

    position: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found in one tenant's log. `code` is its division code, if the register still knows it.

    `head_position` and `head_hash` are those of the head row: the pair to compare with an anchor kept elsewhere.
    """

    key: TenantKey
    code: str | None
    events: int
    head_position: int
    head_hash: bytes
    broken: Broken | None


async def verify(connection: Connection, key: TenantKey) -> Verification:
    """Walk one tenant's chain in one snapshot, in constant memory, up to the first broken place.

    The connection, in no transaction, is the service's in the tenant's scope, or the owner's. Raises OutOfScope.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await verify_within(connection, key)


async def verify_within(connection: Connection, key: TenantKey) -> Verification:
    """The same as seen by the transaction that the connection is in."""
    position, link, code = await _head(connection, key)
    walk = _Walk(key)
    # timestamptz_send: eight bytes that can hold any moment, also one that Python cannot.
    async for row in connection.cursor(
        """select position, stream_id, version, type, schema_version, command_id, ord, meta, data,
                  timestamptz_send(recorded_at) as moment, digest, hash
             from sanzi.event where district_id = $1 and tenant_id = $2 order by position""",
        key.district,
        key.tenant,
        prefetch=_PAGE,
    ):
        if not walk.step(*row):
            break
    broken = walk.broken or walk.against_head(position, link) or await _version_break(connection, key)
    return Verification(key, code, walk.events, position, link, broken)


async def verify_all(
    source: Connection | Db, keys: Iterable[TenantKey] | None = None, progress: Progress | None = None
) -> list[Verification]:
    """Verify these tenants, or as the owner all there are, each in its own snapshot and, with a pool, in its scope.

    `progress` counts tenants. Raises OutOfScope.
    """
    found: list[Verification] = []
    if keys is None:
        async with owned(source) as connection:
            keys = await known_tenants(connection)
    wanted = list(keys)
    for key in wanted:
        if isinstance(source, Db):
            async with source.scope(key.district, [key.tenant]) as connection:
                found.append(await verify(connection, key))
        else:
            found.append(await verify(source, key))
        if progress:
            progress(len(found), len(wanted))
    return found


@asynccontextmanager
async def owned(source: Connection | Db) -> AsyncIterator[Connection]:
    """A connection of the owner, from its pool if that is what there is."""
    if isinstance(source, Db):
        async with source.scope() as connection:
            yield connection
    else:
        yield source


async def known_tenants(connection: Connection, district: UUID | None = None) -> list[TenantKey]:
    """Every tenant, of one district or of all, that has a head or any event. Raises OutOfScope unless as the owner."""
    if not await connection.fetchval("select pg_has_role('sanzi_owner', 'usage')"):
        raise OutOfScope("only the owner of the tables sees all tenants")
    rows = await connection.fetch(
        """select district_id, tenant_id from sanzi.head where $1::uuid is null or district_id = $1
           union
           select district_id, tenant_id from sanzi.event where $1::uuid is null or district_id = $1
           order by 1, 2""",
        district,
    )
    return [TenantKey(row["district_id"], row["tenant_id"]) for row in rows]


class _Walk:
    """The chain as far as it was walked."""

    def __init__(self, key: TenantKey) -> None:
        ids = (key.district.bytes, key.tenant.bytes)
        self.prefix = b"".join(_LENGTH.pack(16) + each for each in ids) + _LENGTH.pack(16)
        self.events, self.link = 0, GENESIS
        self.broken: Broken | None = None

    def step(  # the columns of one row, in the order of the statement
        self,
        position: int,
        stream: UUID,
        version: int,
        type_: str,
        schema_version: int,
        command: UUID,
        ord_: int,
        meta: bytes,
        data: bytes,
        moment: bytes,
        digest: bytes,
        link: bytes,
    ) -> bool:
        """Whether the event is what must stand here."""
        expected = self.events + 1
        if position != expected:
            # Positions are unique and come in order: a lower one can only be below 1.
            return self._break(*((expected, "missing") if position > expected else (position, "altered")))
        own = canonical(self.prefix, stream, version, type_, schema_version, command, ord_, meta, data, moment)
        if sha256(own).digest() != digest:
            return self._break(position, "altered")
        self.link = sha256(self.link + _POSITION.pack(position) + digest).digest()
        if self.link != link:
            return self._break(position, "broken link")
        self.events = position
        return True

    def against_head(self, position: int, link: bytes) -> Broken | None:
        if position > self.events:
            return Broken(self.events + 1, "missing")
        if position < self.events:
            return Broken(position + 1, "head")
        return None if link == self.link else Broken(position, "head")

    def _break(self, position: int, reason: Reason) -> bool:
        self.broken = Broken(position, reason)
        return False


def canonical(
    prefix: bytes,
    stream: UUID,
    version: int,
    type_: str,
    schema_version: int,
    command: UUID,
    ord_: int,
    meta: bytes,
    data: bytes,
    moment: bytes,
) -> bytes:
    """The bytes whose SHA-256 is the event's digest.

    `prefix` holds district, tenant and the length of the stream's id; `moment` is `recorded_at` as PostgreSQL sends it,
    microseconds since 2000 in eight bytes.
    """
    topic = type_.encode()
    since_1970 = (int.from_bytes(moment, "big") + _FROM_2000_TO_1970) & 0xFFFF_FFFF_FFFF_FFFF
    return b"".join(
        (
            prefix,
            stream.bytes,
            _VERSION.pack(4, version),
            _LENGTH.pack(len(topic)),
            topic,
            _SCHEMA_VERSION.pack(2, schema_version),
            _COMMAND.pack(16, command.bytes, 2, ord_),
            _LENGTH.pack(len(meta)),
            meta,
            _LENGTH.pack(len(data)),
            data,
            _RECORDED_AT.pack(8, since_1970),
        )
    )


async def _head(connection: Connection, key: TenantKey) -> tuple[int, bytes, str | None]:
    """Position and hash of the head row, (0, GENESIS) if there is none, and the tenant's code. Raises OutOfScope."""
    row = await connection.fetchrow(
        """select h.position, h.hash, t.code,
                  pg_has_role('sanzi_owner', 'usage')
                  or coalesce(sanzi.scope_district() = $1 and $2 = any (sanzi.scope_tenants()), false) as visible
             from (values (1)) one
             left join sanzi.head h on h.district_id = $1 and h.tenant_id = $2
             left join sanzi_read.tenant t on t.district_id = $1 and t.tenant_id = $1 and t.id = $2""",
        key.district,
        key.tenant,
    )
    if row is None or not row["visible"]:
        raise OutOfScope(f"tenant {key.tenant} of district {key.district}")
    return row["position"] or 0, row["hash"] or GENESIS, row["code"]


async def _version_break(connection: Connection, key: TenantKey) -> Broken | None:
    """The first event whose stream does not go on by one version. In SQL, where an index has the streams in order;
    here we would have to remember every stream."""
    found: int | None = await connection.fetchval(
        """select min(position) from (
               select position, version,
                      coalesce(lag(version) over in_order, 0) as version_before,
                      coalesce(lag(position) over in_order, 0) as position_before
                 from sanzi.event where district_id = $1 and tenant_id = $2
               window in_order as (partition by stream_id order by version)
           ) each where version <> version_before + 1 or position < position_before""",
        key.district,
        key.tenant,
    )
    return None if found is None else Broken(found, "version")
