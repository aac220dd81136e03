"""Books (账套) of one village: which accounts there are and which periods are closed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.ledger.chart import Account
from domain.ledger.posting import Postings
from domain.shared.calendar import LAST_MONTH, Month, NotAPeriod
from domain.shared.errors import DomainError
from domain.shared.identity import Level


class BooksOpenAlready(DomainError):
    """This village's books are open already."""

    code = "BOOKS_OPEN"
    zh = "本村账套已经建立"


class UnknownAccount(DomainError):
    """There is no account {account} in the books."""

    code = "ACCOUNT_UNKNOWN"
    zh = "科目 {account} 不存在；请使用账套中的科目编码"


class NotALeaf(DomainError):
    """Account {account} has sub-accounts; post to one of them."""

    code = "ACCOUNT_NOT_LEAF"
    zh = "科目 {account} 下设有明细科目，请记入明细科目"


class AccountTaken(DomainError):
    """Account {account} exists already."""

    code = "ACCOUNT_TAKEN"
    zh = "科目 {account} 已存在"


class SubAccountMalformed(DomainError):
    """{account} is not a sub-account of {parent}; add two digits to its code."""

    code = "ACCOUNT_MALFORMED"
    zh = "{account} 不是 {parent} 的明细科目编码；请在上级编码后加两位数字"


class AccountInUse(DomainError):
    """Account {account} has entries of its own; it can have no sub-accounts until they are moved."""

    code = "ACCOUNT_IN_USE"
    zh = "科目 {account} 已有分录直接记入，不能再设明细科目"


class BooksNotHere(DomainError):
    """Only a village or community keeps books; this is a {level}."""

    code = "BOOKS_WRONG_LEVEL"
    zh = "只有村（社区）设账套，当前单位为 {level}"


class AccountNameMissing(DomainError):
    """Give the account a name."""

    code = "ACCOUNT_NAME_MISSING"
    zh = "请填写科目名称"


class PeriodClosed(DomainError):
    """The period {month} is closed; date the entry in an open period."""

    code = "PERIOD_CLOSED"
    zh = "会计期间 {month} 已结账，不能再记账；请记入未结账期间"


class PeriodOutOfTurn(DomainError):
    """Periods are closed in order: {expected} comes before {month}."""

    code = "PERIOD_OUT_OF_TURN"
    zh = "结账须按月份顺序进行：应先结 {expected}，再结 {month}"


class PeriodBusy(DomainError):
    """{month} cannot be closed: {count} vouchers are not posted yet."""

    code = "PERIOD_BUSY"
    zh = "{month} 尚有 {count} 张凭证未入账，不能结账"


class PeriodBeforeBooks(DomainError):
    """The books begin with {first}; {month} lies before that."""

    code = "PERIOD_BEFORE_BOOKS"
    zh = "账套自 {first} 起用，不能记入更早的 {month}"


class Books(Aggregate):
    """`standard` in the commands is the national chart that the books were opened with (财会〔2023〕14号)."""

    @classmethod
    def open(cls, *, id: UUID, level: Level, chart: str, first: Month) -> Books:
        """Open the books with a chart, named by its version, from a first month on. Raises BooksNotHere."""
        if level not in {Level.VILLAGE, Level.COMMUNITY}:
            raise BooksNotHere(level=level, field="village")
        return cls._create(cls.Opened, id=id, chart=chart, first=str(first))

    class Opened(Aggregate.Created):
        TOPIC = "ledger.BooksOpened"
        chart: str
        first: str

    def __init__(self, chart: str, first: str) -> None:
        self.chart = chart
        self.first = Month.parse(first)
        self.closed_until: Month | None = None
        self.sub_accounts: dict[str, str] = {}

    def open_account(self, *, account: str, name: str, standard: Mapping[str, Account], parent_in_use: bool) -> None:
        """Add a sub-account (明细科目). `parent_in_use`: a voucher that stands names the parent itself.

        Raises AccountNameMissing, UnknownAccount (its parent), SubAccountMalformed, AccountTaken, AccountInUse.
        """
        if not name.strip():
            raise AccountNameMissing(field="name")
        parent = account[:-2]
        if not (account.isascii() and account.isdecimal() and len(account) > 4):
            raise SubAccountMalformed(account=account, parent=parent or "?", field="account")
        if parent not in standard and parent not in self.sub_accounts:
            raise UnknownAccount(account=parent, field="account")
        if account in self.sub_accounts:
            raise AccountTaken(account=account, field="account")
        if parent_in_use:
            raise AccountInUse(account=parent, field="account")
        self._account_opened(account=account, name=name)

    class AccountOpened(Aggregate.Event):
        TOPIC = "ledger.AccountOpened"
        account: str
        name: str

    @event(AccountOpened)
    def _account_opened(self, account: str, name: str) -> None:
        self.sub_accounts[account] = name

    def check(self, month: Month, postings: Postings, standard: Mapping[str, Account]) -> None:
        """May these lines be entered in that month?

        Raises NotAPeriod, PeriodClosed, PeriodBeforeBooks, UnknownAccount, NotALeaf.
        """
        self.check_open(month)
        leaves = self.leaves(standard)
        for line, posting in enumerate(postings):
            if posting.account not in standard and posting.account not in self.sub_accounts:
                raise UnknownAccount(account=posting.account, field=f"postings.{line}.account")
            if posting.account not in leaves:
                raise NotALeaf(account=posting.account, field=f"postings.{line}.account")

    def leaves(self, standard: Mapping[str, Account]) -> frozenset[str]:
        """The accounts that may be posted to: those without sub-accounts."""
        every = {*standard, *self.sub_accounts}
        return frozenset(every - {account[:-2] for account in self.sub_accounts})

    def check_open(self, month: Month) -> None:
        """Raises NotAPeriod, PeriodClosed, PeriodBeforeBooks."""
        if month > LAST_MONTH:  # a number of it would stand in the books for ever, under a name that nobody can write
            raise NotAPeriod(value=month, field="occurredOn")
        if month < self.first:
            raise PeriodBeforeBooks(first=self.first, month=month, field="occurredOn")
        if self.is_closed(month):
            raise PeriodClosed(month=month, field="occurredOn")

    def is_closed(self, month: Month) -> bool:
        return self.closed_until is not None and month <= self.closed_until

    def close(self, month: Month, *, unposted: int) -> None:
        """Close a month (结账). `unposted` counts its vouchers that are neither posted nor withdrawn.

        Raises PeriodOutOfTurn, PeriodBusy.
        """
        expected = self.closed_until.next if self.closed_until else self.first
        if month != expected:
            raise PeriodOutOfTurn(expected=expected, month=month, field="month")
        if unposted:
            raise PeriodBusy(month=month, count=unposted, field="month")
        self._closed(month=str(month))

    class Closed(Aggregate.Event):
        TOPIC = "ledger.PeriodClosed"
        month: str

    @event(Closed)
    def _closed(self, month: str) -> None:
        self.closed_until = Month.parse(month)
