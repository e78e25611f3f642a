"""Between an agent's 200 OK and the talk: the key that accepts, the whisper, the name, and whatever can happen then."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Bridge, HangUp, Play, ScreenPop, StopPlay
from gateway.core.events import (
    ActionFailed,
    AgentCommanded,
    KeyPressed,
)
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import CallBridged, QueueLeft, StageEntered, WrapUpEnded
from gateway.core.facts.flow import RingEnded
from gateway.core.facts.joining import AcceptanceAsked, AcceptanceEnded, JoiningBegan
from gateway.core.flow.model import Ring, SetValues
from tests.core.factory import KOWALSKI, MUSIC, STRANGER, Rig, offers, prompt, team

from .rig import MANAGER, QUEUE, declined, end_of, joining_site, picked_up, rig_of, told


def by_key(*steps, **more) -> Rig:
    return rig_of(*steps, by_key=("anna", "jan"), **{"whisper": False, "say_name": False, **more})


# Acceptance


def test_a_key_accepts_and_the_talk_begins():
    rig = by_key()
    call, leg = picked_up(rig)
    assert told(rig, leg) == "Rozmowa od Kowalski Sp. z o.o. Naciśnij jeden"
    assert (rig.state("anna"), rig.where(call)) == ("ringing", "queued")
    rig.pass_time(3)
    rig.press(leg, "1")
    assert Bridge(leg=call, other=leg) in rig.new
    assert (rig.state("anna"), rig.where(call)) == ("talking", "bridged")
    assert [fact.within_s for fact in rig.of(AcceptanceAsked)] == [10]
    assert [(fact.how, fact.took_s) for fact in rig.of(AcceptanceEnded)] == [("accepted", 3)]
    assert [(fact.wait_s, fact.whisper_s) for fact in rig.of(CallBridged)] == [(5, 0)]


def test_a_stranger_is_announced_as_one_and_in_the_agents_language():
    of = joining_site(by_key=("jan",))
    of = replace(of, agents={**of.agents, "jan": replace(of.agents["jan"], language="en")})
    rig = Rig(of)
    _, leg = picked_up(rig, "jan", STRANGER)
    assert told(rig, leg) == "A call from an unknown number Press one"


def test_silence_is_no_answer_and_the_next_is_sought():
    """So a voicemail box never has a caller."""
    rig = by_key()
    call, leg = picked_up(rig)
    end_of(rig, leg)
    rig.pass_time(1.9)
    assert len([a for a in rig.actions if isinstance(a, Play) and a.leg == leg]) == 1
    rig.pass_time(0.2)
    assert len([a for a in rig.actions if isinstance(a, Play) and a.leg == leg]) == 2  # said once more
    end_of(rig, leg)
    rig.pass_time(7.8)
    assert not declined(rig)
    rig.pass_time(0.2)
    assert declined(rig) == [("anna", "no_answer")]
    assert HangUp(leg=leg) in rig.actions
    assert offers(rig) == ["anna", "jan"]
    assert [fact.reason for fact in rig.of(StageEntered)] == ["manager_free", "manager_no_answer"]
    assert [fact.how for fact in rig.of(AcceptanceEnded)] == ["silent"]
    assert rig.where(call) == "queued"
    assert not rig.of(CallBridged)


def test_the_words_that_nobody_reports_the_end_of_delay_nothing():
    rig = by_key()
    picked_up(rig)
    rig.pass_time(9.9)
    assert not declined(rig)
    rig.pass_time(0.2)
    assert declined(rig) == [("anna", "no_answer")]


def test_key_2_refuses_and_other_keys_mean_nothing():
    rig = by_key()
    _, leg = picked_up(rig)
    rig.press(leg, "0359*#")
    assert not declined(rig)
    rig.press(leg, "2")
    assert declined(rig) == [("anna", "refused")]
    assert StopPlay(leg=leg) in rig.actions
    assert offers(rig) == ["anna", "jan"]


def test_one_press_that_comes_three_ways_is_one():
    rig = by_key()
    _, leg = picked_up(rig)
    for source in ("rfc4733", "info", "inband"):
        rig.tell(KeyPressed(leg=leg, key="1", source=source))
    assert len(rig.of(CallBridged)) == 1


def test_a_prompt_that_cannot_be_played_does_not_keep_the_agent_from_accepting():
    rig = by_key()
    _, leg = picked_up(rig)
    rig.tell(ActionFailed(leg=leg, action="Play", code=404, reason="no such clip"))
    rig.press(leg, "1")
    assert rig.of(CallBridged)


def test_a_site_without_words_still_wants_the_key():
    rig = Rig(replace(joining_site(by_key=("anna",)), joining=None))
    _, leg = picked_up(rig)
    assert not rig.of(CallBridged)
    rig.press(leg, "1")
    assert rig.of(CallBridged)


def test_a_number_that_is_no_agent_has_no_key():
    ring = Ring(name="out", target="number", to="+48221234599", trunk="provider", busy="busy")
    rig = rig_of(ring)
    call = rig.call()
    leg = rig.dialled().leg
    rig.pick_up(leg)
    assert Bridge(leg=call, other=leg) in rig.new


# Two answers at once


def all_ring(**more) -> Rig:
    of = joining_site(replace(QUEUE, to="office"), **more)
    office = of.teams["office"]
    return Rig(team(of, "office", order=replace(office.order, strategy="ring_all")))


def test_of_two_answers_one_has_the_call_and_the_other_is_told_to_end():
    rig = all_ring(whisper=False, say_name=False)
    call = rig.call(STRANGER)
    jan, ewa = rig.dialled("jan").leg, rig.dialled("ewa").leg
    rig.pick_up(jan)
    assert HangUp(leg=ewa, elsewhere=True) in rig.new
    rig.pick_up(ewa)  # its 200 OK had been on the way
    assert rig.new == [HangUp(leg=ewa)]
    rig.end(ewa)
    assert declined(rig) == [("ewa", "elsewhere")]
    assert (rig.state("jan"), rig.state("ewa"), rig.where(call)) == ("talking", "idle", "bridged")
    rig.hang_up(call)
    rig.end(jan)
    assert not [fact for fact in rig.of(WrapUpEnded) if fact.agent == "ewa"]


def test_the_others_go_on_ringing_until_one_has_accepted():
    rig = all_ring(by_key=("jan", "ewa"), whisper=False, say_name=False)
    call = rig.call(STRANGER)
    jan, ewa = rig.dialled("jan").leg, rig.dialled("ewa").leg
    rig.pick_up(jan)
    rig.ring(ewa)
    assert not declined(rig)
    rig.pick_up(ewa)
    assert len(rig.of(AcceptanceAsked)) == 2
    rig.press(ewa, "1")
    assert Bridge(leg=call, other=ewa) in rig.actions
    assert declined(rig) == [("jan", "elsewhere")]
    rig.press(jan, "1")  # too late
    assert len(rig.of(CallBridged)) == 1
    rig.end(jan)
    assert rig.state("jan") == "idle"


def test_while_the_whisper_is_heard_nobody_else_is_rung():
    rig = all_ring()
    call = rig.call(STRANGER)
    jan, ewa = rig.dialled("jan").leg, rig.dialled("ewa").leg
    rig.hang_up(ewa, code=603)
    rig.pick_up(jan)
    before = offers(rig)
    rig.pass_time(12)  # the one who refused may be asked again by now
    assert offers(rig) == before
    assert rig.where(call) == "queued"


# The whisper and the name


def test_both_are_told_at_once_and_the_bridge_comes_when_both_are_over():
    rig = rig_of(SetValues(name="area", values=(("area", "invoices"),), then="human"), QUEUE)
    call, leg = picked_up(rig)
    assert told(rig, leg) == "Dzwoni Kowalski Sp. z o.o. Temat faktury"
    assert told(rig, call) == "Łączę z Anną Nowak"
    assert [(fact.whisper, fact.named) for fact in rig.of(JoiningBegan)] == [(("client", "matter"), True)]
    assert not rig.of(CallBridged)
    rig.pass_time(2)
    end_of(rig, call)
    assert not rig.of(CallBridged)
    assert MUSIC not in [clip.key for a in rig.new if isinstance(a, Play) for clip in a.clips]  # silence until then
    rig.pass_time(1)
    end_of(rig, leg)
    (bridged,) = rig.of(CallBridged)
    assert (bridged.wait_s, bridged.whisper_s, bridged.stage) == (5, 3, "manager")
    assert [fact.wait_s for fact in rig.of(QueueLeft)] == [5]
    assert (rig.where(call), rig.state("anna")) == ("bridged", "talking")


def test_an_area_without_words_of_its_own_is_said_as_it_is_and_an_unknown_one_not():
    for area, words in (("orders", "Dzwoni nieznany numer Temat orders"), ("secret", "Dzwoni nieznany numer")):
        rig = rig_of(SetValues(name="area", values=(("area", area),), then="human"), replace(QUEUE, to="office"))
        _, leg = picked_up(rig, "jan", STRANGER)
        assert told(rig, leg) == words


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, ""), (1, " Czeka minutę"), (2, " Czeka dłużej"), (4, " Czeka dłużej")]
)
def test_the_wait_is_told_from_the_first_minute_on(minutes, words):
    rig = rig_of(replace(QUEUE, to="office"))
    for agent in ("jan", "ewa"):
        rig.tell(AgentCommanded(agent=agent, command="pause"))
    rig.call(STRANGER)
    rig.pass_time(60 * minutes + 1)
    rig.tell(AgentCommanded(agent="jan", command="unpause"))
    leg = rig.dialled("jan").leg
    rig.pick_up(leg)
    assert told(rig, leg) == f"Dzwoni nieznany numer{words}"


def test_a_name_that_was_said_before_is_not_said_again():
    queue = replace(QUEUE, prompt=prompt("Łączę z {manager}"))
    rig = rig_of(queue)
    call, leg = picked_up(rig)
    assert [fact.named for fact in rig.of(JoiningBegan)] == [False]
    end_of(rig, leg)
    assert rig.where(call) == "bridged"
    other = rig_of(queue)
    other.tell(AgentCommanded(agent="anna", command="pause"))
    call, _ = picked_up(other, "jan")
    assert told(other, call) == "Łączę z Jan Lis"  # of whoever has really answered


def test_a_team_that_only_says_the_name():
    rig = rig_of(whisper=False)
    call, leg = picked_up(rig)
    assert not [a for a in rig.actions if isinstance(a, Play) and a.leg == leg]
    end_of(rig, call)
    assert rig.where(call) == "bridged"


def test_a_team_that_only_whispers_leaves_the_music_on():
    rig = rig_of(say_name=False)
    call, leg = picked_up(rig)
    assert told(rig, call) == "♪"
    assert StopPlay(leg=call) not in rig.actions
    end_of(rig, leg)
    assert StopPlay(leg=call) in rig.new
    assert rig.where(call) == "bridged"


def test_the_steps_that_ring_tell_both_too():
    rig = rig_of(MANAGER)
    call, leg = picked_up(rig)
    assert (told(rig, leg), told(rig, call)) == ("Dzwoni Kowalski Sp. z o.o.", "Łączę z Anną Nowak")
    rig.pass_time(3)
    end_of(rig, leg)
    end_of(rig, call)
    (bridged,) = rig.of(CallBridged)
    assert (bridged.wait_s, bridged.whisper_s) == (5, 3)
    assert [fact.outcome for fact in rig.of(RingEnded)] == ["answered"]


def test_an_end_that_is_not_reported_holds_nobody_up():
    rig = rig_of()
    call, leg = picked_up(rig)
    rig.pass_time(19.9)
    assert rig.where(call) == "queued"
    rig.pass_time(0.2)
    assert StopPlay(leg=leg) in rig.new
    assert rig.where(call) == "bridged"


@pytest.mark.parametrize("whose", ["agent", "caller"])
def test_what_cannot_be_played_holds_nobody_up(whose):
    rig = rig_of()
    call, leg = picked_up(rig)
    rig.tell(ActionFailed(leg=leg if whose == "agent" else call, action="Play", code=500, reason="no"))
    end_of(rig, call if whose == "agent" else leg)
    assert rig.where(call) == "bridged"


def test_accepted_by_key_then_the_whisper():
    rig = rig_of(by_key=("anna",))
    call, leg = picked_up(rig)
    rig.press(leg, "1")
    assert told(rig, leg) == "Dzwoni Kowalski Sp. z o.o."
    rig.press(leg, "12")  # means nothing any more
    end_of(rig, leg)
    end_of(rig, call)
    assert rig.where(call) == "bridged"
    assert not declined(rig)


# What is known travels along


def test_the_screen_pop_comes_before_the_phone_rings():
    rig = rig_of(SetValues(name="area", values=(("area", "invoices"),), then="human"), QUEUE)
    call = rig.call(KOWALSKI)
    kinds = [type(action).__name__ for action in rig.actions]
    assert kinds.index("ScreenPop") == kinds.index("Dial") - 1
    (pop,) = [action for action in rig.actions if isinstance(action, ScreenPop)]
    assert pop == ScreenPop(
        leg=rig.dialled("anna").leg, agent="anna", call=call, team="office", number=KOWALSKI, client="1001",
        client_name="Kowalski Sp. z o.o.", matter="invoices", wait_s=0.0, case="", keyed={},
    )  # fmt: skip


def test_a_site_without_these_settings_bridges_at_once():
    rig = Rig(replace(joining_site(whisper=False, say_name=False), joining=None))
    call, leg = picked_up(rig)
    assert Bridge(leg=call, other=leg) in rig.new
    assert not rig.of(JoiningBegan) + rig.of(AcceptanceAsked)
    assert rig.of(CallBridged)[0].whisper_s == 0
    assert [fact.state for fact in rig.of(AgentChanged) if fact.agent == "anna"] == ["ringing", "talking"]
