"""Rebuilding the read models and verifying the chains, against only reading the same events page by page."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from domain.shared.identity import TenantKey
from services.bench.append import fill
from services.bench.database import gather_statistics
from services.bench.measure import Case, Tell, compare
from services.bench.workload import Villages
from services.store.db import Connection, connected
from services.store.log import COLUMNS
from services.store.rebuild import BATCH, rebuild
from services.store.settings import Database
from services.store.verify import verify_all

VILLAGES = 20
VOUCHERS = 2000
"""Of all villages together; four events each."""

_REFERENCE = f"reading the same events in pages of {BATCH}"


async def measure(
    database: Database, rounds: int, tell: Tell, *, villages: int = VILLAGES, vouchers: int | None = None
) -> list[Case]:
    """Both cases, over the same events."""
    world = Villages(villages)
    vouchers = vouchers or VOUCHERS
    await fill(database, world, vouchers)
    await gather_statistics(database)
    events = 4 * vouchers
    async with connected(database.owner, size=1) as owner, owner.scope() as connection:

        async def reading() -> float:
            return events / await _seconds_to_read(connection, world.keys)

        async def rebuilding() -> float:
            await gather_statistics(database)  # or each round would wade through the rows that the last one replaced
            start = perf_counter()
            done = await rebuild(connection, world.keys)
            return done.events / (perf_counter() - start)

        async def verifying() -> float:
            start = perf_counter()
            found = await verify_all(connection, world.keys)
            seconds = perf_counter() - start
            assert not any(each.broken for each in found), "the benchmark's own log is broken"
            return sum(each.events for each in found) / seconds

        cases: list[Case] = []
        for name, ours in (("replay/rebuild", rebuilding), ("replay/verify", verifying)):
            cases.append(await compare(name, _REFERENCE, "events/s", ours, reading, rounds))
            tell(cases[-1])
    return cases


async def _seconds_to_read(connection: Connection, keys: Sequence[TenantKey]) -> float:
    start = perf_counter()
    for key in keys:
        after, full = 0, True
        while full:
            rows = await connection.fetch(
                f"select {COLUMNS} from sanzi.event where district_id = $1 and tenant_id = $2 and position > $3 "
                f"order by position limit {BATCH}",
                key.district,
                key.tenant,
                after,
            )
            full = len(rows) == BATCH
            after = rows[-1]["position"] if rows else after
    return perf_counter() - start
