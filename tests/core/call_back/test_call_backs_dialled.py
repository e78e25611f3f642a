"""What happens between the agent who takes a call-back and the talk, and when it does not come to one."""

from __future__ import annotations

import pytest

from gateway.core.actions import Bridge, HangUp
from gateway.core.events import ActionFailed, HoursCommanded, LegAnswered, LegEnded, LegProceeded, LineDown, PlayEnded
from gateway.core.facts.call_back import CallBackGivenUp, CallBackHeld, CallBackMissed, CallBackTried
from gateway.core.facts.calls import AgentDeclined, AgentOffered, CallBridged, CallEnded, WrapUpEnded
from gateway.core.facts.desk import CallBackClosed
from tests.core.factory import KOWALSKI, STRANGER, command

from .rig import Office, office


def taken(o: Office, caller: str = STRANGER, agent: str = "jan") -> tuple[str, str]:
    """Somebody who has asked is being called; (agent's leg, client's leg)."""
    o.asks(caller)
    o.login(agent)
    leg = o.takes(agent)
    return leg, o.client().leg


def ends(o: Office, *legs: str) -> None:
    """The network lets go of what was told to end."""
    for leg in legs:
        if leg in o.board._ex.legs:
            o.end(leg)


@pytest.mark.parametrize(
    ("code", "why"),
    [(486, "busy"), (600, "busy"), (480, "no_answer"), (408, "no_answer"), (603, "refused"), (403, "refused"),
     (404, "unreachable"), (503, "unreachable"), (302, "unreachable")],
)  # fmt: skip
def test_a_client_who_does_not_take_it_is_called_again(code, why):
    o = Office()
    leg, client = taken(o)
    o.hang_up(client, code)
    (missed,) = o.of(CallBackMissed)
    assert (missed.why, missed.code, missed.next_at) == (why, code, o.now + 600)
    assert (o.record(client).outcome, o.record(client).end_reason) == ("not_reached", why)
    assert o.said_to(leg)[-1] == "Nie odebrał."
    assert HangUp(leg=leg) not in o.actions
    o.heard(leg)
    assert HangUp(leg=leg) in o.actions
    o.end(leg)
    o.quiet()


def test_a_network_that_says_nothing_is_unreachable():
    o = Office()
    leg, client = taken(o)
    o.pass_time(3)
    assert [fact.why for fact in o.of(CallBackMissed)] == ["unreachable"]
    assert HangUp(leg=client) in o.actions
    o.pass_time(20)  # nobody tells that the agent has heard it
    assert HangUp(leg=leg) in o.actions
    ends(o, client, leg)
    o.quiet()


def test_the_agent_has_his_after_call_work_and_nothing_was_handled():
    o = Office()
    leg, client = taken(o, agent="ewa")
    o.hang_up(client, 486)
    assert o.state("ewa") == "wrap_up"
    o.heard(leg)
    o.end(leg)
    o.pass_time(9)
    assert o.state("ewa") == "wrap_up"
    o.pass_time(2)
    assert o.state("ewa") == "idle"
    assert not o.of(WrapUpEnded)
    assert o.figures().handled == 0
    o.quiet()


def test_after_the_last_try_it_is_for_people_and_stays_on_the_list():
    o = Office(office(retries=2))
    o.asks(STRANGER)
    o.login("jan")
    for _ in range(3):
        leg = o.takes("jan")
        o.hang_up(o.client().leg, 486)
        o.heard(leg)
        o.end(leg)
        o.pass_time(600)
    assert [fact.attempt for fact in o.of(CallBackTried)] == [1, 2, 3]
    assert [fact.reason for fact in o.of(CallBackGivenUp)] == ["retries"]
    assert o.of(CallBackMissed)[-1].next_at is None
    o.pass_time(7200)
    assert len(o.clients()) == 3
    (progress,) = o.board._ex.desk.call_back_book.open.values()
    assert (progress.state, progress.last_missed) == ("people", "busy")
    assert o.board.desk(o.now).call_backs == 1
    o.quiet()


def test_who_does_not_press_the_key_is_asked_once_more_and_was_not_reached():
    o = Office()
    leg, client = taken(o)
    o.client_answers()
    o.heard(client)
    o.pass_time(8)
    assert o.said_to(client) == ["Dzień dobry. Jeden.", "Jeden."]
    o.press(client, "5")
    o.heard(client)
    o.pass_time(8)
    assert [fact.why for fact in o.of(CallBackMissed)] == ["no_key"]
    assert not o.of(CallBridged)
    o.heard(leg)
    ends(o, client, leg)
    assert o.record(client).end_reason == "no_key"
    o.quiet()


def test_the_end_of_a_sentence_that_nobody_tells_of_is_not_waited_for():
    o = Office()
    _, client = taken(o)
    o.client_answers()
    o.pass_time(46)
    o.press(client, "1")
    assert o.of(CallBridged)


def test_where_no_key_is_wanted_they_talk_after_the_greeting():
    o = Office(office(press=False))
    leg, client = taken(o)
    o.client_answers()
    assert o.said_to(client) == ["Dzień dobry."]
    o.press(client, "1")
    assert not o.of(CallBridged)
    o.heard(client)
    assert Bridge(leg=client, other=leg) in o.actions


def test_a_client_who_hangs_up_during_the_greeting_is_tried_again():
    o = Office()
    leg, client = taken(o)
    o.client_answers()
    o.hang_up(client)
    assert [fact.why for fact in o.of(CallBackMissed)] == ["hung_up"]
    assert o.record(client).outcome == "not_reached"
    o.heard(leg)
    o.end(leg)
    o.quiet()


def test_an_agent_who_refuses_leaves_it_to_the_next_one_with_the_place():
    o = Office()
    o.asks(STRANGER)
    o.login("jan", "ewa")
    leg = o.dialled("jan").leg
    call = o.dialled("jan").call
    o.hang_up(leg, 603)
    assert o.dialled("ewa").call == call
    assert not o.clients()
    assert not o.of(CallBackTried)


def test_an_agent_who_hangs_up_while_he_hears_whom_he_calls_leaves_it_to_the_next_one():
    o = Office()
    o.asks(STRANGER)
    o.login("jan", "ewa")
    leg = o.dialled("jan").leg
    o.ring(leg)
    o.pick_up(leg)
    o.hang_up(leg)
    assert o.dialled("ewa").call == o.dialled("jan").call
    assert not o.clients()
    o.takes("ewa")
    assert len(o.clients()) == 1


def test_an_agent_who_hangs_up_while_the_client_is_rung_ends_that_try_and_another_takes_it():
    o = Office()
    leg, client = taken(o)
    o.login("ewa")
    o.hang_up(leg)
    assert HangUp(leg=client) in o.actions
    assert [fact.why for fact in o.of(CallBackMissed)] == ["no_agent"]
    assert o.dialled("jan").call == client  # nobody is rung as long as that telephone may still ring
    o.end(client, code=487)
    other = o.dialled("ewa")
    assert other.call != client
    o.takes("ewa")
    assert len(o.clients()) == 2
    o.press(o.client_answers(), "1")
    assert [fact.who for fact in o.of(CallBackClosed)] == ["ewa"]
    assert o.record(client).ended_by == "agent"


def test_an_agent_who_hangs_up_after_the_client_has_answered_leaves_him_to_the_next_one():
    o = Office()
    leg, client = taken(o)
    o.login("ewa")
    o.client_answers()
    o.hang_up(leg)
    assert o.of(AgentDeclined)[-1].agent == "jan"
    o.press(client, "1")
    assert o.said_to(client)[-1] == "♪"
    other = o.dialled("ewa").leg
    o.ring(other)
    o.pick_up(other)
    assert Bridge(leg=client, other=other) in o.actions
    assert len(o.clients()) == 1
    assert [fact.result for fact in o.of(CallBackClosed)] == ["reached"]


def test_a_client_for_whom_nobody_is_left_is_told_so_and_called_again():
    o = Office()
    leg, client = taken(o)
    o.client_answers()
    command(o, "jan", "logout")
    o.hang_up(leg)
    assert o.said_to(client)[-1] == "Przepraszamy."
    assert [fact.why for fact in o.of(CallBackMissed)] == ["no_agent"]
    o.heard(client)
    o.end(client)
    assert o.record(client).outcome == "not_reached"
    assert o.of(CallBackHeld)[-1].reason == "nobody"
    o.quiet()


def test_a_line_without_a_leg_for_the_client_is_no_try():
    o = Office()
    leg, client = taken(o)
    o.tell(ActionFailed(leg=client, action="Dial", code=503, reason="no free leg"))
    (missed,) = o.of(CallBackMissed)
    assert (missed.why, missed.next_at) == ("no_leg", o.now + 60)
    o.heard(leg)
    o.end(leg)
    (progress,) = o.board._ex.desk.call_back_book.open.values()
    assert (progress.tries, progress.counted) == (1, 0)
    o.quiet()


def test_nobody_is_rung_without_a_leg_for_the_client():
    o = Office(legs_max=3)
    asked = o.asks(STRANGER)
    busy = [o.call(KOWALSKI), o.call("+48500000001")]
    o.login("jan")
    assert o.clients() == []
    assert not any(action.call.startswith(asked) for action in o.actions if hasattr(action, "call"))
    for call in busy:
        o.hang_up(call)
    for leg in list(o.board._ex.legs):
        o.end(leg)
    o.pass_time(6)
    assert o.dialled("jan").call.startswith(asked)


def test_a_second_answer_or_one_after_the_end_is_hung_up():
    o = Office()
    leg, client = taken(o)
    o.tell(LegProceeded(leg=client, code=180))
    o.pass_time(41)
    o.tell(LegAnswered(leg=client))
    assert [action.leg for action in o.new if isinstance(action, HangUp)] == [client]
    o.tell(PlayEnded(leg=client, play="x", how="end"))
    ends(o, client, leg)
    o.quiet()


def test_a_line_that_dies_under_it_is_no_try_of_the_client():
    o = Office()
    leg, client = taken(o)
    o.client_answers()
    o.tell(LineDown(line="A", reason="crash"))
    assert [fact.why for fact in o.of(CallBackMissed)] == ["line_lost"]
    assert o.record(client).outcome == "lost"
    o.quiet()
    o.line_up("A", boot="b2")
    o.pass_time(601)
    assert o.dialled("jan").leg != leg


def test_a_line_that_dies_while_an_agent_is_rung_changes_nothing_for_the_place():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    o.ring(o.dialled("jan").leg)
    o.tell(LineDown(line="A", reason="crash"))
    assert o.of(CallBackHeld)[-1].reason == "no_line"
    o.quiet()
    o.line_up("A", boot="b2")
    assert o.state("jan") == "ringing"


def test_it_is_not_dialled_when_the_office_has_closed_meanwhile():
    o = Office(office(hours="office"))
    o.now += 10 * 3600 + 4 * 3600  # 13 past 13 on the next day
    o.asks(STRANGER)
    o.login("jan")
    leg = o.dialled("jan").leg
    o.ring(leg)
    o.pick_up(leg)
    o.tell(HoursCommanded(calendar="office", to="closed", until=o.now + 3600, by="cli"))
    o.heard(leg)
    assert not o.clients()
    assert o.of(CallBackHeld)[-1].reason == "closed"
    assert o.of(CallBackHeld)[-1].until == pytest.approx(o.now + 3600, abs=1)
    o.end(leg)
    o.quiet()


def test_when_everybody_has_declined_it_pauses():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    for _ in range(60):
        legs = [leg for leg in o.board._ex.legs.values() if leg.agent]
        for leg in legs:
            if leg.state in {"dialled", "ringing"}:
                o.tell(LegEnded(leg=leg.id, code=486, reason="", by="far"))
        o.pass_time(11)
        if any(fact.reason == "nobody_took" for fact in o.of(CallBackHeld)):
            break
    held = next(fact for fact in o.of(CallBackHeld) if fact.reason == "nobody_took")
    assert held.until == held.at + 600
    assert all(fact.record.outcome == "not_reached" for fact in o.of(CallEnded) if fact.record.direction == "out")
    o.quiet()
    rung = len(o.of(AgentOffered))
    o.pass_time(held.until - o.now + 1)
    assert len(o.of(AgentOffered)) > rung
