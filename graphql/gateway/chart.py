"""Names of accounts: the chart in force with the village's own sub-accounts."""

from __future__ import annotations

from domain.ledger.books import UnknownAccount
from domain.ledger.chart import Account
from domain.shared.identity import TenantKey
from gateway.context import Context
from policies.accounts.chart import chart
from services.read_models.books import BooksRow


class AccountNames:
    """What the codes of one village's books mean."""

    def __init__(self, books: BooksRow | None) -> None:
        self.standard = chart(books.chart) if books else chart()
        self.own = books.sub_accounts if books else {}

    @classmethod
    async def of(cls, context: Context, key: TenantKey) -> AccountNames:
        return cls(await context.loaders.books.load(key))

    def __getitem__(self, code: str) -> str:
        """The name, with that of the standard account before the village's own: 管理费用—办公费."""
        own = self.own.get(code)
        return f"{self.standard[code[:3]].name}—{own}" if own else self.standard[code].name

    def account(self, code: str) -> Account:
        """The standard account above a code. Raises UnknownAccount."""
        found = self.standard.get(code[:3])
        if found is None or (code not in self.standard and code not in self.own):
            raise UnknownAccount(account=code, field="account")
        return found
