"""The owner of a client is kept: when the call is transferred, and on the next call."""

from __future__ import annotations

from gateway.core.facts.calls import AgentOffered, QueueEntered
from tests.core.factory import KOWALSKI
from tests.core.talk.rig import bridged, over, rung


def test_after_a_transfer_the_record_names_the_owner_and_the_next_call_rings_him_again():
    rig, call, anna = bridged()
    rig.press(anna, "*211#")
    jan = rung(rig, "jan")
    rig.hang_up(anna)
    rig.pick_up(jan)
    rig.pass_time(60)
    record = over(rig, call, jan)
    assert (record.manager, record.answered_by) == ("anna", "jan")
    assert rig.board._ex.owners.spoke[KOWALSKI].agent == "jan"  # who spoke last; asked only for one without a manager
    rig.pass_time(60)
    again = rig.call(KOWALSKI)
    assert rig.of(QueueEntered, again)[0].manager == "anna"
    assert [fact.agent for fact in rig.of(AgentOffered, again)] == ["anna"]
