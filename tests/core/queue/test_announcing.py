"""What waiting callers are told, word by word and second by second; and that no number ever rises."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.core.actions import Bridge, Play, StopPlay
from gateway.core.events import CallsRecovered, LegSnapshot, QueueRecovered
from gateway.core.facts.calls import QueueEntered
from gateway.core.facts.queue import WaitTold
from gateway.core.flow.model import Exit, Prompt
from gateway.core.flow.queue_waiting import Announce, Periodic, Waiting, rounded_up, waits
from tests.core.factory import KOWALSKI, Rig

from .rig import CALLERS, PLACE_PL, announce, busy, end_talk, periodic, rig_of, text, told
from .test_waiting import handled


def heard(rig: Rig, call: str) -> None:
    """The announcement that plays comes to its end, if one does."""
    if rig.board._ex.calls[call].playing:
        rig.heard(call)


def pass_hearing(rig: Rig, seconds: int, *calls: str) -> None:
    """Time goes by; whatever is announced takes a second."""
    for _ in range(seconds):
        rig.pass_time(1)
        for call in calls:
            if rig.where(call) == "queued":
                heard(rig, call)


def said(rig: Rig, call: str) -> list[str]:
    """Without the music."""
    return [words_ for words_ in told(rig, call) if words_ and words_ != "♪"]


def test_place_and_wait_every_so_often_and_music_after_each():
    rig = busy(Waiting(announce=announce()))
    rig.board._ex.handling.apply(handled(100.0))
    calls = [rig.call(caller) for caller in CALLERS[:3]]
    third = calls[2]
    assert told(rig, third) == ["♪"]
    rig.pass_time(29)
    assert told(rig, third) == ["♪"]
    rig.pass_time(1)
    assert told(rig, third) == ["♪", "Miejsce: trzecie Czas: około czterech minut"]
    rig.pass_time(4)
    heard(rig, third)
    assert told(rig, third)[-1] == "♪"
    rig.hang_up(calls[0])
    rig.pass_time(26)
    assert told(rig, third)[-1] == "Miejsce: drugie Czas: około dwóch minut"
    heard(rig, third)
    rig.hang_up(calls[1])
    rig.pass_time(30)
    assert told(rig, third)[-1] == "Miejsce: pierwsze", "nobody is ahead: there is no wait to tell"
    assert [(f.what, f.position, f.ewt_s) for f in rig.of(WaitTold, third)] == [
        ("numbers", 3, 240.0),
        ("numbers", 2, 120.0),
        ("numbers", 1, None),
    ]


def test_a_number_that_has_risen_is_not_told():
    rig = busy(Waiting(announce=announce(wait=None)))
    call = rig.call(CALLERS[0])
    rig.pass_time(30)
    heard(rig, call)
    rig.call(KOWALSKI)
    assert rig.board._ex.room.position(rig.board._ex.calls[call].waiter) == 2, "the client's calls come first"
    rig.pass_time(30)
    assert said(rig, call) == ["Miejsce: pierwsze", "Dziękujemy."]


def test_an_estimate_that_has_risen_is_not_told():
    rig = busy(Waiting(announce=announce()))
    rig.board._ex.handling.apply(handled(100.0))
    rig.call(CALLERS[0])
    call = rig.call(CALLERS[1])
    rig.pass_time(30)
    heard(rig, call)
    rig.board._ex.handling.apply(handled(500.0))
    rig.pass_time(30)
    heard(rig, call)
    for _ in range(50):
        rig.board._ex.handling.apply(handled(60.0))
    rig.pass_time(30)
    both = "Miejsce: drugie Czas: około {}"
    assert said(rig, call) == [both.format("dwóch minut"), "Miejsce: drugie", both.format("jednej minuty")]


def test_thanks_when_neither_number_can_be_told():
    rig = busy(Waiting(announce=announce(position=None)))
    rig.board._ex.handling.apply(handled(100.0))
    call = rig.call(CALLERS[0])
    rig.pass_time(30)
    assert said(rig, call) == ["Dziękujemy."], "nobody is ahead"
    assert [(f.what, f.position, f.ewt_s) for f in rig.of(WaitTold, call)] == [("thanks", None, None)]


def test_silence_when_there_is_nothing_at_all_to_say():
    rig = busy(Waiting(announce=announce(position=None, thanks=None)))
    rig.board._ex.handling.apply(handled(100.0))
    call = rig.call(CALLERS[0])
    rig.pass_time(300)
    assert told(rig, call) == ["♪"]


def test_without_a_history_the_wait_is_ninety_seconds():
    rig = busy(Waiting(announce=announce(position=None)))
    rig.call(CALLERS[0])
    call = rig.call(CALLERS[1])
    rig.pass_time(30)
    assert said(rig, call) == ["Czas: około jednej minuty trzydziestu sekund"]


def test_texts_by_turns():
    rig = busy(Waiting(periodic=periodic("Pierwszy.", "Drugi.")))
    call = rig.call(CALLERS[0])
    pass_hearing(rig, 150, call)
    assert told(rig, call) == ["♪", "Pierwszy.", "♪", "Drugi.", "♪", "Pierwszy.", "♪"]


def test_numbers_and_texts_do_not_cut_each_other():
    rig = busy(Waiting(announce=announce(wait=None, every_s=45.0, first_s=45.0), periodic=periodic("Tekst.")))
    call = rig.call(CALLERS[0])
    rig.pass_time(50)
    assert said(rig, call) == ["Miejsce: pierwsze"], "the text waits for its end"
    heard(rig, call)
    rig.pass_time(1)
    assert said(rig, call) == ["Miejsce: pierwsze", "Tekst."]


def test_the_step_has_its_say_before_the_team():
    team = Waiting(announce=announce(), periodic=periodic("Zespół."))
    rig = busy(team, announce=Announce(), periodic=periodic("Krok.", every_s=20.0))
    call = rig.call(CALLERS[0])
    pass_hearing(rig, 100, call)
    assert set(said(rig, call)) == {"Krok."}
    rig = busy(team, announce=Announce(), periodic=Periodic())
    call = rig.call(CALLERS[0])
    rig.pass_time(300)
    assert told(rig, call) == ["♪"]


def test_in_the_callers_language_or_not_at_all():
    both = {"pl": text("Miejsce:", PLACE_PL), "en": text("", PLACE_PL, "in the queue")}
    rig = busy(Waiting(announce=announce(position=Prompt(parts=both), wait=None)))
    first, second = rig.call(CALLERS[0]), rig.call(CALLERS[1])
    rig.board._ex.calls[second].values["language"] = "en"
    rig.pass_time(30)
    assert said(rig, first) == ["Miejsce: pierwsze"]
    assert said(rig, second) == ["second in the queue"]
    rig.board._ex.calls[second].values["language"] = "de"
    heard(rig, second)
    rig.pass_time(60)
    assert said(rig, second) == ["second in the queue"]


# While somebody is rung or joined


def test_none_begins_while_a_phone_rings():
    rig = rig_of(Waiting(announce=announce(wait=None)))
    call = rig.call(CALLERS[0])
    leg = rig.dialled("jan").leg
    rig.ring(leg)
    rig.pass_time(19)
    assert told(rig, call) == ["♪"]
    rig.hang_up(leg, code=603)
    rig.pass_time(9)
    assert told(rig, call) == ["♪"], "it is not time yet"
    rig.pass_time(2)
    again = rig.dialled("jan").leg
    assert again != leg, "he is rung again after a pause"
    rig.ring(again)
    rig.pass_time(10)
    assert told(rig, call) == ["♪"]


def test_it_may_while_one_rings_if_the_team_wants_it_and_the_bridge_cuts_it():
    rig = rig_of(Waiting(announce=announce(wait=None, first_s=5.0, while_ringing=True)))
    call = rig.call(CALLERS[0])
    leg = rig.dialled("jan").leg
    rig.ring(leg)
    rig.pass_time(5)
    assert told(rig, call)[-1] == "Miejsce: pierwsze"
    outcome = rig.pick_up(leg)
    mine = [action for action in outcome.actions if isinstance(action, Play | StopPlay | Bridge)]
    assert mine == [StopPlay(leg=call), Bridge(leg=call, other=leg)], "in the turn in which the agent answered"
    rig.pass_time(120)
    assert told(rig, call)[-1] == "Miejsce: pierwsze", "nothing more in the talk"


def test_none_begins_while_the_agent_is_told_who_comes(monkeypatch):
    """The agent has answered, and hears a whisper: the caller's announcement is due, and does not begin."""
    rig = rig_of(Waiting(announce=announce(wait=None, first_s=5.0, while_ringing=True)))
    call = rig.call(CALLERS[0])
    rig.ring(rig.dialled("jan").leg)
    rig.pass_time(4)
    monkeypatch.setattr(rig.board._ex.calls[call], "joining", object())
    rig.pass_time(2)
    assert told(rig, call) == ["♪"]
    monkeypatch.setattr(rig.board._ex.calls[call], "joining", None)
    rig.pass_time(2)
    assert told(rig, call)[-1] == "Miejsce: pierwsze"


def test_one_that_plays_is_cut_when_the_caller_leaves_by_a_key():
    rig = busy(Waiting(announce=announce(wait=None)))
    call = rig.call(CALLERS[0])
    rig.pass_time(30)
    rig.press(call, "1")
    assert told(rig, call)[-1] == "Oddzwonimy."
    rig.heard(call)
    rig.pass_time(200)
    assert said(rig, call) == ["Miejsce: pierwsze", "Oddzwonimy.", "Do widzenia."]


def test_who_leaves_by_a_key_and_comes_back_hears_where_he_stands_then():
    """His place is a new one, at the end: no number of the wait that he gave up holds it down."""
    rig = busy(Waiting(announce=announce(wait=None)), keys={"3": Exit(then="human")})
    first, second = rig.call(CALLERS[0]), rig.call(CALLERS[1])
    pass_hearing(rig, 40, first, second)
    assert said(rig, first) == ["Miejsce: pierwsze"]
    rig.press(first, "3")
    pass_hearing(rig, 40, first, second)
    assert said(rig, first) == ["Miejsce: pierwsze", "Miejsce: drugie"]
    assert said(rig, second) == ["Miejsce: drugie", "Miejsce: pierwsze"]


def test_one_whose_end_is_never_reported_is_taken_for_over():
    rig = busy(Waiting(announce=announce(wait=None)))
    call = rig.call(CALLERS[0])
    rig.pass_time(30)
    rig.pass_time(300)
    assert told(rig, call)[-2:] == ["♪", "Miejsce: pierwsze"]


# After a restart


def test_what_was_told_is_still_the_most_after_a_restart():
    waiting = Waiting(announce=announce(wait=None))
    rig = busy(waiting)
    first, call = rig.call(CALLERS[0]), rig.call(CALLERS[1])
    rig.pass_time(30)
    heard(rig, call)
    rig.hang_up(first)
    rig.pass_time(30)
    assert said(rig, call) == ["Miejsce: drugie", "Miejsce: pierwsze"]
    facts = tuple(fact for fact in rig.facts if fact.call == call)
    other = rig_of(waiting)
    other.now = rig.now
    other.board.receive(QueueRecovered(facts=tuple(rig.facts)), now=other.now)
    other.board.receive(CallsRecovered(calls=(facts,)), now=other.now)
    ahead = other.call(CALLERS[5])
    snapshot = LegSnapshot(leg=call, call=call, direction="in", state="answered", caller=CALLERS[1])
    other.line_up("A", boot="b2", legs=(snapshot,))
    assert other.where(call) == "queued"
    assert not other.of(QueueEntered, call), "the contact is the old one"
    other.pass_time(60)
    assert set(said(other, call)) == {"Miejsce: pierwsze"}
    assert other.board.view().queues[0].calls[0] == call
    assert other.where(ahead) in {"queued", ""}


# Whatever happens


@pytest.mark.parametrize(
    ("estimate", "said_s"),
    [(0.0, None), (0.1, 30), (30.0, 30), (30.1, 60), (119.0, 120), (120.0, 120), (120.1, 180), (3541.0, 3600),
     (3600.0, 3600), (3600.1, None)],
)  # fmt: skip
def test_estimates_are_rounded_up(estimate, said_s):
    assert rounded_up(estimate) == said_s
    assert said_s is None or said_s in waits()


DEEDS = st.lists(
    st.tuples(st.sampled_from(["call", "hang_up", "key", "wait", "wait", "talked", "slower", "faster", "urgent"]),
              st.integers(0, 20)),
    min_size=20,
    max_size=60,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deeds=DEEDS)
def test_no_number_ever_rises(deeds):
    """Callers come, hang up, press the exit, agents get free, handling times change: of one contact neither the place
    nor the wait that is announced is ever larger than the one before."""
    rig = busy(Waiting(announce=announce(every_s=5.0, first_s=5.0)), keys={"1": Exit(then="later")})
    calls: list[str] = []
    lines = iter(range(1000))
    for what, number in deeds:
        waiting = [call for call in calls if rig.where(call) == "queued"]
        one = waiting[number % len(waiting)] if waiting else ""
        match what:
            case "call":
                calls.append(rig.call(f"+4860100{next(lines):04}", line="A"))
            case "urgent":
                calls.append(rig.call(KOWALSKI))
            case "hang_up" if one:
                rig.hang_up(one)
            case "key" if one:
                rig.press(one, "1")
            case "wait":
                pass_hearing(rig, number, *waiting)
            case "talked" if rig.state("jan") == "talking":
                end_talk(rig)
                if rig.state("jan") == "ringing":
                    rig.pick_up(rig.dialled("jan").leg)
            case "slower":
                rig.board._ex.handling.apply(handled(60.0 * number))
            case "faster":
                rig.board._ex.handling.apply(handled(1.0 * number))
            case _:
                pass
    lowest: dict[str, tuple[float, float]] = defaultdict(lambda: (float("inf"), float("inf")))
    for fact in rig.of(WaitTold):
        place, wait = lowest[fact.call]
        assert (fact.position or 0) <= place, rig.of(WaitTold, fact.call)
        assert (fact.ewt_s or 0.0) <= wait, rig.of(WaitTold, fact.call)
        lowest[fact.call] = min(place, fact.position or place), min(wait, fact.ewt_s or wait)
