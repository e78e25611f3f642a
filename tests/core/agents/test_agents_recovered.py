"""After a restart agents are what they last were, as the journal tells it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.events import AgentsRecovered, LegSnapshot
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import AgentOffered, WrapUpEnded
from gateway.core.kpi.kpi import OFFICE, Kpi
from tests.core.factory import KOWALSKI, STRANGER, Rig, command, queue_rig, site, talking


def restarted(old: Rig, after_s: float = 0.0) -> Rig:
    """A new program with the journal of the old one; its line has not greeted yet."""
    rig = Rig(old.board._ex.site, up=False)
    rig.now = old.now + after_s
    last = {fact.agent: fact for fact in old.of(AgentChanged)}
    calls = [f for f in old.facts if f.call and any(f.call == last_.reason for last_ in last.values())]
    rig.tell(AgentsRecovered(facts=(*calls, *sorted(last.values(), key=lambda fact: fact.at))))
    return rig


def wrapping_up() -> tuple[Rig, str]:
    rig = queue_rig(to="office")
    command(rig, "jan", "logout")
    call, leg = talking(rig, STRANGER, agent="ewa")
    rig.pass_time(30)
    rig.hang_up(call)
    rig.end(leg)
    assert rig.state("ewa") == "wrap_up"
    return rig, call


@pytest.mark.parametrize(("what", "state"), [("pause", "paused"), ("logout", "off")])
def test_who_was_away_is_away(what, state):
    old = queue_rig(to="office")
    command(old, "jan", what)
    rig = restarted(old, 3600)
    seen = next(seat for seat in rig.board.view().agents if seat.agent == "jan")
    assert (seen.state, seen.free, seen.since) == (state, False, old.now)
    assert "jan" not in {fact.agent for fact in rig.of(AgentChanged)}  # it is no news
    rig.line_up("A")
    rig.call()
    assert [fact.agent for fact in rig.of(AgentOffered)] == ["ewa"]
    command(rig, "jan", "unpause" if what == "pause" else "login")
    assert rig.state("jan") == "idle"


def test_after_call_work_goes_on_for_what_is_left():
    old, call = wrapping_up()
    rig = restarted(old, 4)
    assert rig.state("ewa") == "wrap_up"
    rig.pass_time(5.9)
    assert rig.state("ewa") == "wrap_up"
    rig.pass_time(0.2)
    assert rig.state("ewa") == "idle"
    (ended,) = rig.of(WrapUpEnded)
    assert (ended.call, ended.team, ended.talk_s, round(ended.wrap_up_s, 3)) == (call, "office", 30, 10)


def test_after_call_work_that_is_over_meanwhile_is_booked_once():
    old, _ = wrapping_up()
    rig = restarted(old, 3600)
    assert rig.state("ewa") == "idle"
    (ended,) = rig.of(WrapUpEnded)
    assert (ended.talk_s, ended.wrap_up_s) == (30, 10)
    kpi = Kpi(site())
    for fact in (*old.facts, *rig.facts):
        kpi.apply(fact)
    assert kpi.figures(OFFICE).handled == 1
    assert not restarted(rig).of(WrapUpEnded)


def test_the_longest_idle_is_still_the_longest_idle():
    old = queue_rig(to="office")
    command(old, "jan", "pause")
    command(old, "jan", "unpause")
    old.pass_time(5)
    command(old, "ewa", "pause")
    command(old, "ewa", "unpause")
    rig = restarted(old)
    rig.line_up("A")
    rig.call()
    assert [fact.agent for fact in rig.of(AgentOffered)] == ["jan"]


def test_who_talked_is_idle_until_a_line_shows_the_talk():
    old = queue_rig()
    call, leg = talking(old, KOWALSKI)
    rig = restarted(old)
    assert rig.state("anna") == "idle"
    legs = (
        LegSnapshot(leg=call, call=call, direction="in", state="answered", called="100", bridged_with=leg),
        LegSnapshot(leg=leg, call=call, direction="out", state="answered", agent="anna", bridged_with=call),
    )
    rig.line_up("A", legs=legs)
    assert rig.state("anna") == "talking"


def test_who_came_back_into_the_site_is_not_logged_out():
    rig = Rig(site())
    gone = AgentChanged(at=rig.now - 9, agent="jan", state="off", reason="not in the site")
    rig.tell(AgentsRecovered(facts=(gone,)))
    assert rig.state("jan") == "idle"


def test_a_paused_agent_whose_talk_is_there_talks_and_is_paused_again():
    """The journal had not heard of the talk."""
    old = queue_rig()
    command(old, "anna", "pause")
    rig = restarted(old)
    legs = (
        LegSnapshot(leg="A-1", call="A-1", direction="in", state="answered", called="100", bridged_with="A-1.1"),
        LegSnapshot(leg="A-1.1", call="A-1", direction="out", state="answered", agent="anna", bridged_with="A-1"),
    )
    rig.line_up("A", legs=legs)
    assert rig.state("anna") == "talking"
    rig.hang_up("A-1")
    rig.end("A-1.1")
    assert rig.state("anna") == "paused"


def test_a_phone_that_still_rings_is_not_rung_when_work_is_over():
    old, _ = wrapping_up()
    rig = restarted(old, 4)
    rings = LegSnapshot(leg="A-9.1", call="A-9", direction="out", state="ringing", agent="ewa")
    rig.line_up("A", legs=(rings,))
    rig.pass_time(7)
    assert rig.state("ewa") == "idle"
    assert not next(seat for seat in rig.board.view().agents if seat.agent == "ewa").free
    rig.end("A-9.1", code=487)
    assert next(seat for seat in rig.board.view().agents if seat.agent == "ewa").free


def test_people_whom_the_site_does_not_know_are_left_out():
    rig = Rig(site())
    rig.tell(AgentsRecovered(facts=(AgentChanged(at=1.0, agent="nobody", state="paused"),)))
    assert "nobody" not in {seat.agent for seat in rig.board.view().agents}


def test_of_whom_the_journal_knows_nothing_it_is_told_once():
    """So the hours of everybody can be folded from facts."""
    rig = Rig(site(), up=False)
    rig.tell(AgentsRecovered(facts=(AgentChanged(at=1.0, agent="jan", state="paused"),)))
    told = {fact.agent: fact.state for fact in rig.of(AgentChanged)}
    assert told == dict.fromkeys(set(site().agents) - {"jan"}, "idle")
    again = restarted(rig)
    assert not again.of(AgentChanged) or {fact.agent for fact in again.of(AgentChanged)} == {"jan"}


def test_a_new_version_tells_of_those_who_are_new():
    first = site()
    rig = Rig(replace(first, agents={name: agent for name, agent in first.agents.items() if name != "piotr"},
                      teams={**first.teams, "sales": replace(first.teams["sales"], agents=("ola",))}))  # fmt: skip
    rig.load(replace(first, version="v2"))
    assert [(fact.agent, fact.state, fact.reason) for fact in rig.of(AgentChanged)] == [
        ("piotr", "idle", "new in the site")
    ]


def came_back(*, talks: bool, over: bool) -> tuple[Rig, str]:
    """Anna was taken out of the site in a talk (or while she was rung), then the program was started anew, and then
    she is in the site again. `over`: the talk is, but the network has not let go of her phone."""
    rest = {name: agent for name, agent in site().agents.items() if name != "anna"}
    clients = {name: replace(client, manager="ola") for name, client in site().clients.items()}
    rig = Rig(replace(site(), agents=rest, clients=clients), up=False)
    leg, other = "A-b1-9.1", "A-b1-9" if talks else ""
    legs = (
        LegSnapshot(leg="A-b1-9", call="A-b1-9", direction="in", state="answered", called="100",
                    bridged_with=leg if talks else ""),
        LegSnapshot(leg=leg, call="A-b1-9", direction="out", state="answered" if talks else "dialled", agent="anna",
                    bridged_with=other),
    )  # fmt: skip
    rig.line_up("A", legs=legs)
    if over:
        rig.hang_up("A-b1-9")
    rig.load(replace(site(), version="v2"))
    return rig, leg


def test_who_comes_back_into_the_site_in_a_talk_talks_and_is_idle_after_it():
    rig, leg = came_back(talks=True, over=False)
    assert rig.state("anna") == "talking"
    rig.hang_up("A-b1-9")
    rig.end(leg)
    assert rig.board._ex.roster.is_free("anna")


@pytest.mark.parametrize("talks", [True, False])
def test_who_comes_back_is_not_rung_before_the_phone_was_let_go_of(talks):
    rig, leg = came_back(talks=talks, over=talks)
    assert rig.state("anna") == "idle"
    assert not rig.board._ex.roster.is_free("anna")
    rig.end(leg)
    assert rig.board._ex.roster.is_free("anna")


def test_who_comes_back_when_all_that_is_over_is_free():
    rig, leg = came_back(talks=True, over=True)
    rig.load(replace(site(), version="v3", agents={**site().agents}))
    rig.end(leg)
    assert rig.board._ex.roster.is_free("anna")
