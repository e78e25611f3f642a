"""No agent stays reserved for ever, whatever an edge does not report."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.actions import Dial, HangUp
from gateway.core.agents.agents import LEASE_MARGIN_S
from gateway.core.events import ActionFailed, LegAnswered, LegEnded, LegProceeded, LineDown
from gateway.core.facts.agents import AgentChanged, LeaseExpired
from gateway.core.facts.calls import AgentDeclined, CallEnded
from tests.core.factory import KOWALSKI, STRANGER, Rig, queue_rig


def test_a_reservation_that_everybody_forgot_ends_by_itself_and_is_told():
    """The ringing's own deadlines are taken away, as a mistake elsewhere would."""
    rig = queue_rig()
    call = rig.call(KOWALSKI)
    leg = rig.dialled("anna").leg
    rig.ring(leg)
    turn = rig.board._ex.turn
    turn.cancel("ring", leg)
    turn.cancel("wait", call)
    rig.pass_time(19 + LEASE_MARGIN_S)
    assert rig.state("anna") == "ringing"
    rig.pass_time(2)
    (fact,) = rig.of(LeaseExpired)
    assert (fact.agent, fact.leg, fact.call, round(fact.held_s)) == ("anna", leg, call, 20 + LEASE_MARGIN_S)
    assert rig.state("anna") == "idle"
    assert HangUp(leg=leg) in rig.actions
    assert rig.of(AgentDeclined)[0].why in {"no_answer", "unreachable"}
    assert [dial.agent for dial in rig.actions if isinstance(dial, Dial)][1] == "jan"  # the caller goes on


def test_a_leg_that_nobody_knows_any_more_frees_the_agent():
    rig = queue_rig()
    call = rig.call(KOWALSKI)
    ex = rig.board._ex
    leg = ex.legs[rig.dialled("anna").leg]
    ex.calls[call].waiter.legs.clear()
    ex.drop_leg(leg)
    rig.pass_time(21 + LEASE_MARGIN_S)
    assert rig.of(LeaseExpired)
    assert ex.roster.is_free("anna")


def test_who_answers_has_no_lease_any_more():
    rig = queue_rig()
    rig.call(KOWALSKI)
    rig.pick_up(rig.dialled("anna").leg)
    rig.pass_time(700)
    assert rig.state("anna") == "talking"
    assert not rig.of(LeaseExpired)


def test_a_ringing_that_ends_as_it_should_never_meets_the_lease():
    rig = queue_rig()
    rig.call(KOWALSKI)
    rig.pass_time(900)
    assert rig.of(AgentDeclined)
    assert not rig.of(LeaseExpired)


LOST = ("proceeded", "answered", "ended", "freed", "failed")


@settings(max_examples=60, deadline=None)
@given(
    phones=st.lists(
        st.tuples(st.sampled_from(["answers", "refuses", "silent", "no_leg"]), st.sets(st.sampled_from(LOST))),
        min_size=1,
        max_size=12,
    ),
    callers=st.lists(st.sampled_from([KOWALSKI, STRANGER]), min_size=1, max_size=4),
    line_lost=st.booleans(),
)
def test_no_agent_is_stuck_whatever_the_line_does_not_report(phones, callers, line_lost):
    """Each phone does something, and some of what it does is never told. When every caller has hung up and all
    deadlines have passed, every agent can be rung, and each reservation had its end."""
    rig = queue_rig(to="by_client")
    calls = [rig.call(caller) for caller in callers]
    seen = 0
    while phones:
        dials = [action for action in rig.actions if isinstance(action, Dial)]
        if seen == len(dials):
            rig.pass_time(30)
            dials = [action for action in rig.actions if isinstance(action, Dial)]
            if seen == len(dials):
                break
        dial, (what, lost) = dials[seen], phones.pop()
        seen += 1
        tell(rig, dial.leg, what, lost)
        rig.pass_time(3)
    if line_lost:
        rig.tell(LineDown(line="A", reason="killed"))
        rig.line_up("A", boot="b2")
    else:
        for call in calls:
            rig.hang_up(call)
    rig.pass_time(2000)
    assert len(rig.of(CallEnded)) == len(calls)
    roster = rig.board._ex.roster
    assert all(roster.is_free(agent) for agent in roster.seats), [seat.state for seat in roster.seats.values()]
    last = {fact.agent: fact.state for fact in rig.of(AgentChanged)}
    assert set(last.values()) <= {"idle"}
    assert not rig.of(LeaseExpired)  # the nearer deadlines are enough for all that an edge can forget


def tell(rig: Rig, leg: str, what: str, lost: set[str]) -> None:
    """What a phone does, without the reports that are lost."""
    if what == "no_leg":
        if "failed" not in lost:
            rig.tell(ActionFailed(leg=leg, action="Dial", code=503, reason="no free leg"))
        return
    if what != "silent" and "proceeded" not in lost:
        rig.tell(LegProceeded(leg=leg, code=180))
    if what == "answers":
        if "answered" not in lost:
            rig.tell(LegAnswered(leg=leg))
            rig.pass_time(4)
        if "ended" not in lost:
            rig.tell(LegEnded(leg=leg, code=200, reason="", by="far"))
    elif what == "refuses" and "ended" not in lost:
        rig.tell(LegEnded(leg=leg, code=603, reason="", by="far"))
