"""Whose phone rings for nothing too often is paused by the box."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.events import ActionFailed, AgentsRecovered, LegEnded
from gateway.core.facts.agents import AgentAutoPaused, AgentChanged
from gateway.core.facts.calls import AgentDeclined, AgentOffered, QueueLeft
from gateway.core.flow.model import Queue, Ring
from gateway.core.flow.queue_waiting import Waiting
from gateway.core.site.site import Draft
from tests.core.factory import KOWALSKI, MAIN, STRANGER, Rig, command, flow, offers, site, team

QUEUE = {"reception": flow(Queue(name="human", to="office", team="office"))}


def office(limit: int, *, own: int | None = None, **changes) -> Rig:
    """Jan alone is the office; it pauses after `limit`, he himself after `own`."""
    of = team(site(flows=QUEUE, **changes), "office", auto_pause_after=limit, agents=("jan",), overflow_team="")
    return Rig(replace(of, agents={**of.agents, "jan": replace(of.agents["jan"], auto_pause_after=own)}))


def rings(rig: Rig) -> str:
    """The leg to jan's phone, which rings now or will within a minute."""
    for _ in range(60):
        if rig.state("jan") == "ringing":
            break
        rig.pass_time(1)
    assert rig.state("jan") == "ringing"
    return rig.dialled("jan").leg


def ring_out(rig: Rig) -> None:
    """The phone rings its time, and is let go of."""
    leg = rings(rig)
    rig.ring(leg)
    rig.pass_time(20)
    rig.end(leg, code=487)


def let_ring(rig: Rig, times: int) -> None:
    if not rig.board.view().calls:
        rig.call()
    for _ in range(times):
        ring_out(rig)


def paused(rig: Rig) -> bool:
    seat = next(seen for seen in rig.board.view().agents if seen.agent == "jan")
    assert (seat.state == "paused") == (seat.reason == "auto_no_answer")
    return seat.state == "paused"


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_after_so_many_unanswered_in_a_row_the_agent_is_paused(limit):
    rig = office(limit)
    let_ring(rig, limit)
    assert paused(rig)
    (fact,) = rig.of(AgentAutoPaused)
    assert (fact.agent, fact.team, fact.unanswered, fact.limit, fact.call) == (
        "jan",
        "office",
        limit,
        limit,
        offers_of(rig),
    )
    assert rig.of(AgentChanged)[-1].unanswered == limit
    assert len(offers(rig)) == limit


def offers_of(rig: Rig) -> str:
    return rig.of(AgentOffered)[-1].call


@pytest.mark.parametrize(("limit", "own"), [(0, None), (2, 0), (2, 9), (0, 9)])
def test_never_is_never_and_the_agents_own_number_counts_before_the_teams(limit, own):
    rig = office(limit, own=own)
    let_ring(rig, 4)
    assert not paused(rig)
    assert not rig.of(AgentAutoPaused)


def test_the_agents_own_number_pauses_where_the_team_does_not():
    rig = office(0, own=2)
    let_ring(rig, 2)
    assert paused(rig)


def test_an_answer_begins_the_count_anew():
    rig = office(2)
    let_ring(rig, 1)
    leg = rings(rig)
    rig.pick_up(leg)
    assert rig.state("jan") == "talking"
    rig.hang_up(rig.of(AgentOffered)[-1].call)
    rig.end(leg)
    let_ring(rig, 1)
    assert not paused(rig)


@pytest.mark.parametrize(("away", "back"), [("pause", "unpause"), ("logout", "login")])
def test_coming_back_begins_the_count_anew(away, back):
    rig = office(2)
    let_ring(rig, 2)
    assert paused(rig)
    command(rig, "jan", "unpause")
    assert not paused(rig)
    ring_out(rig)
    assert not paused(rig)
    command(rig, "jan", away)
    command(rig, "jan", back)
    rig.call()
    ring_out(rig)
    assert not paused(rig)


@pytest.mark.parametrize("code", [486, 603])
def test_who_refuses_or_is_busy_says_something(code):
    rig = office(1)
    rig.call()
    rig.tell(LegEnded(leg=rig.dialled("jan").leg, code=code, reason="", by="far"))
    assert not paused(rig)


@pytest.mark.parametrize("code", [404, 408, 503])
def test_a_phone_that_cannot_be_reached_counts(code):
    rig = office(1)
    rig.call()
    rig.tell(LegEnded(leg=rig.dialled("jan").leg, code=code, reason="", by="far"))
    assert paused(rig)


def test_a_phone_that_says_nothing_counts():
    rig = office(1)
    rig.call()
    rig.pass_time(3)
    assert rig.of(AgentDeclined)[-1].why == "unreachable"
    assert paused(rig)


def test_a_full_line_is_not_the_agents_fault():
    rig = office(1)
    rig.call()
    rig.tell(ActionFailed(leg=rig.dialled("jan").leg, action="Dial", code=503, reason="no free leg"))
    assert not paused(rig)


def test_a_caller_who_leaves_is_not_the_agents_fault():
    rig = office(1)
    call = rig.call()
    rig.ring(rig.dialled("jan").leg)
    rig.hang_up(call)
    assert not paused(rig)


def test_a_logout_that_was_asked_for_comes_before_the_pause():
    rig = office(1)
    rig.call()
    command(rig, "jan", "logout")
    ring_out(rig)
    assert rig.state("jan") == "off"
    assert not rig.of(AgentAutoPaused)


def test_a_phone_rung_by_a_step_counts_as_well():
    of = site(flows={"reception": flow(Ring(name="jan", target="agent", to="jan", ring_s=9))})
    rig = Rig(team(of, "office", auto_pause_after=1))
    rig.call()
    rig.pass_time(12)
    assert paused(rig)


def test_a_trial_pauses_nobody():
    of = team(site(flows=QUEUE), "office", auto_pause_after=1, agents=("jan",), overflow_team="")
    of = replace(of, draft=Draft(number="9999", rings=("jan",)))
    rig = Rig(of)
    rig.draft(replace(of, version="v2"), MAIN)
    rig.call(STRANGER, called="9999")
    ring_out(rig)
    assert rig.of(AgentDeclined)
    assert not paused(rig)


def test_the_count_outlives_the_program():
    old = office(2)
    let_ring(old, 1)
    rig = Rig(old.board._ex.site)
    last = next(fact for fact in reversed(old.of(AgentChanged)) if fact.state == "idle")
    rig.tell(AgentsRecovered(facts=(last,)))
    let_ring(rig, 1)
    assert paused(rig)


def test_a_manager_who_is_in_no_team_of_the_caller_has_the_number_of_the_team_he_is_rung_for():
    of = team(site(flows={"reception": flow(Queue(name="human", to="by_client", team="office"))}), "office",
              auto_pause_after=1)  # fmt: skip
    rig = Rig(of)
    rig.call(KOWALSKI)
    leg = rig.dialled("anna").leg
    rig.ring(leg)
    rig.pass_time(21)
    assert rig.state("anna") == "paused"
    assert rig.of(AgentAutoPaused)[0].agent == "anna"


def waiting_for_jan(leave: str) -> tuple[Rig, str, str]:
    """Two callers wait for jan, who lets the phone ring for the first of them and is paused by that."""
    rig = office(1)
    of = rig.board._ex.site
    rig = Rig(team(of, "office", waiting=Waiting(leave_empty=leave)))
    calls = rig.call(), rig.call()
    ring_out(rig)
    assert paused(rig)
    return rig, *calls


def test_who_waits_for_the_one_who_was_paused_goes_on_when_the_team_says_so():
    rig, *calls = waiting_for_jan("nobody_free_soon")
    left = {fact.call: (fact.outcome, fact.reason) for fact in rig.of(QueueLeft)}
    assert left == dict.fromkeys(calls, ("overflowed", "nobody_free_soon"))


def test_who_waits_for_the_one_who_was_paused_waits_on_when_a_pause_is_no_reason_to_go():
    rig, *calls = waiting_for_jan("nobody_logged_in")
    assert not rig.of(QueueLeft)
    command(rig, "jan", "unpause")
    assert rig.state("jan") == "ringing"
