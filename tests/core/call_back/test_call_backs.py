"""Call-backs that the box dials: the place is kept, an agent comes first, the client presses 1."""

from __future__ import annotations

from gateway.core.actions import Bridge
from gateway.core.facts.call_back import CallBackMissed, CallBackQueued, CallBackTried
from gateway.core.facts.calls import AgentDeclined, CallBridged, CallEnded, CallStarted, QueueEntered, WrapUpEnded
from gateway.core.facts.desk import CallBackClosed
from tests.core.factory import KOWALSKI, NOWAK, STRANGER

from .rig import Office, office


def test_an_agent_is_rung_first_then_the_client_and_both_talk():
    o = Office()
    asked = o.asks()
    assert o.told() == ["Held"]
    assert o.client() is None
    o.pass_time(600)
    o.login("anna")
    leg = o.takes("anna")
    assert o.said_to(leg)[0].startswith("Oddzwaniamy cztery osiem dwa dwa")
    dial = o.client()
    assert (dial.uri, dial.trunk, dial.from_user, dial.call) == (KOWALSKI, "provider", "", dial.leg)
    client = o.client_answers()
    assert o.said_to(client) == ["Dzień dobry. Jeden."]
    o.press(client, "1")
    assert Bridge(leg=client, other=leg) in o.actions
    assert o.state("anna") == "talking"
    (closed,) = o.of(CallBackClosed)
    assert (closed.result, closed.who, closed.call) == ("reached", "anna", asked)
    o.pass_time(60)
    o.hang_up(client)
    o.end(leg)
    record = o.record(client)
    assert (record.direction, record.outcome, record.called, record.client) == ("out", "answered", KOWALSKI, "1001")
    assert (record.answered_by, record.team, record.manager) == ("anna", "office", "anna")
    assert record.talk_s > 59
    figures = o.figures()
    assert (figures.offered, figures.called_back, figures.overflowed, figures.handled) == (1, 1, 0, 1)
    assert len(o.of(QueueEntered)) == 1
    o.quiet()


def test_it_stands_in_the_queue_by_its_original_time():
    o = Office()
    first = o.asks(STRANGER)
    o.pass_time(100)
    o.login("jan", "ewa")
    later = o.call(NOWAK)  # comes when nobody is left who could take him
    queued = o.of(CallBackQueued)
    assert [(fact.call, fact.team, fact.position) for fact in queued] == [(first, "office", 1)]
    assert later
    assert o.dialled("jan").call == queued[0].outbound


def test_the_client_who_does_not_answer_is_tried_again_later():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    leg = o.takes("jan")
    client = o.client().leg
    o.ring(client)
    o.pass_time(41)
    (missed,) = o.of(CallBackMissed)
    assert (missed.why, missed.attempt, missed.next_at) == ("no_answer", 1, missed.at + 600)
    assert o.said_to(leg)[-1] == "Nie odebrał."
    o.end(client, code=487)
    o.heard(leg)
    o.end(leg)
    assert o.state("jan") == "idle"
    assert o.record(client).outcome == "not_reached"
    o.quiet()
    o.pass_time(590)
    assert len(o.of(CallBackTried)) == 1
    o.pass_time(9.5)
    assert o.dialled("jan").leg != leg
    o.takes("jan")
    assert [fact.attempt for fact in o.of(CallBackTried)] == [1, 2]
    assert len(o.clients()) == 2
    assert not o.of(WrapUpEnded)
    assert o.figures().overflowed == 1
    assert len(o.of(CallStarted)) - len(o.of(CallEnded)) == 1
    assert not o.of(CallBridged)
    assert o.of(AgentDeclined)
    assert office().call_backs is not None
