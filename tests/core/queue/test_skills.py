"""Skills: who may serve a caller, who is preferred, and what time takes off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.events import TimerDue
from gateway.core.facts.calls import AgentOffered, QueueLeft
from gateway.core.facts.skills import SkillsRelaxed
from gateway.core.flow.model import HangUpStep, Queue, SetValues
from gateway.core.flow.queue_order import Order, Wish
from gateway.core.queue import skills
from tests.core.factory import KOWALSKI, MAIN, NOWAK, START, Rig, command, flow, offers, prompt, site, stages, team

INVOICES = "+48221234501"
SKILLS = {"jan": {"invoices": 8, "en": 3}, "ewa": {"invoices": 4, "en": 9}, "ola": {"en": 10}}


def office(*, wish: Wish | None = None, area: Wish | None = None, agents=("ola", "ewa", "jan"), overflow: str = "",
           to: str = "office", **order) -> Rig:  # fmt: skip
    """MAIN leads into the office's queue with `wish` on the step, INVOICES sets the area first."""
    areas = {"invoices": area} if area is not None else {}
    of = team(site(), "office", order=Order(areas=areas, **order), agents=agents, overflow_team=overflow,
              max_wait_s=600.0)  # fmt: skip
    people = {name: replace(agent, skills=SKILLS.get(name, {}), wrap_up_s=0.0) for name, agent in of.agents.items()}
    queue = Queue(name="human", to=to, team="office", gave_up="sorry", no_agents="nobody", wish=wish)
    ends = (HangUpStep(name="sorry", prompt=prompt("Później.")), HangUpStep(name="nobody", prompt=prompt("Nikogo.")))
    plain = flow(queue, *ends)
    chosen = flow(SetValues(name="choose", values=(("area", "invoices"),), then="human"), queue, *ends, id="invoices")
    return Rig(replace(of, agents=people, flows={"reception": plain, "invoices": chosen},
                       numbers={MAIN: "reception", INVOICES: "invoices"}))  # fmt: skip


def whys(rig: Rig, call: str) -> list[tuple[str, str]]:
    return [(fact.agent, fact.why) for fact in rig.of(AgentOffered, call)]


def relaxed(rig: Rig, call: str = "") -> list[tuple[str, dict[str, int]]]:
    return [(fact.reason, fact.needs) for fact in rig.of(SkillsRelaxed, call)]


def decline(rig: Rig, agent: str) -> None:
    rig.end(rig.dialled(agent).leg, code=603, by="far")


def test_only_those_who_can_are_rung():
    rig = office(wish=Wish(needs={"invoices": 5}))
    assert whys(rig, rig.call()) == [("jan", "longest_idle")]
    rig = office(wish=Wish(needs={"invoices": 4, "en": 9}))
    assert offers(rig, rig.call()) == ["ewa"]


def test_the_area_that_the_caller_chose_decides():
    rig = office(area=Wish(needs={"invoices": 5}))
    command(rig, "jan", "pause")
    command(rig, "jan", "unpause")  # behind the others now
    assert offers(rig, rig.call()) == ["ewa"]
    assert offers(rig, rig.call(called=INVOICES)) == ["jan"]


def test_step_and_area_together_ask_for_the_higher():
    rig = office(wish=Wish(needs={"invoices": 2, "en": 1}), area=Wish(needs={"invoices": 5}))
    assert offers(rig, rig.call(called=INVOICES)) == ["jan"]
    rig = office(wish=Wish(needs={"en": 5}), area=Wish(needs={"invoices": 3}))
    assert offers(rig, rig.call(called=INVOICES)) == ["ewa"]


def test_needed_levels_fall_step_by_step_and_somebody_free_is_rung_by_that():
    """Jan is away, Ewa has 4 and is free: after 30 s 7 is 6, ... after 90 s 4 will do."""
    rig = office(wish=Wish(needs={"invoices": 7}))
    command(rig, "jan", "pause")
    call = rig.call()
    rig.pass_time(89)
    assert relaxed(rig) == [("step_down", {"invoices": 6}), ("step_down", {"invoices": 5})]
    assert offers(rig, call) == []
    rig.pass_time(1.1)
    assert offers(rig, call) == ["ewa"]
    assert relaxed(rig)[-1] == ("step_down", {"invoices": 4})


def test_relaxing_ends_at_one_and_the_deadlines_with_it():
    rig = office(wish=Wish(needs={"invoices": 3}), agents=("ewa",))
    command(rig, "ewa", "pause")
    rig.call()
    rig.pass_time(300)
    assert relaxed(rig) == [("step_down", {"invoices": 2}), ("step_down", {"invoices": 1})]


def test_relaxing_can_be_turned_off():
    rig = office(wish=Wish(needs={"invoices": 7}), relax_every_s=0.0)
    command(rig, "jan", "pause")
    call = rig.call()
    rig.pass_time(500)
    assert (offers(rig, call), relaxed(rig)) == ([], [])
    command(rig, "jan", "unpause")
    assert offers(rig, call) == ["jan"]


@pytest.mark.parametrize("relax_every_s", [30.0, 0.0])
def test_nobody_who_ever_could_is_as_nobody_there(relax_every_s):
    """Ola is there, but has no such skill at any level."""
    rig = office(wish=Wish(needs={"invoices": 1}), agents=("ola",), relax_every_s=relax_every_s)
    call = rig.call()
    assert [f.outcome for f in rig.of(QueueLeft, call)] == ["overflowed"]
    assert rig.board.view().calls[0].step == "nobody"
    assert offers(rig) == []


def test_without_relaxing_a_level_too_low_is_nobody_too():
    for relax_every_s, waits in ((0.0, False), (30.0, True)):
        rig = office(wish=Wish(needs={"invoices": 9}), relax_every_s=relax_every_s)
        rig.call()
        assert (rig.board.view().calls[0].state == "queued") == waits


def test_the_overflow_is_entered_at_once_when_only_it_can():
    rig = office(wish=Wish(needs={"invoices": 5}), agents=("ola",), overflow="sales")
    rig.load(team(rig.board._ex.site, "sales", agents=("jan",)))
    call = rig.call()
    assert stages(rig, call)[-1] == ("overflow", "sales", "team_exhausted")
    assert offers(rig, call) == ["jan"]


def test_an_overflow_in_which_nobody_can_is_none():
    rig = office(wish=Wish(needs={"invoices": 5}), agents=("jan",), overflow="sales")
    command(rig, "jan", "pause")
    call = rig.call()
    rig.pass_time(601)
    assert [f.outcome for f in rig.of(QueueLeft, call)] == ["overflowed"]
    assert "overflow" not in {stage for stage, _, _ in stages(rig, call)}


def test_the_last_who_could_logs_out():
    rig = office(wish=Wish(needs={"invoices": 5}))
    for agent in ("jan", "ewa"):
        command(rig, agent, "pause")
    call = rig.call()
    assert rig.where(call) == "queued"
    command(rig, "jan", "logout")
    assert rig.where(call) == "queued", "Ewa may in time"
    command(rig, "ewa", "logout")
    assert [f.outcome for f in rig.of(QueueLeft, call)] == ["overflowed"]
    assert rig.board.view().calls[0].step == "nobody"


def test_who_gets_free_takes_the_first_whom_he_may_serve_now():
    rig = office(wish=None, area=Wish(needs={"invoices": 5}))
    for agent in ("jan", "ewa", "ola"):
        command(rig, agent, "pause")
    first, second = rig.call(called=INVOICES), rig.call()
    command(rig, "ola", "unpause")
    assert (offers(rig, first), offers(rig, second)) == ([], ["ola"])
    command(rig, "jan", "unpause")
    assert offers(rig, first) == ["jan"]


def test_whoever_may_serve_only_later_is_passed_by_now_and_comes_to_it_when_time_has_lowered_it():
    rig = office(area=Wish(needs={"invoices": 5}))
    for agent in ("jan", "ola"):
        command(rig, agent, "pause")
    call = rig.call(called=INVOICES)
    assert offers(rig, call) == []
    rig.pass_time(30.1)
    assert offers(rig, call) == ["ewa"]


def test_of_those_of_whom_less_is_asked_since_one_moment_the_first_in_order_is_served():
    """Whoever of them entered first: the higher priority is before."""
    rig = office(wish=Wish(needs={"invoices": 5}), agents=("ewa",))
    of = rig.board._ex.site
    rig.load(replace(of, clients={**of.clients, "1001": replace(of.clients["1001"], priority=9)}))
    usual, high = rig.call(), rig.call(KOWALSKI)
    rig.pass_time(30.1)
    assert (offers(rig, high), offers(rig, usual)) == (["ewa"], [])


def test_who_may_be_rung_again_since_the_moment_at_which_less_is_asked_for_another_keeps_his_turn():
    """Ewa declines the first at 44 s, so she may be rung for him again at 54; by then her 4 will do for the second."""
    rig = office(wish=Wish(needs={"invoices": 5}), agents=("ewa",))
    first = rig.call()
    rig.pass_time(24)
    second = rig.call()
    rig.pass_time(6)
    rig.ring(rig.dialled("ewa").leg)
    rig.pass_time(14)
    decline(rig, "ewa")
    rig.pass_time(10)
    assert rig.now == START + 54
    assert (offers(rig, first), offers(rig, second)) == (["ewa", "ewa"], [])


@pytest.mark.parametrize("asks", ["wish", "area"])
def test_all_who_ask_the_same_share_what_they_ask(asks):
    """A judgement of an agent is found again by the object: a queue of a thousand is looked through in a moment."""
    rig = office(**{asks: Wish(needs={"invoices": 9})})
    calls = [rig.call(called=MAIN if asks == "wish" else INVOICES) for _ in range(2)]
    for seconds in (0, 30.1):
        rig.pass_time(seconds)
        first, second = (rig.board._ex.calls[call].waiter.needs for call in calls)
        assert first is second
    assert first == {"invoices": 8}


def test_preferred_ones_are_chosen_of_those_who_are_free():
    rig = office(wish=Wish(prefers={"invoices": 8}))
    assert whys(rig, rig.call()) == [("jan", "preferred_skill")]
    rig = office(wish=Wish(prefers={"invoices": 4, "en": 3}))  # both: ewa and jan; jan is idle for longer
    assert whys(rig, rig.call()) == [("jan", "longest_idle")]


def test_a_preference_keeps_nobody_waiting():
    rig = office(wish=Wish(prefers={"invoices": 8}))
    command(rig, "jan", "pause")
    assert offers(rig, rig.call()) == ["ewa"]


def test_a_preference_is_over_in_time():
    """The preferred one declines; after 30 s he is no better than anybody, and the others are rung by strategy."""
    rig = office(wish=Wish(prefers={"invoices": 8}), strategy="linear", agents=("ola", "jan"))
    command(rig, "ola", "pause")
    command(rig, "jan", "pause")
    call = rig.call()
    rig.pass_time(30.1)
    assert relaxed(rig) == [("preference_over", {})]
    second = rig.call()
    for agent in ("ola", "jan"):
        command(rig, agent, "unpause")
    assert offers(rig, call) == ["ola"]
    assert offers(rig, second) == ["jan"]


def test_the_own_manager_needs_no_skill():
    rig = office(wish=Wish(needs={"invoices": 8}), to="by_client", agents=("ewa", "ola"))
    for agent in ("anna", "ewa", "ola"):
        command(rig, agent, "pause")
    call = rig.call(KOWALSKI)
    command(rig, "ola", "unpause")
    assert offers(rig, call) == []
    command(rig, "anna", "unpause")
    assert whys(rig, call) == [("anna", "manager")]


def test_the_strategy_decides_among_those_who_can():
    rig = office(wish=Wish(needs={"en": 3}), strategy="linear", agents=("jan", "ewa", "ola"))
    assert whys(rig, rig.call()) == [("jan", "linear")]
    rig = office(wish=Wish(needs={"en": 9}), strategy="linear", agents=("jan", "ewa", "ola"))
    assert whys(rig, rig.call()) == [("ewa", "linear")]


def test_all_phones_of_those_who_can_ring_and_of_others_when_they_may():
    rig = office(wish=Wish(needs={"invoices": 5}), strategy="ring_all")
    call = rig.call()
    assert offers(rig, call) == ["jan"]
    rig.ring(rig.dialled("jan").leg)
    rig.pass_time(15)
    assert offers(rig, call) == ["jan"]
    rig.pass_time(15.1)  # a step lower: Ewa's 4 will do
    assert "ewa" in offers(rig, call)


def test_a_contact_that_was_open_before_a_restart_is_where_its_clock_is():
    """The wait runs from before: three steps are over when it comes back."""
    rig = office(wish=Wish(needs={"invoices": 7}))
    command(rig, "jan", "pause")
    call = rig.call(NOWAK)
    rig.pass_time(70)
    rig.tell(TimerDue())
    waiter = rig.board._ex.calls[call].waiter
    waiter.needs = waiter.wish.needs
    waiter.since -= 20.0
    skills.begin(rig.board._ex, waiter, rig.board._ex.site.flows["reception"].steps["human"])
    assert waiter.needs == {"invoices": 4}


levels = st.dictionaries(st.sampled_from(["pl", "en", "de"]), st.integers(1, 10), max_size=3)


@given(has=levels, needs=levels, steps=st.integers(0, 12))
def test_lowering_never_shuts_anybody_out_and_ends_with_the_skill_itself(has, needs, steps):
    before, after, last = (skills._lowered(tuple(needs.items()), number) for number in (steps, steps + 1, 10))
    assert set(before) == set(after) == set(needs)
    assert all(1 <= after[skill] <= before[skill] <= needs[skill] for skill in needs)
    assert not skills.fits(has, before) or skills.fits(has, after)
    assert skills.fits(has, last) == (set(needs) <= set(has))
