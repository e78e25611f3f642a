from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.facts.calls import CallEnded, QueueEntered, QueueLeft
from gateway.core.facts.desk import CaseClosed, CaseOpened
from gateway.core.facts.hours import HoursOverridden
from gateway.core.facts.joining import AnswerKnown
from gateway.core.hours.calendar import zone_of
from gateway.core.site.site import CaseRules, Hours, Team
from gateway.edge import figures as figures_module
from gateway.edge.figures import Figures, LocalDay
from gateway.edge.store import Journal
from tests.edge.broker import until
from tests.edge.calls_made_up import MONDAY, SITE, call, day, step


@pytest.fixture
def journal(tmp_path: Path):
    with Journal(tmp_path / "journal.db") as journal:
        yield journal


def caught_up(figures: Figures, journal: Journal) -> bool:
    return figures.ready and figures.seq == journal.last_seq()


ZONE = zone_of(SITE)


def wall(at: float) -> dt.time:
    """What a clock on the office's wall shows."""
    return dt.datetime.fromtimestamp(at, ZONE).time()


def recounted(journal: Journal, team: Team, since: float, end: float) -> dict:
    """The same figures, counted plainly over all rows of the journal, by another way than the fold."""
    threshold_s, short_s = team.threshold_s, team.short_abandon_s
    facts = [row.fact() for row in journal.read_from(0, 1_000_000)]
    entered = [f for f in facts if isinstance(f, QueueEntered) and f.team == team.id and since <= f.at < end]
    left = [f for f in facts if isinstance(f, QueueLeft) and f.team == team.id and since <= f.at < end]
    answered = sorted(f.wait_s for f in left if f.outcome == "answered")
    abandoned = [f.wait_s for f in left if f.outcome == "abandoned"]
    overflowed = [f for f in left if f.outcome == "overflowed"]
    met = sum(wait <= threshold_s for wait in answered)
    short = sum(wait < short_s for wait in abandoned)
    ended = len(answered) + len(abandoned)
    return {
        "offered": len(entered),
        "answered": len(answered),
        "abandoned": len(abandoned),
        "overflowed": len(overflowed),
        "sl": met / (ended - short + len(overflowed)),
        "sl_answered": met / len(answered),
        "sl_strict": met / ended,
        "asa_s": sum(answered) / len(answered),
        "asa_max_s": answered[-1],
        "abandon_rate": len(abandoned) / len(entered),
    }


def test_the_fold_says_what_a_plain_count_over_all_facts_says(journal: Journal) -> None:
    facts = day(400)
    figures = Figures(journal, SITE)
    for start in range(0, len(facts), 37):
        journal.append(facts[start : start + 37])
    journal.flush()
    until(lambda: caught_up(figures, journal), "the fold")
    now = figures.now(facts[-1].at)
    for team in SITE.teams.values():
        begin = LocalDay(ZONE)(facts[-1].at)
        plain = recounted(journal, team, begin, begin + 86_400)
        for name, value in plain.items():
            assert getattr(now[team.id], name) == pytest.approx(value), (team.id, name)
        assert now[team.id].in_progress == 0
    assert now["care"].offered == 200
    figures.close()


def test_after_a_new_start_the_figures_are_the_same(journal: Journal) -> None:
    facts = day(120)
    half = len(facts) // 2
    journal.append(facts[:half])
    journal.flush()
    first = Figures(journal, SITE)
    until(lambda: caught_up(first, journal), "the first fold")
    second = Figures(journal, SITE)
    until(lambda: caught_up(second, journal), "the second fold")
    at = facts[half - 1].at
    assert first.now(at) == second.now(at)
    assert any(f.in_progress for f in first.now(at).values()), "somebody is in the queue right now"
    journal.append(facts[half:])
    journal.flush()
    until(lambda: caught_up(first, journal) and caught_up(second, journal), "both folds")
    assert first.now(facts[-1].at) == second.now(facts[-1].at)
    first.close()
    second.close()


def test_a_long_journal_is_folded_from_yesterday_with_todays_figures_the_same(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = dt.datetime(2026, 11, 23, 12).astimezone().timestamp()
    for days_ago in (5, 4, 3, 2, 1, 0):
        base = noon - days_ago * 86_400
        for number in range(12):
            journal.append(call(days_ago * 100 + number, base + number * 500))
    journal.flush()
    whole = Figures(journal, SITE)
    until(lambda: caught_up(whole, journal), "the fold of the whole")
    monkeypatch.setattr(figures_module, "REFOLD_MAX", 10)
    short = Figures(journal, SITE)
    until(lambda: caught_up(short, journal), "the short fold")
    assert len(whole._kpi.starts(("team", "care"), "day")) == 6
    assert len(short._kpi.starts(("team", "care"), "day")) == 2
    assert short.now(noon + 7000) == whole.now(noon + 7000)
    assert short.now(noon + 7000)["care"].offered == 12
    whole.close()
    short.close()


def test_business_hours_of_a_long_journal_know_what_was_said_before_yesterday(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case of Friday, closed on Monday, in an office that was said to be closed from Thursday to Monday at nine."""
    here = lambda text: dt.datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZONE).timestamp()  # noqa: E731
    office = Hours(id="office", week=(((8 * 60, 16 * 60),),) * 5 + ((), ()))
    place = replace(SITE, hours={"office": office}, cases=CaseRules(calendar="office"))
    closed_until = here("23T09:00")
    journal.append([HoursOverridden(at=here("19T12:00"), calendar="office", to="closed", until=closed_until)])
    journal.append([CaseOpened(at=here("20T10:00"), case="1", kind="question", whose="team", to="care")])
    journal.append([CaseClosed(at=here("23T11:00"), case="1", resolution_s=0.0)])
    journal.flush()
    told = []
    for longest in (figures_module.REFOLD_MAX, 1):
        monkeypatch.setattr(figures_module, "REFOLD_MAX", longest)
        figures = Figures(journal, place)
        until(lambda figures=figures: caught_up(figures, journal), "the fold")
        told.append(figures.published(here("23T12:00"))["cases", "office"].seen)
        figures.close()
    assert told[0] == told[1]
    assert told[0].resolution_business_p50_s == 2 * 3600


def test_nothing_is_told_before_everything_is_in(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.append(day(60))
    journal.flush()
    gate, reading = threading.Event(), journal.read_from

    def held(after: int, limit: int = 500):
        if after >= 250 and limit > 1:
            gate.wait(20)
        return reading(after, limit)

    monkeypatch.setattr(journal, "read_from", held)
    figures = Figures(journal, SITE)
    until(lambda: figures.seq >= 250, "the first rows")
    assert figures.now(MONDAY) == {}
    gate.set()
    until(lambda: figures.ready, "the rest")
    assert figures.now(MONDAY)["care"].offered == 30
    figures.close()


def test_questions_that_were_asked_although_the_answer_was_known(journal: Journal) -> None:
    """Of four questions one was asked all the same; the message that is published says so."""
    for number, hows in enumerate((("skipped", "confirmed"), ("asked", "denied"), ("skipped",))):
        at, name = MONDAY + number, f"call-{number}"
        journal.append(
            [AnswerKnown(at=at, call=name, flow="f", step="s", name="order", value="1", how=how, source="memory")
             for how in hows]
        )  # fmt: skip
        journal.append([QueueEntered(at=at, call=name, team="care", position=1)])
    journal.flush()
    figures = Figures(journal, SITE)
    until(lambda: caught_up(figures, journal), "the fold")
    told = msgspec.to_builtins(figures.published(MONDAY + 9)["figures", "care"].message)["figures"]
    assert (told["repeat_question_rate"], told["repeat_question_n"]) == (0.25, 4)
    assert figures.now(MONDAY + 9)["technical"].repeat_question_rate is None
    figures.close()


def test_a_team_without_contacts_has_null_figures_never_zero_or_hundred(journal: Journal) -> None:
    figures = Figures(journal, SITE)
    until(lambda: figures.ready, "the fold")
    empty = figures.now(MONDAY)["technical"]
    assert empty.offered == 0
    assert (empty.sl, empty.asa_s, empty.abandon_rate) == (None, None, None)
    message = figures.message("technical", empty, MONDAY)
    assert (message.threshold_s, message.short_abandon_s, message.as_of_seq) == (30.0, 3.0, 0)
    assert message.journal == journal.id
    figures.close()


def test_figures_move_by_time_alone_when_a_wait_passes_the_threshold_and_when_the_day_ends(journal: Journal) -> None:
    waiting = [fact for fact in call(1, MONDAY) if not isinstance(fact, QueueLeft | CallEnded)][:5]
    queued = next(fact.at for fact in waiting if isinstance(fact, QueueEntered))
    figures = Figures(journal, SITE)
    journal.append(waiting)
    journal.flush()
    until(lambda: caught_up(figures, journal), "the fold")
    assert figures.now(queued + 1)["care"].sl is None
    assert figures.next_change(queued + 1) == pytest.approx(queued + 20.0, abs=0.01)
    assert figures.now(queued + 20.5)["care"].sl == 0.0
    midnight = figures.next_change(queued + 20.5)
    assert wall(midnight) == dt.time()
    assert 0 < midnight - queued <= 86_400
    tomorrow = figures.now(midnight + 1)["care"]
    assert (tomorrow.offered, tomorrow.in_progress) == (0, 1)
    figures.close()


def test_listeners_hear_of_new_facts_until_they_leave(journal: Journal) -> None:
    figures = Figures(journal, SITE)
    until(lambda: figures.ready, "the fold")
    heard: list[int] = []
    forget = figures.on_change(lambda: heard.append(figures.seq))
    journal.append([step(1.0, "a")])
    until(lambda: 1 in heard, "the news")
    forget()
    journal.append([step(1.0, "b")])
    until(lambda: figures.seq == 2, "the fold")
    assert 2 not in heard
    figures.close()


@given(st.integers(0, 4_000_000_000))
@settings(max_examples=200)
def test_a_day_begins_at_local_midnight_and_holds_its_moment(at: int) -> None:
    days = LocalDay(ZONE)
    start = days(at)
    assert start <= at < days.end
    assert wall(start) == dt.time()
    assert days(days.end) > start
