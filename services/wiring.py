"""The one composition root: what the service is made of, put together once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from policies.access.enforcer import AccessPolicy
from services import handlers
from services.bus import Bus
from services.identity import keys
from services.identity.authenticator import PasswordAuthenticator
from services.identity.passwords import Passwords
from services.identity.sealing import Sealing
from services.identity.sessions import Sessions
from services.identity.tokens import AccessTokens
from services.read_models.approvals import Approvals
from services.read_models.books import BooksModel
from services.read_models.disclosures import Disclosures
from services.read_models.ledger import Ledger
from services.read_models.offices import Offices
from services.read_models.tenants import Tenants
from services.read_models.vouchers import Vouchers
from services.sign_in import SignIn
from services.store.credentials import CredentialTable, SessionTable
from services.store.db import Db, connected
from services.store.hub import Hub, hub
from services.store.log import EventLog
from services.store.settings import Database
from services.store.subject_keys import SubjectKeyTable
from services.work import Clock, Tools, utc_now

__all__ = ["Services", "handlers", "wired"]


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a gateway, a page or a command line uses."""

    db: Db
    log: EventLog
    hub: Hub
    bus: Bus
    policy: AccessPolicy
    sealing: Sealing
    authenticator: PasswordAuthenticator
    sessions: Sessions
    sign_in: SignIn
    tenants: Tenants
    offices: Offices
    books: BooksModel
    vouchers: Vouchers
    approvals: Approvals
    ledger: Ledger
    disclosures: Disclosures
    clock: Clock


@asynccontextmanager
async def wired(
    database: Database, data_dir: Path, *, clock: Clock = utc_now, pool_size: int = 10
) -> AsyncIterator[Services]:
    """The service on a migrated database; keys are kept in `data_dir` unless the environment gives them."""
    master, token_keys = keys.MASTER.load(data_dir), keys.TOKENS.load(data_dir)
    passwords = Passwords()
    try:
        async with connected(database.service, size=pool_size) as db, hub(db, database.service) as news:
            log, policy = EventLog(db), AccessPolicy.load()
            sealing = Sealing(SubjectKeyTable(db), master)
            bus = Bus(Tools(log, policy, sealing), clock, news.announce)
            tokens = AccessTokens(token_keys)
            sessions = Sessions(SessionTable(db), tokens)
            authenticator = PasswordAuthenticator(CredentialTable(db), passwords)
            tenants, offices = Tenants(db), Offices(db)
            yield Services(
                db=db,
                log=log,
                hub=news,
                bus=bus,
                policy=policy,
                sealing=sealing,
                authenticator=authenticator,
                sessions=sessions,
                sign_in=SignIn(bus, authenticator, sessions, tokens, tenants, offices),
                tenants=tenants,
                offices=offices,
                books=BooksModel(db),
                vouchers=Vouchers(db),
                approvals=Approvals(db),
                ledger=Ledger(db),
                disclosures=Disclosures(db),
                clock=clock,
            )
    finally:
        passwords.close()
