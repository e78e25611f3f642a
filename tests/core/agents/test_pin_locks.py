"""A lock of PINs is told in facts, and a program that starts anew knows it from them: for as long as it lasts."""

from __future__ import annotations

import msgspec
import pytest

from gateway.core.agents.codes import AGENT_MISSES_MAX, ALL_MISSES_MAX, CodeGuard
from gateway.core.agents.pins import LOCKED_S, MISSES_MAX, PinGuard
from gateway.core.events import AgentsRecovered
from gateway.core.facts.agents import AgentIdentified
from gateway.core.facts.all import AnyFact
from gateway.core.facts.pins import PinLocked
from gateway.core.flow.model import Retry
from gateway.simulate.narrator import Narrator
from tests.core.factory import START, STRANGER, Rig
from tests.core.steps.test_agent_steps import rig_with, sign_in
from tests.core.steps.test_hours_steps import PIN, closes, facts, rig, steps_of
from tests.core.steps.test_hours_steps import site as hours_site

from .test_codes import OFFICE


def started_anew(old: Rig, new: Rig, after_s: float) -> Rig:
    """The same office `after_s` later, in another program that has read the journal."""
    new.now = old.now + after_s
    told = tuple(fact for fact in old.facts if isinstance(fact, PinLocked))
    new.tell(AgentsRecovered(facts=msgspec.json.decode(msgspec.json.encode(told), type=tuple[AnyFact, ...])))
    return new


def wrong_pins(rig: Rig, code: str, times: int) -> None:
    for _ in range(times):
        rig.hang_up(sign_in(rig, code, "0000#"))


def signed_in(rig: Rig) -> list[str]:
    return [fact.agent for fact in rig.of(AgentIdentified)]


def test_the_lock_of_an_agent_holds_after_a_restart_for_the_rest_of_its_hour():
    old = rig_with()
    wrong_pins(old, "2002#", AGENT_MISSES_MAX)
    (told,) = old.of(PinLocked)
    assert (told.lock, told.agent, told.until - told.at) == ("agent", "jan", LOCKED_S)
    new = started_anew(old, rig_with(), 600)
    sign_in(new, "2002#", "4712#")
    assert signed_in(new) == []
    assert [(fact.lock, fact.agent, fact.until) for fact in new.of(PinLocked)] == [("agent", "jan", told.until)]
    sign_in(new, "2001#", "4711#")
    assert signed_in(new) == ["anna"]
    new.now = told.until
    sign_in(new, "2002#", "4712#")
    assert signed_in(new) == ["anna", "jan"]


def test_a_further_wrong_pin_after_the_restart_puts_it_off():
    old = rig_with()
    wrong_pins(old, "2002#", AGENT_MISSES_MAX)
    new = started_anew(old, rig_with(), LOCKED_S - 60)
    wrong_pins(new, "2002#", 1)
    again = started_anew(new, rig_with(), LOCKED_S - 60)
    sign_in(again, "2002#", "4712#")
    assert signed_in(again) == []
    again.now += 61
    sign_in(again, "2002#", "4712#")
    assert signed_in(again) == ["jan"]


def test_the_lock_of_everybody_holds_too():
    old = rig_with()
    for number in range(ALL_MISSES_MAX):
        old.hang_up(sign_in(old, f"9{number:03}#", "4711#"))
    assert {(fact.lock, fact.agent) for fact in old.of(PinLocked)} == {("everybody", "")}
    new = started_anew(old, rig_with(), 60)
    sign_in(new, "2001#", "4711#")
    assert signed_in(new) == []
    new.pass_time(LOCKED_S)
    sign_in(new, "2001#", "4711#")
    assert signed_in(new) == ["anna"]


def test_the_lock_of_the_opening_hours_holds_and_no_agents():
    of = hours_site(closes(no_match=Retry(tries=MISSES_MAX, then="wrong")))
    old = rig(of, "2026-11-23 09:00")
    call = old.call(STRANGER)
    for _ in range(MISSES_MAX):
        old.press(call, "1111#")
    assert {fact.lock for fact in facts(old, PinLocked)} == {"site"}
    new = started_anew(old, rig(of, "2026-11-23 09:00"), 60)
    new.press(new.call(STRANGER), PIN + "#")
    assert "done" not in steps_of(new)
    assert not new.board._ex.codes.locked(new.now, "jan")
    new.pass_time(LOCKED_S)
    new.press(new.call(STRANGER), PIN + "#")
    assert steps_of(new)[-1] == "done"


def test_a_journal_of_before_locks_nothing_and_no_lock_is_longer_than_it_can_be():
    new = rig_with()
    before = msgspec.json.decode(b'{"type":"PinLocked","at":1.0,"call":"c","step":"who"}', type=AnyFact)
    ahead = PinLocked(at=START + 9e6, call="c", step="who", lock="agent", agent="jan", until=START + 9e6 + LOCKED_S)
    new.tell(AgentsRecovered(facts=(before, ahead)))
    codes = new.board._ex.codes
    assert not codes.locked(START, "anna")
    assert codes.locked(START, "jan")
    assert not codes.locked(START + LOCKED_S, "jan")


def test_a_lock_that_is_over_is_none():
    old = rig_with()
    wrong_pins(old, "2002#", AGENT_MISSES_MAX)
    new = started_anew(old, rig_with(), LOCKED_S)
    sign_in(new, "2002#", "4712#")
    assert signed_in(new) == ["jan"]


@pytest.mark.parametrize("pause_s", [10.0, LOCKED_S - 100])
def test_who_goes_on_guessing_stays_locked_however_slowly(pause_s):
    guard, now = PinGuard(3), START
    for _ in range(3):
        guard.judge(right=False, now=now)
    for _ in range(20):
        now += pause_s
        assert guard.locked(now)
        assert not guard.judge(right=False, now=now)
    assert not guard.judge(right=True, now=now + LOCKED_S - 1)
    assert guard.judge(right=True, now=now + LOCKED_S)


def test_wrong_pins_far_apart_lock_nobody():
    guard = CodeGuard()
    for number in range(4 * AGENT_MISSES_MAX):
        now = START + number * LOCKED_S / (AGENT_MISSES_MAX - 1)
        assert guard.who(OFFICE, "2001", "0000", now) is None
        assert not guard.locked(now, "anna")


@pytest.mark.parametrize("language", ["pl", "en"])
def test_each_lock_has_its_sentence(language):
    narrator = Narrator(OFFICE, language, started_at=START)
    told = [
        narrator.tell(START, PinLocked(at=START, call="c", step="s", lock=lock, agent="jan", until=START + 60))
        for lock in ("", "site", "agent", "everybody")
    ]
    texts = [moment.text for moment in told if moment is not None]
    assert len(set(texts)) == 4
    assert [("Jan Lis" in text) for text in texts] == [False, False, True, False]
    assert not any("{" in text or "_" in text for text in texts)
