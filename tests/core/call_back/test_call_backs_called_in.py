"""A client who is to be called back and calls by himself, or asks again; callers who were cut off while they waited."""

from __future__ import annotations

import pytest

from gateway.core.actions import HangUp
from gateway.core.events import LineDown
from gateway.core.events_desk import DeskCommanded
from gateway.core.facts.call_back import CallBackOverdue, CallBackQueued, CallBackRestored, CallBackWithdrawn
from gateway.core.facts.calls import CallBridged, QueueEntered, QueueLeft
from gateway.core.facts.desk import CallBackClosed, CallBackRequested
from tests.core.factory import KOWALSKI, STRANGER, command

from .rig import Office, office


def test_a_client_who_calls_in_has_his_place_and_is_not_called_back():
    o = Office()
    asked = o.asks(STRANGER)
    o.pass_time(100)
    o.login("ewa")
    busy = o.board._ex.legs[o.dialled("ewa").leg]
    own = o.call(STRANGER)
    withdrawn = o.of(CallBackWithdrawn)
    assert [(fact.call, fact.by_call) for fact in withdrawn] == [(asked, own)]
    assert o.board._ex.calls[own].waiter.entered_at == o.of(QueueEntered, asked)[0].at
    o.end(busy.id)
    leg = o.dialled("ewa")
    assert leg.call == own
    o.ring(leg.leg)
    o.pick_up(leg.leg)
    o.hang_up(own)
    o.end(leg.leg)
    assert [(fact.result, fact.who) for fact in o.of(CallBackClosed)] == [("called_in", "ewa")]
    assert not o.clients()
    figures = o.figures()
    assert (figures.offered, figures.answered, figures.overflowed, figures.called_back) == (2, 1, 1, 0)


def test_a_client_who_calls_in_and_hangs_up_is_called_back_all_the_same():
    o = Office()
    o.asks(STRANGER)
    o.login("ewa")
    o.end(o.dialled("ewa").leg, code=486)
    own = o.call(STRANGER)
    o.hang_up(own)
    assert len(o.of(CallBackRestored)) == 1
    o.pass_time(11)
    assert not o.of(CallBackClosed)
    assert o.of(CallBackQueued)[-1].waiting_since == o.of(QueueEntered)[0].at


def test_a_client_who_asks_again_has_one_call_back_with_the_first_place():
    o = Office()
    first = o.asks(STRANGER)
    since = o.of(CallBackRequested)[0].waiting_since
    o.pass_time(50)
    o.asks(STRANGER)
    assert [(fact.call, fact.result) for fact in o.of(CallBackClosed)] == [(first, "replaced")]
    assert o.of(CallBackRequested)[1].waiting_since == since
    assert len(o.board._ex.desk.call_back_book.open) == 1


def test_somebody_cancels_it_while_an_agent_is_rung():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    leg = o.dialled("jan").leg
    o.tell(DeskCommanded(what="call_back", id=o.of(CallBackRequested)[0].call_back, deed="cancelled", who="anna"))
    assert HangUp(leg=leg) in o.actions
    o.end(leg)
    o.pass_time(7200)
    o.quiet()
    assert not o.clients()


def test_after_24_hours_a_fact_warns_once():
    o = Office()
    o.asks(STRANGER)
    o.pass_time(3 * 86_400)
    (overdue,) = o.of(CallBackOverdue)
    assert overdue.at == pytest.approx(overdue.due_at, abs=0.01)


# Cut off while waiting


def cut(o: Office, *, caller: str = STRANGER) -> str:
    """Somebody waits, and the line dies; his call."""
    o.login("jan")
    command(o, "jan", "pause")
    call = o.call(caller)
    o.pass_time(30)
    o.tell(LineDown(line="A", reason="crash"))
    o.line_up("A", boot="b2")
    return call


def test_who_was_cut_off_is_called_back_and_told_why():
    o = Office()
    call = cut(o)
    (wanted,) = o.of(CallBackRequested)
    assert (wanted.cut_off, wanted.number, wanted.to, wanted.queued) == (True, STRANGER, "office", False)
    assert wanted.waiting_since == o.of(QueueEntered, call)[0].at
    command(o, "jan", "unpause")
    o.takes("jan")
    client = o.client_answers()
    assert o.said_to(client) == ["Przerwane. Jeden."]
    o.press(client, "1")
    assert o.of(CallBridged)
    figures = o.figures()
    assert (figures.offered, figures.lost, figures.called_back, figures.answered) == (1, 1, 0, 0)


def test_a_client_of_the_office_is_cut_off_from_his_manager():
    o = Office()
    cut(o, caller=KOWALSKI)
    (wanted,) = o.of(CallBackRequested)
    assert (wanted.whose, wanted.to, wanted.client) == ("agent", "anna", "1001")


@pytest.mark.parametrize("caller", ["", "junk"])
def test_nobody_can_call_back_who_hides_the_number(caller):
    o = Office()
    cut(o, caller=caller)
    assert not o.of(CallBackRequested)


def test_the_key_is_asked_for_after_a_cut_off_whatever_the_setting():
    o = Office(office(press=False))
    cut(o)
    command(o, "jan", "unpause")
    o.takes("jan")
    client = o.client_answers()
    o.heard(client)
    assert not o.of(CallBridged)


def test_a_site_that_does_not_want_it_does_not_call_those_who_were_cut_off():
    o = Office(office(cut_off=False))
    cut(o)
    assert o.of(QueueLeft)[-1].outcome == "lost"
    assert not o.of(CallBackRequested)


def test_who_was_cut_off_and_calls_again_has_his_place_and_no_call_back():
    o = Office()
    call = cut(o)
    again = o.call(STRANGER)
    assert o.of(CallBackWithdrawn)
    assert o.board._ex.calls[again].waiter.entered_at == o.of(QueueEntered, call)[0].at
