"""Which action of the access policy (policies/access) every guarded field is. What is not listed here does not run.

`guard.py` reads this table when the schema is built: a field without a row stops the program from starting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Asked(Enum):
    """Who asks the policy."""

    FIELD = auto()
    """The guard, before the field is read, with the path of the object that the field belongs to."""
    RESOLVER = auto()
    """The field's own resolver, which alone knows what the answer is about."""
    BUS = auto()
    """The command bus, when the mutation's command is carried out."""


@dataclass(frozen=True, slots=True)
class Permission:
    """An action of the policy. `published` is the action that suffices where the object is published."""

    obj: str
    act: str
    asked: Asked = Asked.FIELD
    published: str | None = None


class Public(Enum):
    """No action of the policy: the field says nothing of any tenant, or only leads on to fields that ask."""

    PUBLIC = auto()


PUBLIC = Public.PUBLIC


def _bus(obj: str, act: str) -> Permission:
    return Permission(obj, act, Asked.BUS)


def _resolver(obj: str, act: str) -> Permission:
    return Permission(obj, act, Asked.RESOLVER)


_TENANT = Permission("tenant", "read")
_OFFICE = Permission("office", "read")
_BOOK = Permission("book", "read")
_LEDGER = Permission("ledger", "read")
_VOUCHER = Permission("voucher", "read")
_DISCLOSURE = Permission("disclosure", "read", published="read_published")

QUERY: Mapping[str, Permission | Public] = {
    "viewer": _resolver("member", "read"),
    "node": PUBLIC,  # the node's own fields ask, and NodeQuery asks before it tells whether there is one
    "tenant": _resolver("tenant", "read"),
    "districts": _resolver("tenant", "read"),
}

MUTATION: Mapping[str, Permission | Public] = {
    "signIn": _bus("session", "sign_in"),
    "refreshSession": _resolver("session", "refresh"),
    "signOut": _resolver("session", "sign_out"),
    "chooseOffice": _resolver("session", "choose_office"),
    "setPassword": _resolver("member", "set_password"),
    "importDivisions": _bus("tenant", "import"),
    "renameTenant": _bus("tenant", "rename"),
    "recodeTenant": _bus("tenant", "recode"),
    "mergeTenants": _bus("tenant", "merge"),
    "registerMember": _bus("member", "register"),
    "eraseMember": _bus("member", "erase"),
    "giveOffice": _bus("office", "appoint"),
    "endOffice": _bus("office", "end"),
    "delegateOffice": _bus("office", "delegate"),
    "openBooks": _bus("book", "open"),
    "openAccount": _bus("book", "open_account"),
    "closePeriod": _bus("book", "close_period"),
    "draftVoucher": _bus("voucher", "draft"),
    "importVouchers": _bus("voucher", "import"),
    "reviewVouchers": _bus("voucher", "review"),
    "returnVouchers": _bus("voucher", "return"),
    "signVouchers": _bus("voucher", "sign"),
    "postVouchers": _bus("voucher", "post"),
    "reviseVoucher": _bus("voucher", "revise"),
    "withdrawVoucher": _bus("voucher", "withdraw"),
    "reverseVoucher": _bus("voucher", "reverse"),
    "draftDisclosure": _bus("disclosure", "draft"),
    "reviewDisclosure": _bus("disclosure", "review"),
    "returnDisclosure": _bus("disclosure", "return"),
    "signDisclosure": _bus("disclosure", "sign"),
    "publishDisclosure": _bus("disclosure", "publish"),
    "fileDisclosure": _bus("disclosure", "file"),
}

SUBSCRIPTION: Mapping[str, Permission | Public] = {"villageLog": _resolver("log", "subscribe")}

TENANT: Mapping[str, Permission | Public] = {
    **dict.fromkeys(("id", "code", "name", "shortName", "level", "parent", "children", "mergedInto", "head"), _TENANT),
    "offices": _OFFICE,
    "members": Permission("member", "read"),
    "disclosures": _resolver("disclosure", "read_published"),
    "disclosure": _resolver("disclosure", "read_published"),
    "books": _BOOK,
    "accounts": _BOOK,
    "vouchers": _VOUCHER,
    "voucher": _VOUCHER,
    "trialBalance": _LEDGER,
    "accountDetail": _LEDGER,
    "ledgerDifference": Permission("ledger", "as_of"),
    "history": Permission("log", "read"),
    "verification": Permission("ledger", "verify"),
}

MEMBER: Mapping[str, Permission | Public] = {
    # A member stands in the log of the district but is read by the tenants in which they hold an office, so whoever
    # leads to one asks (people.py).
    **dict.fromkeys(("id", "name", "erased", "offices"), _resolver("member", "read")),
    **dict.fromkeys(("phone", "idNumber"), _resolver("member", "read_private")),
}

VOUCHER: Mapping[str, Permission | Public] = {
    **dict.fromkeys(
        (
            *("id", "tenant", "number", "month", "occurredOn", "summary", "lines", "total", "stage", "stageName"),
            *("trail", "reverses", "reversal"),
        ),
        _VOUCHER,
    ),
    "history": Permission("voucher", "history"),
}

DISCLOSURE: Mapping[str, Permission | Public] = {
    **dict.fromkeys(
        (
            *("id", "tenant", "item", "title", "period", "edition", "stage", "stageName", "publishedOn", "asOf"),
            *("figures", "trail"),
        ),
        _DISCLOSURE,
    ),
    "history": Permission("disclosure", "read"),
}

PERMISSIONS: Mapping[str, Mapping[str, Permission | Public]] = {
    "Query": QUERY,
    "Mutation": MUTATION,
    "Subscription": SUBSCRIPTION,
    "Tenant": TENANT,
    "Member": MEMBER,
    "Voucher": VOUCHER,
    "Disclosure": DISCLOSURE,
}
