"""Enumerations of the domain as GraphQL names them. Importing this makes them known to Strawberry."""

from __future__ import annotations

import strawberry

from domain.disclosure.disclosure import Stage as DisclosureStage
from domain.ledger.chart import AccountClass, Side
from domain.ledger.voucher import Stage as VoucherStage
from domain.shared.identity import Level, Office

__all__ = ["AccountClass", "DisclosureStage", "Level", "Office", "Side", "VoucherStage"]

strawberry.enum(Level, name="Level", description="Levels of tenants: 区、镇（街道）、村、社区")
strawberry.enum(Office, name="Office", description="Offices that people hold for a term. 职务")
strawberry.enum(VoucherStage, name="VoucherStage", description="Where a voucher stands. 凭证状态")
strawberry.enum(DisclosureStage, name="DisclosureStage", description="Where a disclosure stands. 公开状态")
strawberry.enum(AccountClass, name="AccountClass", description="Classes of accounts. 科目类别")
strawberry.enum(Side, name="Side", description="Debit or credit. 借贷方向")
