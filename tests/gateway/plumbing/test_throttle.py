"""How often one address may sign in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.problems import TooManySignIns
from gateway.throttle import MOST, Throttle
from services.wiring import Services
from tests.gateway.plumbing.probe import DEVELOPMENT, app, ask, client, codes


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again() -> None:
    clock = Clock()
    throttle = Throttle(6, clock)
    for _ in range(6):
        throttle.take("198.51.100.1")
    with pytest.raises(TooManySignIns, match="10 seconds"):
        throttle.take("198.51.100.1")
    throttle.take("198.51.100.2")
    clock.now = 9.9
    with pytest.raises(TooManySignIns):
        throttle.take("198.51.100.1")
    clock.now = 10.1
    throttle.take("198.51.100.1")
    clock.now = 1_000.0
    throttle.take("198.51.100.1", 6)
    with pytest.raises(TooManySignIns):
        throttle.take("198.51.100.1")


def test_an_ipv6_network_counts_as_one_address() -> None:
    throttle = Throttle(1, Clock())
    throttle.take("2001:db8:0:1::1")
    with pytest.raises(TooManySignIns):
        throttle.take("2001:db8:0:1:ffff::2")
    throttle.take("2001:db8:0:2::1")


def test_it_remembers_a_bounded_number_of_addresses() -> None:
    throttle = Throttle(1, Clock())
    for number in range(MOST + 100):
        throttle.take(f"198.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(throttle) == MOST


async def test_sign_ins_are_counted_whatever_they_are_called(services: Services) -> None:
    application = app(services, replace(DEVELOPMENT, sign_ins_per_minute=4))
    query = 'mutation { a: signIn(login: "x") ...M ... on Mutation { c: signIn(login: "x") } }'
    query += ' fragment M on Mutation { b: signIn(login: "x") }'
    assert "errors" not in await ask(application, query)
    assert codes(await ask(application, query)) == ["TOO_MANY_SIGN_INS"]
    assert "errors" not in await ask(application, 'mutation { signIn(login: "x") }')
    assert codes(await ask(application, 'mutation { signIn(login: "x") }')) == ["TOO_MANY_SIGN_INS"]
    assert "errors" not in await ask(application, "{ echo }")


async def test_another_address_is_not_held_up(services: Services) -> None:
    application = app(services, replace(DEVELOPMENT, sign_ins_per_minute=1))
    body = {"query": 'mutation { signIn(login: "x") }'}
    answers = []
    for address in ("198.51.100.1", "198.51.100.1", "198.51.100.2"):
        async with client(application, address) as http:
            answers.append(codes((await http.post("/graphql", json=body)).json()))
    assert answers == [[], ["TOO_MANY_SIGN_INS"], []]
