"""Loaders: what many fields of one request ask for one by one is fetched together, keyed by the arguments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from domain.shared.events import Recorded
from domain.shared.identity import TenantKey
from services.read_models.approvals import StepRow
from services.read_models.books import BooksRow
from services.read_models.disclosures import DisclosureRow
from services.read_models.heads import Head, Heads
from services.read_models.offices import MemberRow, TermRow
from services.read_models.tenants import TenantRow
from services.read_models.vouchers import VoucherRow
from services.wiring import Services

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

OfTenant = tuple[TenantKey, UUID]
"""An object by the tenant whose log holds it and its id."""
OfDistrict = tuple[UUID, UUID]
"""A person by district and id."""


class Loaders:
    """One set per request. A mutation clears what it changed."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.tenants: DataLoader[UUID, TenantRow | None] = DataLoader(self._tenants)
        self.children: DataLoader[TenantKey, list[TenantRow]] = DataLoader(self._children)
        self.heads: DataLoader[TenantKey, Head | None] = DataLoader(self._heads)
        self.terms: DataLoader[TenantKey, list[TermRow]] = DataLoader(self._terms)
        self.members: DataLoader[OfDistrict, MemberRow | None] = DataLoader(self._members)
        self.names: DataLoader[OfDistrict, str | None] = DataLoader(self._names)
        self.books: DataLoader[TenantKey, BooksRow | None] = DataLoader(self._books)
        self.vouchers: DataLoader[OfTenant, VoucherRow | None] = DataLoader(self._vouchers)
        self.disclosures: DataLoader[OfTenant, DisclosureRow | None] = DataLoader(self._disclosures)
        self.trails: DataLoader[OfTenant, list[StepRow]] = DataLoader(self._trails)
        self.streams: DataLoader[OfTenant, list[Recorded]] = DataLoader(self._streams)

    async def _tenants(self, ids: list[UUID]) -> list[TenantRow | None]:
        found = {row.id: row for row in await self._services.tenants.by_ids(ids)}
        return [found.get(id) for id in ids]

    async def _children(self, keys: list[TenantKey]) -> list[list[TenantRow]]:
        async def fetch(district: UUID, parents: list[UUID]) -> Mapping[UUID, list[TenantRow]]:
            children: defaultdict[UUID, list[TenantRow]] = defaultdict(list)
            for row in await self._services.tenants.children_of(district, parents):
                if row.parent_id is not None:
                    children[row.parent_id].append(row)
            return children

        return [found or [] for found in await _grouped([(key.district, key.tenant) for key in keys], fetch)]

    async def _heads(self, keys: list[TenantKey]) -> list[Head | None]:
        return await _grouped([(key.district, key.tenant) for key in keys], Heads(self._services.db).of)

    async def _terms(self, keys: list[TenantKey]) -> list[list[TermRow]]:
        return [await self._services.offices.of_tenant(key) for key in keys]

    async def _members(self, keys: list[OfDistrict]) -> list[MemberRow | None]:
        async def fetch(district: UUID, ids: list[UUID]) -> Mapping[UUID, MemberRow]:
            return {row.id: row for row in await self._services.offices.members(district, ids)}

        return await _grouped(keys, fetch)

    async def _names(self, keys: list[OfDistrict]) -> list[str | None]:
        """Clear names; None for the unknown and the erased."""
        rows = dict(zip(keys, await self.members.load_many(keys), strict=True))

        async def fetch(district: UUID, ids: list[UUID]) -> Mapping[UUID, str | None]:
            sealed = {id: {"name": row.name} for id in ids if (row := rows[district, id])}
            opened = await self._services.sealing.open_many(district, sealed)
            return {id: texts["name"] for id, texts in opened.items()}

        return await _grouped(keys, fetch)

    async def _books(self, keys: list[TenantKey]) -> list[BooksRow | None]:
        return [await self._services.books.of(key) for key in keys]

    async def _vouchers(self, keys: list[OfTenant]) -> list[VoucherRow | None]:
        async def fetch(key: TenantKey, ids: list[UUID]) -> Mapping[UUID, VoucherRow]:
            return {row.id: row for row in await self._services.vouchers.by_ids(key, ids)}

        return await _grouped(keys, fetch)

    async def _disclosures(self, keys: list[OfTenant]) -> list[DisclosureRow | None]:
        """In every stage: whoever shows one to somebody asks first whether they may see it."""

        async def fetch(key: TenantKey, ids: list[UUID]) -> Mapping[UUID, DisclosureRow]:
            return {row.id: row for row in await self._services.disclosures.by_ids(key, ids, public=False)}

        return await _grouped(keys, fetch)

    async def _trails(self, keys: list[OfTenant]) -> list[list[StepRow]]:
        async def fetch(key: TenantKey, ids: list[UUID]) -> Mapping[UUID, list[StepRow]]:
            trails: defaultdict[UUID, list[StepRow]] = defaultdict(list)
            for row in await self._services.approvals.of(key, ids):
                trails[row.subject_id].append(row)
            return trails

        return [trail or [] for trail in await _grouped(keys, fetch)]

    async def _streams(self, keys: list[OfTenant]) -> list[list[Recorded]]:
        async def fetch(key: TenantKey, ids: list[UUID]) -> Mapping[UUID, list[Recorded]]:
            streams: defaultdict[UUID, list[Recorded]] = defaultdict(list)
            for event in await self._services.log.of_streams(key, ids):
                streams[event.stream].append(event)
            return streams

        return [events or [] for events in await _grouped(keys, fetch)]


async def _grouped(
    keys: Iterable[tuple[K, UUID]], fetch: Callable[[K, list[UUID]], Awaitable[Mapping[UUID, V]]]
) -> list[V | None]:
    """One fetch for all ids of a group; None for what was not found."""
    wanted = list(keys)
    groups: defaultdict[K, list[UUID]] = defaultdict(list)
    for group, id in wanted:
        groups[group].append(id)
    found = {group: await fetch(group, ids) for group, ids in groups.items()}
    return [found[group].get(id) for group, id in wanted]
