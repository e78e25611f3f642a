"""`ring: TEAM`: whom the strategy names, who may serve the matter and all phones at once."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Dial, HangUp
from gateway.core.facts.calls import AgentDeclined, AgentOffered, CallBridged
from gateway.core.facts.flow import RingEnded
from gateway.core.flow.model import Branch, Exit, Queue, Ring, Rule, Say
from gateway.core.flow.queue_order import Order, Wish
from tests.core.factory import KOWALSKI, MAIN, MUSIC, NOWAK, Rig, command, flow, offers, prompt, site, team

PEOPLE = ("jan", "ewa", "ola")
AFTER = tuple(Say(name=name, prompt=prompt(f"To jest {name}."), then="") for name in ("busy", "late", "dead"))


def rig_of(order: Order, *, legs_max: int = 64, ring_s: float = 60.0, skills=None, area: str = "", **more) -> Rig:
    """The office is Jan, Ewa and Ola, and callers come straight to a step that rings it."""
    of = team(site(), "office", order=order, agents=PEOPLE, agent_ring_s=10.0, **more)
    agents = {name: replace(agent, skills=(skills or {}).get(name, {})) for name, agent in of.agents.items()}
    step = Ring(
        name="all", target="team", to="office", ring_s=ring_s, busy="busy", no_answer="late", unreachable="dead"
    )
    chosen = Exit(then="all", set=(("area", area),))
    choose = Branch(name="choose", rules=(Rule(condition=None, exit=chosen),))
    steps = (choose, step, *AFTER)
    return Rig(replace(of, agents=agents, flows={"reception": flow(*steps)}), legs_max=legs_max)


def why(rig: Rig, call: str = "") -> list[tuple[str, str]]:
    return [(fact.agent, fact.why) for fact in rig.of(AgentOffered, call)]


def ends(rig: Rig, call: str = "") -> list[tuple[str, str]]:
    return [(fact.outcome, fact.reason) for fact in rig.of(RingEnded, call)]


def declined(rig: Rig, call: str = "") -> list[tuple[str, str]]:
    return [(fact.agent, fact.why) for fact in rig.of(AgentDeclined, call)]


def legs(rig: Rig, call: str) -> dict[str, str]:
    return {action.agent: action.leg for action in rig.actions if isinstance(action, Dial) and action.call == call}


def told_to_end(rig: Rig) -> list[str]:
    return [action.leg for action in rig.actions if isinstance(action, HangUp)]


def talk(rig: Rig, agent: str, talk_s: float = 30.0) -> str:
    """A caller whom this agent answers; the others refuse."""
    call = rig.call()
    while (dial := rig.dialled()).agent != agent:
        rig.hang_up(dial.leg, code=486)
    rig.pick_up(dial.leg)
    rig.pass_time(talk_s)
    rig.hang_up(call)
    rig.end(dial.leg)
    rig.pass_time(60)
    return call


def test_linear_is_the_first_in_the_list_though_another_is_idle_longer():
    rig = rig_of(Order(strategy="linear"))
    talk(rig, "jan")
    assert why(rig, rig.call()) == [("jan", "linear")]


def test_longest_idle_is_not_the_first_in_the_list():
    rig = rig_of(Order(strategy="longest_idle"))
    talk(rig, "jan")
    assert why(rig, rig.call()) == [("ewa", "longest_idle")]


def test_fewest_calls_counts_what_was_answered_today():
    rig = rig_of(Order(strategy="fewest_calls"))
    for agent in ("ola", "ewa", "jan", "jan"):
        talk(rig, agent)
    assert why(rig, rig.call())[0] == ("ola", "fewest_calls")
    rig.hang_up(rig.dialled("ola").leg, code=486)
    assert offers(rig)[-1] == "ewa"


def test_least_recent_is_who_answered_the_longest_ago():
    rig = rig_of(Order(strategy="least_recent"))
    for agent in ("ola", "jan", "ewa"):
        talk(rig, agent)
    assert why(rig, rig.call()) == [("ola", "least_recent")]


def test_round_robin_goes_on_where_it_was_for_queue_and_step_alike():
    """A caller of the queue takes his turn between two of the step, also within the wait of the first."""
    of = team(site(), "office", order=Order(strategy="round_robin"), agents=PEOPLE)
    step = Ring(name="all", target="team", to="office", ring_s=60)
    rig = Rig(replace(of, flows={"reception": flow(step), "queue": flow(Queue(name="wait", to="office"), id="queue")},
                      numbers={MAIN: "reception", "100": "queue"}))  # fmt: skip
    calls = [rig.call(), rig.call(NOWAK, called="100"), rig.call(KOWALSKI)]
    assert [why(rig, call) for call in calls] == [[(agent, "round_robin")] for agent in PEOPLE]


def test_weighted_shares_the_calls_out():
    rig = rig_of(Order(strategy="weighted", weights={"jan": 1, "ewa": 3, "ola": 0}))
    took = []
    for _ in range(8):
        call = rig.call()
        dial = rig.dialled()
        took.append(dial.agent)
        rig.pick_up(dial.leg)
        rig.hang_up(call)
        rig.end(dial.leg)
        rig.pass_time(60)
    assert (took.count("jan"), took.count("ewa"), took.count("ola")) == (2, 6, 0)
    assert {code for _, code in why(rig)} == {"weighted"}


def test_random_is_drawn_anew_for_each_caller():
    rig = rig_of(Order(strategy="random"))
    first = []
    for _ in range(40):
        call = rig.call()
        first.append(offers(rig, call)[0])
        rig.hang_up(call)
        rig.end(rig.dialled().leg, code=487)
    assert set(first) == set(PEOPLE)
    assert {code for _, code in why(rig)} == {"random"}


def test_each_is_rung_as_long_as_the_team_says():
    rig = rig_of(Order(strategy="linear"), ring_s=25)
    rig.call()
    for _ in range(3):
        leg = rig.dialled().leg
        rig.ring(leg)
        rig.pass_time(10)
        rig.end(leg, code=487)
    assert offers(rig) == ["jan", "ewa", "ola"]
    assert [(fact.agent, fact.why, fact.rang_s) for fact in rig.of(AgentDeclined)] == [
        ("jan", "no_answer", 10), ("ewa", "no_answer", 10), ("ola", "no_answer", 5)
    ]  # fmt: skip
    assert ends(rig) == [("no_answer", "no_answer")]


def test_nobody_is_rung_for_a_blink_at_the_end():
    rig = rig_of(Order(strategy="linear"), ring_s=20.25)
    rig.call()
    for _ in range(2):
        rig.ring(rig.dialled().leg)
        rig.pass_time(10)
    assert offers(rig) == ["jan", "ewa"]
    assert ends(rig) == [("no_answer", "no_answer")]


# Skills

INVOICES = Order(strategy="linear", areas={"invoices": Wish(needs={"invoices": 5}, prefers={"en": 3})})


def with_area(**levels) -> Rig:
    rig = rig_of(INVOICES, skills=levels, area="invoices")
    rig.call()
    return rig


def test_only_who_has_the_skill_is_rung():
    rig = with_area(jan={"invoices": 4}, ewa={"invoices": 5}, ola={"invoices": 9})
    assert why(rig) == [("ewa", "linear")]
    rig.hang_up(rig.dialled("ewa").leg, code=486)
    rig.hang_up(rig.dialled("ola").leg, code=486)
    assert offers(rig) == ["ewa", "ola"]
    assert ends(rig) == [("busy", "busy")]


def test_of_the_free_the_preferred_one():
    rig = with_area(jan={"invoices": 5}, ewa={"invoices": 5}, ola={"invoices": 5, "en": 3})
    assert why(rig) == [("ola", "preferred_skill")]


def test_another_matter_asks_for_nothing():
    rig = rig_of(INVOICES)
    rig.call()
    assert offers(rig) == ["jan"]


@pytest.mark.parametrize(
    ("ewa", "outcome"),
    [
        ("", ("busy", "no_skill")),
        ("logout", ("busy", "no_skill")),
        ("pause", ("busy", "paused")),
        ("talk", ("busy", "busy")),
    ],
)
def test_nobody_there_who_has_the_skill(ewa, outcome):
    has = {} if not ewa else {"ewa": {"invoices": 5}}
    rig = rig_of(INVOICES, skills=has, area="invoices")
    if ewa == "talk":
        rig.call()
        rig.pick_up(rig.dialled("ewa").leg)
    elif ewa:
        command(rig, "ewa", ewa)
    call = rig.call()
    assert offers(rig, call) == []
    assert ends(rig, call) == [outcome]


def test_nobody_logged_in_is_no_matter_of_skills():
    rig = rig_of(INVOICES, area="invoices")
    for agent in PEOPLE:
        command(rig, agent, "logout")
    rig.call()
    assert ends(rig) == [("unreachable", "off")]


def test_the_clients_manager_is_asked_for_no_skill():
    rig = rig_of(INVOICES, area="invoices")
    of = rig.board._ex.site
    kowalski = replace(of.clients["1001"], manager="ola")
    rig.load(replace(of, version="v2", clients={**of.clients, "1001": kowalski}))
    call = rig.call(KOWALSKI)
    assert [(fact.agent, fact.stage) for fact in rig.of(AgentOffered, call)] == [("ola", "manager")]


# All at once

RING_ALL = Order(strategy="ring_all")


def test_all_ring_for_the_time_of_the_step_and_the_first_to_answer_has_the_call():
    rig = rig_of(RING_ALL)
    call = rig.call()
    rung = legs(rig, call)
    assert why(rig) == [(agent, "ring_all") for agent in PEOPLE]
    assert rig.board.view().calls[0].ringing == PEOPLE
    for leg in rung.values():
        rig.ring(leg)
    rig.pass_time(55)
    assert not told_to_end(rig)
    rig.pick_up(rung["ewa"])
    assert [fact.agent for fact in rig.of(CallBridged)] == ["ewa"]
    assert declined(rig) == [("jan", "elsewhere"), ("ola", "elsewhere")]
    ended = [action for action in rig.actions if isinstance(action, HangUp)]
    assert ended == [HangUp(leg=rung[agent], elsewhere=True) for agent in ("jan", "ola")]
    assert ends(rig) == [("answered", "")]
    assert (rig.state("jan"), rig.state("ewa"), rig.state("ola")) == ("idle", "talking", "idle")
    before = len(rig.actions)
    rig.pick_up(rung["ola"])  # her 200 OK crossed our CANCEL
    assert rig.actions[before:] == [HangUp(leg=rung["ola"])]
    assert rig.record(hang_up_both(rig, call, rung["ewa"])).outcome == "answered"


def hang_up_both(rig: Rig, call: str, leg: str) -> str:
    rig.hang_up(call)
    rig.end(leg)
    return call


def test_nobody_answers_in_the_time():
    rig = rig_of(RING_ALL, ring_s=20)
    call = rig.call()
    for leg in legs(rig, call).values():
        rig.ring(leg)
    rig.pass_time(20)
    assert declined(rig) == [(agent, "no_answer") for agent in PEOPLE]
    assert offers(rig) == list(PEOPLE)
    assert ends(rig) == [("no_answer", "no_answer")]


def test_all_refuse_and_one_gets_free_meanwhile():
    rig = rig_of(RING_ALL)
    command(rig, "ola", "pause")
    call = rig.call()
    rung = legs(rig, call)
    rig.hang_up(rung["jan"], code=486)
    assert not ends(rig)
    command(rig, "ola", "unpause")
    rig.hang_up(rung["ewa"], code=603)
    assert offers(rig) == ["jan", "ewa", "ola"]
    rig.hang_up(legs(rig, call)["ola"], code=404)
    assert ends(rig) == [("busy", "refused")]


def test_the_caller_hangs_up_and_all_phones_stop():
    rig = rig_of(RING_ALL)
    call = rig.call()
    rung = legs(rig, call)
    rig.hang_up(call)
    assert declined(rig) == [(agent, "cancelled") for agent in PEOPLE]
    assert sorted(told_to_end(rig)) == sorted(rung.values())
    assert ends(rig) == [("abandoned", "")]


def test_who_is_told_to_accept_by_key_may_still_lose():
    rig = rig_of(RING_ALL)
    of = rig.board._ex.site
    agents = {**of.agents, "jan": replace(of.agents["jan"], accept="key")}
    rig.load(replace(of, version="v2", agents=agents))
    rung = legs(rig, rig.call())
    rig.pick_up(rung["jan"])
    rig.pick_up(rung["ewa"])
    assert [fact.agent for fact in rig.of(CallBridged)] == ["ewa"]
    assert declined(rig) == [("jan", "elsewhere"), ("ola", "elsewhere")]
    rig.press(rung["jan"], "1")
    assert [fact.agent for fact in rig.of(CallBridged)] == ["ewa"]


def test_the_music_is_the_teams():
    rig = rig_of(RING_ALL)
    rig.call()
    assert [clip.key for clip in rig.actions[-1].clips] == [MUSIC]
