"""A new version of the site while calls are up, and drafts: who is rung, who waits for whom, what is counted."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Refuse
from gateway.core.events import CallsRecovered, LegSnapshot, LineUp
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import AgentOffered, CallBridged, CallStarted, QueueEntered, QueueLeft, WrapUpEnded
from gateway.core.flow.model import HangUpStep, Queue, Say
from gateway.core.kpi.kpi import OFFICE, Key, Kpi
from gateway.core.site.site import Agent, Draft
from gateway.core.switchboard import Switchboard
from tests.core.factory import (
    KOWALSKI,
    STRANGER,
    Rig,
    busy_office,
    flow,
    offers,
    prompt,
    queue_rig,
    site,
    stages,
    talking,
    team,
    words,
)


def without(of, *agents):
    """`of` without these agents."""
    return replace(
        of,
        version="v2",
        agents={name: agent for name, agent in of.agents.items() if name not in agents},
        teams={
            name: replace(group, agents=tuple(a for a in group.agents if a not in agents))
            for name, group in of.teams.items()
        },
    )


def present(rig):
    return rig.board._ex.site


def test_two_agents_with_one_telephone_never_get_two_calls():
    of = site()
    rig = Rig(replace(of, agents={**of.agents, "ewa": replace(of.agents["ewa"], uri=of.agents["jan"].uri)},
                      flows={"reception": flow(Queue(name="q", to="office"))}))  # fmt: skip
    one, two = rig.call(STRANGER), rig.call(STRANGER)
    assert (offers(rig, one), offers(rig, two)) == (["jan"], [])
    rig.hang_up(one)
    rig.end(rig.dialled("jan").leg, code=487)
    assert len(offers(rig, two)) == 1


# People who come, go and move


def test_an_agent_who_left_while_ringing_may_still_answer_and_is_then_seen_no_more():
    rig = queue_rig()
    call = rig.call(KOWALSKI)
    leg = rig.dialled("anna").leg
    rig.load(without(present(rig), "anna"))
    rig.pick_up(leg)
    assert rig.where(call) == "bridged"
    rig.hang_up(call)
    rig.end(leg)
    assert [f.state for f in rig.of(AgentChanged) if f.agent == "anna"][-1] == "off"
    assert "anna" not in {seat.agent for seat in rig.board.view().agents}


def test_an_agent_who_left_while_ringing_and_does_not_answer_gives_the_call_to_the_team():
    rig = queue_rig()
    call = rig.call(KOWALSKI)
    rig.load(without(present(rig), "anna"))
    rig.hang_up(rig.dialled("anna").leg, code=486)
    assert offers(rig, call) == ["anna", "jan"]


def test_an_idle_agent_who_left_is_told_off_at_once():
    rig = Rig()
    rig.load(without(site(), "ola"))
    assert [(f.agent, f.state, f.at) for f in rig.of(AgentChanged)] == [("ola", "off", rig.now)]


def test_another_telephone_is_rung_from_the_next_call_on():
    rig = queue_rig()
    call = rig.call(KOWALSKI)
    of = present(rig)
    rig.load(replace(of, version="v2", agents={**of.agents, "anna": replace(of.agents["anna"], uri="sip:new@h")}))
    rig.pick_up(rig.dialled("anna").leg)
    assert rig.where(call) == "bridged"
    rig.hang_up(call)
    rig.end(rig.dialled("anna").leg)
    rig.call(KOWALSKI)
    assert rig.dialled("anna").uri == "sip:new@h"


def test_a_telephone_in_a_call_is_not_rung_for_another_agent_before_that_call_is_over():
    """Anna is called hanna from now on; her telephone is the same."""
    rig = queue_rig()
    call, leg = talking(rig)
    of = present(rig)
    agents = {name: agent for name, agent in of.agents.items() if name != "anna"}
    agents["hanna"] = replace(of.agents["anna"], id="hanna")
    rig.load(replace(of, version="v2", agents=agents, clients={
        name: replace(client, manager="hanna") for name, client in of.clients.items()
    }))  # fmt: skip
    second = rig.call(KOWALSKI)
    assert offers(rig, second) == ["jan"], "hanna's telephone is in the first call"
    rig.hang_up(rig.dialled("jan").leg, code=486)
    rig.hang_up(rig.dialled("ewa").leg, code=486)
    rig.hang_up(call)
    assert offers(rig, second) == ["jan", "ewa"], "its BYE is on its way"
    rig.end(leg)
    assert offers(rig, second) == ["jan", "ewa", "hanna"]


# Callers who wait


def test_who_waits_for_a_team_that_is_gone_is_still_taken_by_its_people():
    rig = queue_rig(to="office")
    busy_office(rig)
    call = rig.call(STRANGER)
    of = present(rig)
    rig.load(replace(of, version="v2", teams={"sales": of.teams["sales"]}))
    assert rig.where(call) == "queued"
    assert [queue.calls for queue in rig.board.view().queues if queue.team == "office"] == [(call,)]
    jan = rig.dialled("jan")
    rig.hang_up(jan.call)
    rig.end(jan.leg)
    assert offers(rig, call) == ["jan"]


def test_who_waits_and_has_nobody_left_goes_on_at_once():
    rig = queue_rig(to="office")
    busy_office(rig)
    call = rig.call(STRANGER)
    rig.load(without(present(rig), "jan", "ewa", "ola", "piotr"))
    assert rig.of(QueueLeft, call)[0].outcome == "overflowed"
    assert words(rig.actions[-1]) == "Później."


def test_who_waits_goes_to_the_overflow_team_when_his_own_has_left():
    rig = queue_rig(to="office")
    busy_office(rig)
    call = rig.call(STRANGER)
    rig.load(without(present(rig), "jan", "ewa"))
    assert stages(rig, call)[-1] == ("overflow", "sales", "team_exhausted")
    assert offers(rig, call) == ["ola"]


def test_a_call_in_its_menu_still_finds_the_team_that_a_new_version_has_not():
    rig = Rig()
    call = rig.call(KOWALSKI)
    of = site()
    rig.load(replace(
        of, version="v2", teams={"sales": of.teams["sales"]},
        flows={"reception": flow(Say(name="new", prompt=prompt("Nowe."), then=""))},
        clients={}, agents={name: agent for name, agent in of.agents.items() if name != "anna"},
    ))  # fmt: skip
    rig.press(call, "0")
    assert offers(rig, call) == ["jan"]


def test_the_place_and_the_clock_of_who_waits_stay():
    rig = queue_rig(to="office")
    busy_office(rig)
    first = rig.call(STRANGER)
    rig.pass_time(30)
    second = rig.call(STRANGER)
    of = present(rig)
    zoe = Agent(id="zoe", name="Zoe", uri="sip:z@h")
    new = replace(of, version="v2", agents={**of.agents, "zoe": zoe})
    rig.load(team(new, "office", agents=("jan", "ewa", "zoe"), max_wait_s=31.0))
    assert (offers(rig, first), offers(rig, second)) == (["zoe"], [])
    rig.pick_up(rig.dialled("zoe").leg)
    assert rig.of(CallBridged, first)[0].wait_s == pytest.approx(30.0)
    rig.pass_time(20)
    assert rig.where(second) == "queued", "the longest wait is that of the version that took the call"


def test_two_versions_and_a_draft_of_one_hash_are_told_apart():
    rig = Rig(replace(site(), draft=Draft(number="9999")))
    rig.draft(replace(site(), clients={}), "100")
    trial, live = rig.call(KOWALSKI, called="9999"), rig.call(KOWALSKI, called="100")
    seen = {call.call: call.client for call in rig.board.view().calls}
    assert (seen[trial], seen[live]) == ("", "1001")


# What the figures count with


def test_each_contact_counts_with_the_promise_of_its_own_version_live_and_read_again():
    rig = queue_rig(to="office")
    call = rig.call(STRANGER)
    rig.ring(rig.dialled("jan").leg)
    rig.pass_time(10)
    rig.pick_up(rig.dialled("jan").leg)
    of = present(rig)
    rig.load(team(replace(of, version="v2"), "office", threshold_s=5.0))
    second = rig.call(STRANGER)
    rig.ring(rig.dialled("ewa").leg)
    rig.pass_time(10)
    rig.pick_up(rig.dialled("ewa").leg)
    assert [f.threshold_s for f in rig.of(QueueEntered)] == [20.0, 5.0]
    for version in (of, present(rig)):  # whichever of them is there when the journal is folded anew
        kpi = Kpi(version)
        for fact in rig.facts:
            kpi.apply(fact)
        figures = kpi.figures(Key("team", "office"), "day")
        assert (figures.answered, figures.answered_in_t) == (2, 1)
    assert rig.where(call) == rig.where(second) == "bridged"


# Drafts

TRIED = flow(
    Queue(name="human", to="by_client", team="office", gave_up="sorry", no_agents="nobody"),
    Say(name="nobody", prompt=prompt("Nikogo."), then=""),
    HangUpStep(name="sorry", prompt=prompt("Później.")),
)


def draft_rig(*rings):
    rig = Rig(replace(site(), draft=Draft(number="9999", rings=rings)))
    rig.draft(replace(site(), version="d1", flows={"reception": TRIED}), "100")
    return rig


def test_the_test_number_runs_the_draft_and_every_other_number_does_not():
    rig = draft_rig()
    rig.call(KOWALSKI, called="100")
    assert words(rig.new[-1]) == "Dzień dobry."
    trial = rig.call(KOWALSKI, called="9999")
    assert words(rig.new[-1]) == "Nikogo."
    (started,) = rig.of(CallStarted, trial)
    assert (started.draft, started.called, started.site_version) == (True, "9999", "d1")
    rig.hang_up(trial)
    assert rig.record(trial).draft


def test_without_a_draft_the_test_number_is_refused():
    rig = Rig(replace(site(), draft=Draft(number="9999")))
    rig.offer(KOWALSKI, called="9999")
    assert [(a.code, a.reason) for a in rig.actions if isinstance(a, Refuse)] == [(404, "no draft is loaded")]
    rig.draft(site(), "100")
    rig.draft(None)
    rig.offer(KOWALSKI, called="9999")
    assert len([a for a in rig.actions if isinstance(a, Refuse)]) == 2


def test_a_draft_as_a_number_that_it_has_not_changes_nothing():
    rig = draft_rig()
    with pytest.raises(LookupError):
        rig.draft(site(), "12345")
    rig.call(KOWALSKI, called="9999")
    assert words(rig.new[-1]) == "Nikogo."


def test_a_draft_rings_only_whom_it_may():
    rig = draft_rig("jan")
    trial = rig.call(KOWALSKI, called="9999")
    assert offers(rig, trial) == ["jan"], "neither Anna, the manager, nor Ewa"
    rig.hang_up(rig.dialled("jan").leg, code=603)
    rig.pass_time(5)
    assert offers(rig, trial) == ["jan"]


def test_a_real_caller_and_a_draft_never_share_an_agent_and_no_queue():
    rig = draft_rig("jan")
    trial = rig.call(STRANGER, called="9999")
    rig.pick_up(rig.dialled("jan").leg)
    assert rig.where(trial) == "bridged"
    real = rig.queue(STRANGER)
    assert "jan" not in offers(rig, real)
    assert "draft:office" not in {queue.team for queue in rig.board.view().queues if queue.calls}


def test_drafts_are_in_no_figure():
    rig = draft_rig("jan", "ewa")
    trial = rig.call(STRANGER, called="9999")
    leg = rig.dialled().leg
    rig.pick_up(leg)
    rig.pass_time(30)
    rig.hang_up(trial)
    rig.end(leg)
    rig.pass_time(30)
    assert rig.of(WrapUpEnded)
    kpi = Kpi(site())
    for fact in rig.facts:
        kpi.apply(fact)
    assert kpi.keys() == ()
    assert kpi.agents() == ()
    assert kpi.figures(OFFICE).offered == 0


def test_a_draft_call_stays_on_its_draft_when_another_is_loaded_or_the_site_changes():
    rig = draft_rig()
    two_steps = flow(
        Say(name="one", prompt=prompt("Jeden."), then="two"), Say(name="two", prompt=prompt("Dwa."), then="")
    )
    first = replace(site(), version="d2", flows={"reception": two_steps})
    rig.draft(first, "100")
    trial = rig.call(KOWALSKI, called="9999")
    rig.draft(None)
    rig.load(replace(site(), version="v2"))
    rig.heard(trial)
    assert words(rig.new[-1]) == "Dwa."


def test_a_new_site_version_keeps_the_draft_and_takes_its_new_test_number():
    rig = draft_rig()
    rig.load(replace(site(), version="v2", draft=Draft(number="8888")))
    rig.offer(KOWALSKI, called="9999")
    assert isinstance(rig.new[-1], Refuse)
    rig.call(KOWALSKI, called="8888")
    assert words(rig.new[-1]) == "Nikogo."


def test_a_draft_call_ends_when_the_program_starts_anew_and_never_meets_the_live_flow():
    rig = draft_rig("jan")
    trial = rig.call(STRANGER, called="9999")
    again = Rig(present(rig), up=False)
    facts = tuple(fact for fact in rig.facts if fact.call == trial)
    again.now = rig.now + 1
    again.tell(CallsRecovered(calls=(facts,)))
    snapshot = LegSnapshot(leg=trial, call=trial, direction="in", state="answered", caller=STRANGER, called="9999")
    again.tell(LineUp(line="A", boot="b1", legs_max=64, callers_max=32, codecs=(), listening=(), legs=(snapshot,)))
    assert again.where(trial) == "ending"
    again.end(trial)
    assert again.record(trial).draft
    assert not again.of(AgentOffered, trial)


def test_a_version_with_nobody_in_it_sends_everybody_home():
    board = Switchboard(site())
    outcome = board.load(replace(site(), version="v2", agents={}, teams={}, clients={}), now=1.0)
    assert {fact.agent for fact in outcome.facts} == set(site().agents)
