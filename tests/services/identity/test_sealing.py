from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID, uuid4

import pytest

from services.identity.keys import Key, Keyring
from services.identity.sealing import VERSION, SealBroken, Sealing, SubjectErased
from services.store.db import Db
from services.store.subject_keys import SubjectKeyTable

DISTRICT, OTHER_DISTRICT, SUBJECT, OTHER = (UUID(int=n) for n in range(1, 5))
FIRST, SECOND = Key(b"1" * 32), Key(b"2" * 32)
PERSON = {"name": "陈桂花", "phone": "13800000000"}


@pytest.fixture
def sealing(db: Db) -> Sealing:
    return Sealing(SubjectKeyTable(db), Keyring(FIRST))


async def test_what_is_sealed_opens_and_is_plain_text_in_between(sealing: Sealing) -> None:
    sealed = await sealing.seal(DISTRICT, SUBJECT, PERSON)
    kept = json.dumps(sealed)
    assert "陈桂花" not in kept
    assert "13800000000" not in kept
    assert kept.isascii()
    assert await sealing.open_many(DISTRICT, {SUBJECT: json.loads(kept)}) == {SUBJECT: PERSON}


async def test_the_same_text_is_sealed_differently_each_time(sealing: Sealing) -> None:
    one, two = [await sealing.seal(DISTRICT, SUBJECT, PERSON) for _ in range(2)]
    assert one["name"] != two["name"]
    assert await sealing.open_many(DISTRICT, {SUBJECT: two}) == {SUBJECT: PERSON}


async def test_many_subjects_open_with_one_query(sealing: Sealing) -> None:
    subjects = {uuid4(): {"name": f"村民{n}"} for n in range(20)}
    sealed = {subject: await sealing.seal(DISTRICT, subject, person) for subject, person in subjects.items()}
    assert await sealing.open_many(DISTRICT, sealed) == subjects
    assert await sealing.open_many(DISTRICT, {}) == {}


async def test_a_value_opens_only_where_it_belongs(sealing: Sealing) -> None:
    sealed = await sealing.seal(DISTRICT, SUBJECT, PERSON)
    await sealing.seal(DISTRICT, OTHER, PERSON)
    await sealing.seal(OTHER_DISTRICT, SUBJECT, PERSON)
    for district, subject, field in (
        (DISTRICT, SUBJECT, "phone"),
        (DISTRICT, OTHER, "name"),
        (OTHER_DISTRICT, SUBJECT, "name"),
    ):
        with pytest.raises(SealBroken):
            await sealing.open_many(district, {subject: {field: sealed["name"]}})


async def test_even_under_the_same_key_a_field_is_bound_to_its_name(sealing: Sealing) -> None:
    sealed = await sealing.seal(DISTRICT, SUBJECT, PERSON)
    with pytest.raises(SealBroken, match="phone"):
        await sealing.open_many(DISTRICT, {SUBJECT: {"phone": sealed["name"]}})


async def test_an_altered_value_is_refused_without_showing_it(sealing: Sealing) -> None:
    sealed = (await sealing.seal(DISTRICT, SUBJECT, PERSON))["name"]
    raw = bytearray(urlsafe_b64decode(sealed.removeprefix(VERSION)))
    raw[15] ^= 1
    altered = VERSION + urlsafe_b64encode(raw).decode()
    for wrong in (altered, VERSION, VERSION + "?", sealed.removeprefix(VERSION), "陈桂花", ""):
        with pytest.raises(SealBroken) as refusal:
            await sealing.open_many(DISTRICT, {SUBJECT: {"name": wrong}})
        assert "陈桂花" not in str(refusal.value)


async def test_an_erased_subject_opens_to_nothing_and_takes_nothing_new(sealing: Sealing) -> None:
    sealed = await sealing.seal(DISTRICT, SUBJECT, PERSON)
    other = await sealing.seal(DISTRICT, OTHER, {"name": "李明"})
    await sealing.destroy(DISTRICT, SUBJECT)
    assert await sealing.open_many(DISTRICT, {SUBJECT: sealed, OTHER: other}) == {
        SUBJECT: {"name": None, "phone": None},
        OTHER: {"name": "李明"},
    }
    with pytest.raises(SubjectErased):
        await sealing.seal(DISTRICT, SUBJECT, PERSON)
    await sealing.destroy(DISTRICT, SUBJECT)


async def test_a_subject_erased_before_its_first_value_stays_erased(sealing: Sealing) -> None:
    await sealing.destroy(DISTRICT, SUBJECT)
    with pytest.raises(SubjectErased):
        await sealing.seal(DISTRICT, SUBJECT, PERSON)


async def test_a_subject_without_a_key_opens_to_nothing(sealing: Sealing) -> None:
    sealed = await sealing.seal(DISTRICT, SUBJECT, PERSON)
    assert await sealing.open_many(DISTRICT, {OTHER: sealed}) == {OTHER: {"name": None, "phone": None}}


async def test_those_who_seal_first_at_once_share_one_key(sealing: Sealing) -> None:
    for _ in range(10):
        subject = uuid4()
        sealed = await asyncio.gather(*(sealing.seal(DISTRICT, subject, {"name": f"第{n}次"}) for n in range(8)))
        for n, values in enumerate(sealed):
            assert await sealing.open_many(DISTRICT, {subject: values}) == {subject: {"name": f"第{n}次"}}


async def test_the_master_key_can_be_changed(db: Db, sealing: Sealing) -> None:
    subjects = [uuid4() for _ in range(7)]
    sealed = {subject: await sealing.seal(DISTRICT, subject, PERSON) for subject in subjects}
    await sealing.destroy(DISTRICT, subjects[0])
    table = SubjectKeyTable(db)

    both = Sealing(table, Keyring(SECOND, (FIRST,)))
    assert (await both.open_many(DISTRICT, sealed))[subjects[1]] == PERSON
    assert await both.rewrap(DISTRICT, page=2) == 6
    assert await both.rewrap(DISTRICT, page=2) == 0

    alone = Sealing(table, Keyring(SECOND))
    opened = await alone.open_many(DISTRICT, sealed)
    assert opened.pop(subjects[0]) == {"name": None, "phone": None}
    assert list(opened.values()) == [PERSON] * 6
    with pytest.raises(SealBroken, match="no master key"):
        await sealing.open_many(DISTRICT, sealed)


async def test_a_key_row_moved_to_another_subject_is_refused(db: Db, sealing: Sealing) -> None:
    sealed = await sealing.seal(DISTRICT, SUBJECT, PERSON)
    await sealing.seal(DISTRICT, OTHER, PERSON)
    async with db.scope(DISTRICT) as connection:
        await connection.execute(
            """update sanzi.subject_key set wrapped = (select wrapped from sanzi.subject_key where subject_id = $1)
                where subject_id = $2""",
            OTHER,
            SUBJECT,
        )
    with pytest.raises(SealBroken, match="key was altered"):
        await sealing.open_many(DISTRICT, {SUBJECT: sealed})
