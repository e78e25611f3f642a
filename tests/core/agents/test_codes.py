"""Who is at the telephone: code and PIN, the own phone and PIN, and what locks."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.agents import codes as agent_codes
from gateway.core.agents.codes import AGENT_MISSES_MAX, ALL_MISSES_MAX, CodeGuard, by_phone, digest_of
from gateway.core.agents.pins import LOCKED_S
from tests.core.factory import START, site


def coded(**codes: tuple[str, str]):
    """The office in which these agents have a code and a PIN."""
    of = site()
    agents = {
        name: replace(agent, code=codes[name][0], pin=digest_of(codes[name][1], name, of.name))
        if name in codes
        else agent
        for name, agent in of.agents.items()
    }
    return replace(of, agents=agents)


OFFICE = coded(anna=("2001", "4711"), jan=("2002", "4711"))


def test_code_and_pin_make_an_agent():
    guard = CodeGuard()
    assert guard.who(OFFICE, "2001", "4711", START) is OFFICE.agents["anna"]
    assert guard.who(OFFICE, "2002", "4711", START) is OFFICE.agents["jan"]


@pytest.mark.parametrize(("code", "pin"), [("2001", "4712"), ("2003", "4711"), ("", "4711"), ("2001", ""), ("", "")])
def test_anything_else_makes_none(code, pin):
    """Also the empty code, which ewa has who has neither code nor PIN."""
    assert CodeGuard().who(OFFICE, code, pin, START) is None


def test_the_same_pin_of_two_agents_looks_different():
    assert OFFICE.agents["anna"].pin != OFFICE.agents["jan"].pin
    assert "4711" not in repr(OFFICE.agents)


def test_an_agent_without_a_pin_is_let_in_by_none():
    guard = CodeGuard()
    assert not guard.is_his(OFFICE, OFFICE.agents["ewa"], "", START)


def test_wrong_pins_of_one_agent_lock_him_and_nobody_else():
    guard = CodeGuard()
    for second in range(AGENT_MISSES_MAX):
        assert not guard.locked(START + second, "anna")
        assert guard.who(OFFICE, "2001", "0000", START + second) is None
    last = START + AGENT_MISSES_MAX - 1
    assert guard.locked(last, "anna")
    assert guard.who(OFFICE, "2001", "4711", last + LOCKED_S - 1) is None
    assert guard.who(OFFICE, "2002", "4711", last + 1) is OFFICE.agents["jan"]
    assert not guard.locked(last + 1, "jan")
    assert guard.who(OFFICE, "2001", "4711", last + LOCKED_S) is OFFICE.agents["anna"]


def test_a_right_pin_forgives_the_wrong_ones_before():
    guard = CodeGuard()
    for _ in range(3):
        for _ in range(AGENT_MISSES_MAX - 1):
            guard.who(OFFICE, "2001", "0000", START)
        assert guard.who(OFFICE, "2001", "4711", START) is OFFICE.agents["anna"]


def test_one_pin_tried_with_every_code_locks_all_even_with_right_ones_between():
    guard = CodeGuard()
    for code in range(ALL_MISSES_MAX):
        assert guard.who(OFFICE, "2002", "4711", START) is OFFICE.agents["jan"]
        guard.who(OFFICE, f"9{code:03}", "4711", START)
    assert guard.locked(START)
    assert guard.who(OFFICE, "2002", "4711", START) is None


def test_a_phone_tells_whose_it_is_by_sip_user_or_number():
    numbered = replace(OFFICE, agents={**OFFICE.agents, "piotr": replace(OFFICE.agents["piotr"], uri="+48501777888")})
    assert by_phone(numbered, "anna") is numbered.agents["anna"]
    assert by_phone(numbered, "+48501777888") is numbered.agents["piotr"]
    assert by_phone(numbered, "+48501777889") is None
    assert by_phone(numbered, "") is None


def test_a_sip_user_of_two_addresses_tells_nothing():
    other = replace(OFFICE.agents["jan"], uri="sip:anna@127.0.0.2")
    assert by_phone(replace(OFFICE, agents={**OFFICE.agents, "jan": other}), "anna") is None


def test_an_escaped_sip_user_is_read_as_it_is_shown():
    other = replace(OFFICE.agents["jan"], uri="sip:jan%2Elis@127.0.0.2")
    assert by_phone(replace(OFFICE, agents={**OFFICE.agents, "jan": other}), "jan.lis") is other


def test_nobody_has_the_empty_code():
    assert agent_codes.by_code(OFFICE, "") is None
