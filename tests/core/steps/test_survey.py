"""Surveys: the keys of each kind, whose answer it is, the way of a caller whose agent has hung up, and the figures."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Play
from gateway.core.events import ActionFailed, CallsRecovered, LegSnapshot
from gateway.core.facts.calls import QueueLeft, WrapUpEnded
from gateway.core.facts.desk import SurveyAnswered
from gateway.core.flow.model import HangUpStep, Queue, Retry, Survey
from gateway.core.kpi.kpi import OFFICE, Key, Kpi
from gateway.core.kpi.surveys import Answers
from tests.core.factory import KOWALSKI, STRANGER, Rig, flow, prompt, site, words


def question(kind: str = "csat", **changes: object) -> Survey:
    base = Survey(
        name="ask",
        kind=kind,
        prompt=prompt("Ocena?"),
        then="thanks",
        no_input=Retry(tries=1, then="thanks"),
        no_match=Retry(tries=2, then="thanks"),
    )
    return replace(base, **changes)


def rig(kind: str = "csat", *, served: str = "ask") -> Rig:
    """Callers come straight into the queue."""
    queue = Queue(name="human", to="by_client", team="office", gave_up="thanks", served=served)
    return Rig(site(flows={"reception": flow(queue, question(kind), HangUpStep(name="thanks", prompt=prompt("Pa.")))}))


def alone(kind: str) -> tuple[Rig, str]:
    """A caller who is asked without a talk."""
    r = Rig(site(flows={"reception": flow(question(kind), HangUpStep(name="thanks", prompt=prompt("Pa.")))}))
    return r, r.call(KOWALSKI)


def scores(r: Rig) -> list[int]:
    return [fact.score for fact in r.of(SurveyAnswered)]


@pytest.mark.parametrize(
    ("kind", "keys", "score"),
    [("csat", "1", 1), ("csat", "5", 5), ("ces", "7", 7), ("solved", "1", 1), ("solved", "2", 0), ("nps", "0", 0),
     ("nps", "9", 9), ("nps", "10", 10)],
)  # fmt: skip
def test_keys_become_a_score(kind, keys, score):
    r, call = alone(kind)
    r.press(call, keys)
    assert scores(r) == [score]
    assert words(r.actions[-1]) == "Pa."


def test_a_one_alone_is_a_one_when_no_zero_follows():
    r, call = alone("nps")
    r.heard(call)
    r.press(call, "1")
    assert scores(r) == []
    r.pass_time(3.1)
    assert scores(r) == [1]


@pytest.mark.parametrize(("kind", "keys"), [("csat", "6"), ("csat", "*"), ("ces", "8"), ("solved", "3"), ("nps", "15")])
def test_other_keys_are_asked_about_once_more(kind, keys):
    r, call = alone(kind)
    r.press(call, keys)
    assert scores(r) == []
    assert words(r.actions[-1]) == "Ocena?"
    r.press(call, "2")
    assert scores(r) == [0 if kind == "solved" else 2]


def test_silence_goes_on_without_an_answer():
    r, call = alone("csat")
    r.heard(call)
    r.pass_time(7)
    assert scores(r) == []
    assert any(words(action) == "Pa." for action in r.actions)


def talking(r: Rig, caller: str = KOWALSKI, agent: str = "anna") -> tuple[str, str]:
    call = r.call(caller)
    leg = r.dialled(agent).leg
    r.pick_up(leg)
    return call, leg


def test_the_caller_stays_when_the_agent_hangs_up_and_the_answer_is_the_agents():
    r = rig()
    call, leg = talking(r)
    r.hang_up(leg)
    assert r.where(call) == "flow"
    assert words(r.new[-1]) == "Ocena?" or any(words(action) == "Ocena?" for action in r.new)
    assert r.state("anna") == "idle"
    assert r.of(WrapUpEnded)
    r.press(call, "4")
    (answer,) = r.of(SurveyAnswered)
    assert (answer.agent, answer.team, answer.client, answer.manager) == ("anna", "office", "1001", "anna")
    r.heard(call)
    r.end(call)
    record = r.record(call)
    assert (record.outcome, record.answered_by, record.ended_by) == ("answered", "anna", "flow")
    assert [fact.outcome for fact in r.of(QueueLeft)] == ["answered"]


def test_an_agent_who_hangs_up_before_the_bridge_is_built_takes_nobody_along():
    r = rig()
    call, leg = talking(r)
    r.hang_up(leg)
    r.tell(ActionFailed(leg=call, action="Bridge", code=481, reason="the leg is over"))
    assert r.where(call) == "flow"
    r.press(call, "4")
    assert scores(r) == [4]


def test_a_bridge_that_fails_ends_a_call_that_talks():
    r = rig()
    call, _ = talking(r)
    r.tell(ActionFailed(leg=call, action="Bridge", code=500, reason="no port"))
    assert r.where(call) == "ending"


def test_without_served_and_when_the_caller_hangs_up_the_call_ends_as_ever():
    r = rig(served="")
    call, leg = talking(r)
    r.hang_up(leg)
    r.end(call)
    assert r.record(call).ended_by == "agent"
    r = rig()
    call, leg = talking(r)
    r.hang_up(call)
    r.end(leg)
    assert r.record(call).ended_by == "caller"
    assert not r.of(SurveyAnswered)


def test_a_talk_that_the_line_ends_is_no_occasion_for_a_survey():
    r = rig()
    call, leg = talking(r)
    r.end(leg, by="line")
    r.end(call)
    assert r.record(call).outcome == "lost"


def test_it_goes_on_after_a_restart_during_the_talk():
    before = rig()
    call, leg = talking(before)
    after = Rig(before.board._ex.site, up=False)
    after.now = before.now
    after.tell(CallsRecovered(calls=(tuple(f for f in before.facts if f.call == call),)))
    after.line_up(
        "A",
        legs=(
            LegSnapshot(leg=call, call=call, direction="in", state="answered", caller=KOWALSKI, bridged_with=leg),
            LegSnapshot(leg=leg, call=call, direction="out", state="answered", agent="anna", bridged_with=call),
        ),
    )
    after.hang_up(leg)
    assert any(isinstance(action, Play) and words(action) == "Ocena?" for action in after.actions)
    after.press(call, "5")
    assert [(fact.score, fact.agent) for fact in after.of(SurveyAnswered)] == [(5, "anna")]


def test_the_caller_can_be_queued_again_after_a_talk():
    r = rig(served="human")
    call, leg = talking(r, STRANGER, "jan")
    r.hang_up(leg)
    assert r.where(call) == "queued"
    kpi = Kpi(site())
    for fact in r.facts:
        kpi.apply(fact)
    figures = kpi.figures(OFFICE)
    assert (figures.offered, figures.answered, figures.in_progress) == (2, 1, 1)
    assert set(kpi.conservation().values()) == {0}


def test_no_answers_make_no_figure():
    figures = Answers().figures()
    assert figures == type(figures)()
    assert (figures.csat, figures.nps, figures.ces, figures.fcr_customer, figures.csat_n) == (None, None, None, None, 0)


def test_the_figures_by_hand():
    answers = Answers()
    for score in (1, 3, 4, 5):
        answers.add("csat", score)
    for score in (0, 6, 7, 8, 9, 10, 10, 10):
        answers.add("nps", score)
    for score in (4, 5, 7):
        answers.add("ces", score)
    for score in (1, 1, 1, 0):
        answers.add("solved", score)
    figures = answers.figures()
    assert (figures.csat, figures.csat_mean, figures.csat_n) == (0.5, 3.25, 4)
    assert figures.nps == pytest.approx(100 * (4 / 8 - 2 / 8))
    assert (figures.ces, figures.ces_n) == (pytest.approx(2 / 3), 3)
    assert figures.ces_mean == pytest.approx(16 / 3)
    assert (figures.fcr_customer, figures.fcr_customer_n) == (0.75, 4)


def test_an_answer_counts_for_the_team_the_manager_the_number_and_the_office():
    r = rig()
    call, leg = talking(r)
    r.hang_up(leg)
    r.press(call, "2")
    kpi = Kpi(site())
    for fact in r.facts:
        kpi.apply(fact)
    did = next(fact.called for fact in r.facts if hasattr(fact, "called"))
    for key in (OFFICE, Key("team", "office"), Key("manager", "anna"), Key("did", did)):
        assert (kpi.figures(key).csat, kpi.figures(key).csat_n) == (0.0, 1)
    assert kpi.figures(Key("team", "sales")).csat is None
