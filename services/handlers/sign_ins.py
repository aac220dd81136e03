"""What is recorded of signing in and out; proving who one is happens before (services/identity)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domain.access.sign_in import Ending, LockOut, SignIns
from services.bus import handles
from services.work import Work

LOCK_OUT = LockOut()


@dataclass(frozen=True, slots=True)
class RecordSignIn:
    """A password was right (`session` names the session it opens) or wrong."""

    member: UUID
    session: UUID
    proven: bool


@handles(RecordSignIn, "session", "sign_in")
async def record_sign_in(command: RecordSignIn, work: Work) -> None:
    """Raises LockedOut, also for a right password; then nothing is recorded."""
    day = await _day(command.member, work)
    if command.proven:
        day.sign_in(session=command.session, at=work.now)
    else:
        day.refuse(at=work.now, rule=LOCK_OUT)
    work.save(day)


@dataclass(frozen=True, slots=True)
class CheckNotLocked:
    """A password was right where it is asked for again; no session opens."""

    member: UUID


@handles(CheckNotLocked, "session", "sign_in")
async def check_not_locked(command: CheckNotLocked, work: Work) -> None:
    """Raises LockedOut. Records nothing."""
    (await _day(command.member, work)).check_not_locked(work.now)


@dataclass(frozen=True, slots=True)
class RecordSignOut:
    """A session ended: the member left, or it was taken away."""

    member: UUID
    session: UUID
    because: Ending = Ending.SIGNED_OUT


@handles(RecordSignOut, "session", "sign_out")
async def record_sign_out(command: RecordSignOut, work: Work) -> None:
    day = await _day(command.member, work)
    if command.because is Ending.SIGNED_OUT:
        day.sign_out(session=command.session, at=work.now)
    else:
        day.revoke(session=command.session, at=work.now, because=command.because)
    work.save(day)


async def _day(member: UUID, work: Work) -> SignIns:
    """Today's sign-ins of a member; the first of a day takes over what the day before left open."""
    today = await work.find(SignIns, SignIns.stream(member, work.now.date()))
    if today is not None:
        return today
    before = await work.find(SignIns, SignIns.stream(member, work.now.date() - timedelta(days=1)))
    return SignIns.open(member=member, at=work.now, before=before)
