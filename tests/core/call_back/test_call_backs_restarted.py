"""Call-backs of a box that is started anew: what was in the queue, dialled or talking, and who is still on the
telephone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import HangUp
from gateway.core.events import LegEnded, LegSnapshot
from gateway.core.facts.call_back import CallBackHeld, CallBackMissed, CallBackRestored
from gateway.core.facts.calls import AgentOffered, CallBridged, CallEnded
from gateway.core.facts.desk import CallBackClosed, CallBackRequested
from tests.core.factory import STRANGER, command

from .rig import Office, again


def test_after_a_restart_it_stands_in_the_queue_again():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    o.ring(o.dialled("jan").leg)
    new = again(o, lines=(LegSnapshot(leg=o.dialled("jan").leg, call=o.dialled("jan").call, direction="out",
                                      state="ringing", agent="jan"),))  # fmt: skip
    assert new.of(CallEnded)[0].record.outcome == "not_reached"
    old = o.dialled("jan").leg
    assert HangUp(leg=old) in new.actions
    new.end(old)
    assert new.dialled("jan").leg != old


def test_what_was_being_dialled_is_not_dialled_again_within_the_pause():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    leg, client = o.takes("jan"), o.client().leg
    o.tell(LegEnded(leg="never", code=200, reason="", by="far"))
    up = (
        LegSnapshot(leg=leg, call=client, direction="out", state="answered", agent="jan"),
        LegSnapshot(leg=client, call=client, direction="out", state="ringing"),
    )
    new = again(o, lines=up)
    (missed,) = new.of(CallBackMissed)
    assert (missed.why, missed.next_at) == ("restart", pytest.approx(o.now + 600, abs=1))
    assert {action.leg for action in new.actions if isinstance(action, HangUp)} == {leg, client}
    for one in (client, leg):
        new.end(one)
    new.pass_time(590)
    assert not new.clients()
    new.pass_time(10)
    assert new.dialled("jan").leg != leg


def test_a_talk_outlives_a_restart_and_is_reached_once():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    leg = o.takes("jan")
    client = o.client_answers()
    o.press(client, "1")
    o.pass_time(5)
    up = (
        LegSnapshot(leg=leg, call=client, direction="out", state="answered", agent="jan", bridged_with=client),
        LegSnapshot(leg=client, call=client, direction="out", state="answered", bridged_with=leg),
    )
    new = again(o, lines=up)
    assert new.state("jan") == "talking"
    assert not new.of(CallBackClosed)
    new.pass_time(30)
    new.hang_up(client)
    new.end(leg)
    record = new.record(client)
    assert (record.direction, record.outcome, record.adopted, record.answered_by) == ("out", "answered", True, "jan")
    assert record.talk_s == pytest.approx(36, abs=1)
    new.pass_time(7200)
    assert not new.clients()


def test_a_talk_that_the_journal_missed_by_a_moment_was_reached_all_the_same():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    leg = o.takes("jan")
    client = o.client_answers()
    o.press(client, "1")
    cut_at = next(i for i, fact in enumerate(o.facts) if isinstance(fact, CallBridged))
    del o.facts[cut_at:]
    up = (
        LegSnapshot(leg=leg, call=client, direction="out", state="answered", agent="jan", bridged_with=client),
        LegSnapshot(leg=client, call=client, direction="out", state="answered", bridged_with=leg),
    )
    new = again(o, lines=up)
    assert [fact.result for fact in new.of(CallBackClosed)] == ["reached"]
    new.hang_up(client)
    new.end(leg)
    new.pass_time(7200)
    assert not new.clients()


def test_a_client_who_had_called_in_when_the_box_died_is_called_back():
    o = Office()
    o.asks(STRANGER)
    own = o.call(STRANGER)
    new = again(o)
    assert new.record(own).outcome == "lost"
    assert len(new.of(CallBackRestored)) == 1
    assert new.of(CallBackHeld)


# The client is on the telephone still


def cut_short(o: Office, state: str = "answered") -> tuple[str, LegSnapshot]:
    """The client has answered, and nobody is left for him, so that the next try is at once; then the box dies: (the
    client's leg, as the line shows it)."""
    o.asks(STRANGER)
    o.login("jan")
    leg = o.takes("jan")
    client = o.client_answers()
    command(o, "jan", "logout")
    o.hang_up(leg)
    assert o.of(CallBackMissed)[-1].next_at == o.now
    return client, LegSnapshot(leg=client, call=client, direction="out", state=state)


@pytest.mark.parametrize("state", ["ringing", "answered", "ending"])
def test_a_client_is_not_dialled_while_the_leg_of_the_last_try_is_up(state):
    o = Office()
    client, up = cut_short(o, state)
    new = again(o, lines=(up,))
    assert HangUp(leg=client) in new.actions
    new.login("ewa")
    new.pass_time(30)
    assert not new.of(AgentOffered)
    assert not new.of(CallEnded)
    new.end(client)
    assert new.record(client).outcome == "not_reached"
    new.takes(new.dialled().agent)
    assert new.clients() == [STRANGER]


def test_a_leg_that_never_ends_is_not_waited_for_longer_than_sip_does():
    o = Office()
    client, up = cut_short(o)
    new = again(o, lines=(up,))
    new.login("ewa")
    new.pass_time(39)
    assert not new.of(AgentOffered)
    new.pass_time(2)
    assert new.record(client).end_reason == "no talk at restart"
    assert len(new.of(AgentOffered)) == 1


def test_a_leg_of_which_the_journal_knows_nothing_is_waited_for_too():
    o = Office()
    client, up = cut_short(o)
    o.facts = [fact for fact in o.facts if fact.call != client]
    new = again(o, lines=(up,))
    assert HangUp(leg=client) in new.actions
    new.login("ewa")
    assert not new.of(AgentOffered)
    new.end(client)
    assert not [fact for fact in new.facts if fact.call == client]
    assert len(new.of(AgentOffered)) == 1


def test_the_leg_of_a_talk_that_is_over_keeps_another_call_back_to_the_number_waiting():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    leg = o.takes("jan")
    client = o.client_answers()
    o.press(client, "1")
    other = replace(o.of(CallBackRequested)[0], call_back="other.b1", call="other", at=o.now)
    o.facts.append(other)
    o.hang_up(leg)
    assert HangUp(leg=client) in o.actions
    new = again(o, lines=(LegSnapshot(leg=client, call=client, direction="out", state="ending"),))
    new.login("ewa")
    assert not new.of(AgentOffered)
    new.end(client)
    assert new.record(client).outcome == "answered"
    assert new.dialled().call.startswith("other.b1.")


def test_who_asked_and_is_on_a_line_that_is_not_back_yet_is_not_dialled():
    o = Office()
    call = o.call(STRANGER)
    o.press(call, "1")
    o.login("jan")
    o.line_up("B", boot="b7")
    new = again(o, line="B")
    new.pass_time(9)
    assert not new.of(AgentOffered)
    new.line_up("A", boot="b1", legs=(LegSnapshot(leg=call, call=call, direction="in", state="answered"),))
    (offered,) = new.of(AgentOffered)
    assert offered.call == call  # his flow has begun anew
    new.hang_up(call)
    new.end(offered.leg)
    new.takes("jan")
    assert new.clients() == [STRANGER]
