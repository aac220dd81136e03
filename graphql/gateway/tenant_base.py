"""What the parts of a tenant share: its row, and where the guard asks."""

from __future__ import annotations

import strawberry

from services.read_models.tenants import TenantRow


@strawberry.type
class TenantBase:
    row: strawberry.Private[TenantRow]

    @property
    def path(self) -> str:
        return self.row.path

    @property
    def is_published(self) -> bool:
        return True
