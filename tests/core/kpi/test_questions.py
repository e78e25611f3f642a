"""`repeat_question_rate`: of the questions of which the answer was known, those that were asked all the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.events import MemoryRecovered
from gateway.core.facts.calls import CallEnded, CallRecord, CallStarted, QueueEntered
from gateway.core.facts.joining import AnswerKnown, AnswerRemembered
from gateway.core.flow.model import Collect, HangUpStep, Queue, Retry
from gateway.core.kpi.figures import DAY_S
from gateway.core.kpi.kpi import INTERVAL_S, OFFICE, Key, Kpi
from gateway.core.site.site import Draft
from tests.core.factory import KOWALSKI, MAIN, STRANGER, Rig, flow, prompt, site

DAY = 1_700_006_400.0
TEAM, SALES, ANNA, NUMBER = Key("team", "office"), Key("team", "sales"), Key("manager", "anna"), Key("did", "100")


def started(call: str, at: float = DAY, *, draft: bool = False) -> CallStarted:
    return CallStarted(at=at, call=call, line="A", caller="", called="100", draft=draft)


def known(call: str, how: str, at: float = DAY) -> AnswerKnown:
    return AnswerKnown(at=at, call=call, flow="f", step="s", name="order", value="1", how=how, source="memory")


def entered(call: str, at: float = DAY, *, team: str = "office", manager: str = "") -> QueueEntered:
    return QueueEntered(at=at, call=call, team=team, manager=manager, position=1)


def ended(call: str, at: float = DAY, *, team: str = "", manager: str = "") -> CallEnded:
    return CallEnded(at=at, call=call, record=CallRecord(call=call, team=team, manager=manager))


def folded(*facts, **more) -> Kpi:
    kpi = Kpi(site(), **more)
    for fact in facts:
        kpi.apply(fact)
    return kpi


def shown(kpi: Kpi, key: Key, **more) -> tuple[float | None, int]:
    figures = kpi.figures(key, **more)
    return figures.repeat_question_rate, figures.repeat_question_n


def test_the_formula_by_hand():
    """Two skipped, one confirmed, one asked all the same; one denied, which counts nowhere."""
    hows = ("skipped", "skipped", "confirmed", "asked", "denied")
    kpi = folded(started("c"), *(known("c", how) for how in hows), entered("c", manager="anna"))
    for key in (OFFICE, TEAM, ANNA, NUMBER):
        assert shown(kpi, key) == (0.25, 4)
        assert shown(kpi, key, period="interval") == (0.25, 4)
    assert shown(kpi, SALES) == (None, 0)


@pytest.mark.parametrize(("how", "rate"), [("skipped", 0.0), ("confirmed", 0.0), ("asked", 1.0), ("denied", None)])
def test_one_question(how, rate):
    kpi = folded(started("c"), known("c", how), entered("c"))
    assert shown(kpi, TEAM) == (rate, 0 if rate is None else 1)


def test_without_any_there_is_no_figure():
    assert shown(folded(started("c"), entered("c"), ended("c")), TEAM) == (None, 0)
    assert shown(Kpi(site()), OFFICE) == (None, 0)


def test_it_counts_once_for_the_first_queue_and_what_is_asked_later_for_the_present_one():
    kpi = folded(started("c"), known("c", "asked"), entered("c"), entered("c", team="sales"), known("c", "skipped"))
    assert (shown(kpi, TEAM), shown(kpi, SALES), shown(kpi, OFFICE)) == ((1.0, 1), (0.0, 1), (0.5, 2))
    kpi.apply(ended("c", team="sales"))
    assert (shown(kpi, TEAM), shown(kpi, SALES), shown(kpi, OFFICE)) == ((1.0, 1), (0.0, 1), (0.5, 2))


def test_a_caller_who_comes_to_no_queue_counts_at_the_end_for_his_own_manager_and_team():
    kpi = folded(started("c"), known("c", "asked"))
    assert shown(kpi, OFFICE) == (None, 0)
    kpi.apply(ended("c", team="office", manager="anna"))
    assert [shown(kpi, key) for key in (OFFICE, TEAM, ANNA, NUMBER)] == [(1.0, 1)] * 4
    stranger = folded(started("c"), known("c", "asked"), ended("c"))
    assert [shown(stranger, key) for key in (OFFICE, TEAM, ANNA, NUMBER)] == [(1.0, 1), (None, 0), (None, 0), (1.0, 1)]


def test_it_is_booked_when_the_caller_comes_to_the_queue():
    kpi = folded(started("c", DAY - 9), known("c", "asked", DAY - 5), entered("c", DAY + 5))
    assert shown(kpi, TEAM, at=DAY - 5) == (None, 0)
    assert shown(kpi, TEAM, at=DAY + 5) == (1.0, 1)
    assert shown(kpi, TEAM, period="interval", at=DAY + INTERVAL_S) == (None, 0)
    assert shown(kpi, TEAM, at=DAY + DAY_S) == (None, 0)


def test_trials_of_a_draft_count_nowhere():
    kpi = folded(started("c", draft=True), known("c", "asked"), entered("c"), ended("c", team="office"))
    assert shown(kpi, OFFICE) == (None, 0)


def test_only_the_scopes_that_are_wanted():
    kpi = folded(started("c"), known("c", "asked"), entered("c", manager="anna"), scopes=("team",))
    assert kpi.keys() == (TEAM,)
    assert shown(kpi, TEAM) == (1.0, 1)


STEPS = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from(["skipped", "confirmed", "denied", "asked", "office", "sales", "over"])
    ),
    max_size=40,
)


@given(STEPS)
def test_against_a_plain_count_over_the_facts(steps):
    """Each question belongs to the first queue at or after it within its call, else to the last one before it, else to
    the team of the record."""
    facts, calls = [], {}
    for number, (name, what) in enumerate([*steps, *((name, "over") for name in "abc")]):
        call = f"{name}{calls.get(name, 0)}"
        at = DAY + number / 100
        if what == "over":
            facts.append(ended(call, at, team="sales"))
            calls[name] = calls.get(name, 0) + 1
        elif what in {"office", "sales"}:
            facts.append(entered(call, at, team=what))
        else:
            facts.append(known(call, what, at))
    told = {"office": [], "sales": []}
    for call in dict.fromkeys(fact.call for fact in facts):
        mine = [fact for fact in facts if fact.call == call]
        for index, fact in enumerate(mine):
            if not isinstance(fact, AnswerKnown) or fact.how == "denied":
                continue
            before = [other.team for other in mine[:index] if isinstance(other, QueueEntered)]
            after = [other.team for other in mine[index:] if isinstance(other, QueueEntered)]
            told[(before[-1:] or after[:1] or ["sales"])[0]].append(fact.how == "asked")
    kpi = folded(*facts)
    for team, asked in told.items():
        expected = (sum(asked) / len(asked) if asked else None, len(asked))
        assert shown(kpi, Key("team", team)) == expected
    everybody = told["office"] + told["sales"]
    assert shown(kpi, OFFICE)[1] == len(everybody)
    assert all(one.at <= other.at for one, other in pairwise(facts))


# Through real calls

NO = Retry(tries=1, then="human")


def asking(name: str, variable: str, then: str, **more: object) -> Collect:
    return Collect(name=name, variable=variable, prompt=prompt("Jaki numer?"), digits_min=4, digits_max=4, then=then,
                   no_input=NO, no_match=NO, **more)  # fmt: skip


def rig(*collects: Collect) -> Rig:
    people = (Queue(name="human", to="by_client", team="office", gave_up="end"), HangUpStep(name="end"))
    return Rig(site(flows={"reception": flow(*collects, *people)}))


def figures(of: Rig, key: Key) -> tuple[float | None, int]:
    return shown(folded(*of.facts), key)


def test_an_answer_of_an_earlier_day_that_is_asked_for_again():
    r = rig(asking("which", "order", "human", remember=True))
    r.tell(MemoryRecovered(facts=(AnswerRemembered(at=r.now - DAY_S, call="x", caller=KOWALSKI, client="1001",
                                                    name="order", value="1234"),)))  # fmt: skip
    call = r.call(KOWALSKI)
    r.press(call, "1234")
    assert r.where(call) == "queued"
    for key in (OFFICE, TEAM, ANNA, Key("did", MAIN)):
        assert figures(r, key) == (1.0, 1)


@pytest.mark.parametrize(("again", "rate"), [("skip", 0.0), ("ask", 1.0)])
def test_what_was_keyed_in_this_call(again, rate):
    r = rig(asking("which", "order", "again"), asking("again", "order", "human", known=again))
    call = r.call(STRANGER)
    r.press(call, "1234")
    if again == "ask":
        r.press(call, "1234")
    assert r.where(call) == "queued"
    assert figures(r, TEAM) == (rate, 1)
    assert figures(r, ANNA) == (None, 0)


@pytest.mark.parametrize(("use", "rate"), [("skip", 0.0), ("ask", 1.0)])
def test_the_number_of_a_client_who_is_recognised(use, rate):
    r = rig(asking("who", "client_number", "human", find="client", known=use))
    call = r.call(KOWALSKI)
    if use == "ask":
        r.press(call, "1001")
    r.hang_up(call)
    assert figures(r, ANNA) == (rate, 1)


def test_a_question_that_nobody_could_answer_but_the_caller_counts_nowhere():
    r = rig(asking("which", "order", "human"))
    call = r.call(KOWALSKI)
    r.press(call, "1234")
    r.hang_up(call)
    assert figures(r, OFFICE) == (None, 0)


def test_a_client_who_hangs_up_in_the_question_counts_for_the_manager():
    r = rig(asking("who", "client_number", "human", find="client"))
    r.hang_up(r.call(KOWALSKI))
    for key in (OFFICE, TEAM, ANNA):
        assert figures(r, key) == (1.0, 1)


def test_a_trial_of_a_draft():
    steps = asking("who", "client_number", "human", find="client"), HangUpStep(name="human")
    of = site(flows={"reception": flow(*steps)}, draft=Draft(number="9999"))
    r = Rig(of)
    r.draft(of, MAIN)
    r.hang_up(r.call(KOWALSKI, called="9999"))
    assert r.of(AnswerKnown)
    assert figures(r, OFFICE) == (None, 0)
