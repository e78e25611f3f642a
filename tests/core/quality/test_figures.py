"""Scores as figures: mean and number, by day and week, of the office, a team and an agent."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest

from gateway.core.facts.desk import TaskClosed, TaskOverdue
from gateway.core.facts.quality import QualitySampled, QualityScored
from gateway.core.quality.figures import QualityKpi
from tests.core.factory import site

WARSAW = ZoneInfo("Europe/Warsaw")


def at(text: str) -> float:
    return dt.datetime.fromisoformat(text).replace(tzinfo=WARSAW).timestamp()


def day_start(moment: float) -> float:
    day = dt.datetime.fromtimestamp(moment, WARSAW).date()
    return dt.datetime.combine(day, dt.time(), WARSAW).timestamp()


MONDAY, TUESDAY, SUNDAY = at("2026-11-16 09:00"), at("2026-11-17 09:00"), at("2026-11-22 23:00")


def sampled(name: str, moment: float = MONDAY, agent: str = "jan", team: str = "office") -> QualitySampled:
    return QualitySampled(
        at=moment, recording=name, files=(f"recordings/{name}.wav",), agent=agent, team=team, reviewer="ola",
        week="2026-11-09", of=9, recorded_at=0.0, length_s=60.0, task=f"{name}.q", due_at=moment + 7 * 86_400,
    )  # fmt: skip


def scored(name: str, score: float, moment: float = TUESDAY, agent: str = "jan", team: str = "office", **more):
    return QualityScored(at=moment, recording=name, agent=agent, team=team, score=score, who="ola", **more)


def folded(*facts) -> QualityKpi:
    kpi = QualityKpi(site(), day_start=day_start)
    for fact in facts:
        kpi.apply(fact)
    return kpi


def test_without_a_score_there_is_none():
    figures = folded().figures("office", at=TUESDAY)
    assert (figures.score_mean, figures.score_n, figures.week_score_mean, figures.week_score_n) == (None, 0, None, 0)
    assert (figures.start, figures.week_start) == (day_start(TUESDAY), at("2026-11-16 00:00"))


def test_day_and_week():
    kpi = folded(scored("a", 80.0, MONDAY), scored("b", 50.0), scored("c", 0.0, critical=("consent",)))
    tuesday, monday = kpi.figures("office", at=TUESDAY + 60), kpi.figures("office", at=SUNDAY)
    assert (tuesday.score_mean, tuesday.score_n, tuesday.critical_n) == (25.0, 2, 1)
    assert (tuesday.week_score_mean, tuesday.week_score_n, tuesday.week_critical_n) == (130 / 3, 3, 1)
    assert (monday.score_mean, monday.week_score_n) == (None, 3)
    assert kpi.figures("office", at=SUNDAY + 3700).week_score_n == 0


def test_each_for_whom_it_is():
    kpi = folded(scored("a", 80.0), scored("b", 40.0, agent="ewa"), scored("c", 10.0, agent="ola", team="sales"))
    assert kpi.figures("team", "office", at=TUESDAY).score_mean == 60.0
    assert kpi.figures("team", "sales", at=TUESDAY).score_mean == 10.0
    assert kpi.figures("agent", "ewa", at=TUESDAY).score_mean == 40.0
    assert kpi.figures("agent", "nobody", at=TUESDAY).score_mean is None
    assert kpi.agents() == ("jan", "ewa", "ola")


def test_a_second_score_takes_the_place_of_the_first():
    kpi = folded(scored("a", 80.0, MONDAY), scored("a", 20.0, TUESDAY, again=True))
    assert kpi.figures("office", at=MONDAY + 60).score_n == 0
    assert (kpi.figures("office", at=TUESDAY).score_mean, kpi.figures("office", at=TUESDAY).week_score_n) == (20.0, 1)


def test_what_waits_and_what_is_late():
    kpi = folded(sampled("a"), sampled("b"), sampled("c", agent="ewa"), TaskOverdue(at=SUNDAY, task="a.q", due_at=0.0))
    office = kpi.figures("office", at=SUNDAY)
    assert (office.open_n, office.overdue_n, kpi.figures("agent", "ewa", at=SUNDAY).open_n) == (3, 1, 1)
    kpi.apply(scored("a", 80.0, SUNDAY))
    kpi.apply(TaskClosed(at=SUNDAY, task="a.q", result="done"))
    kpi.apply(TaskClosed(at=SUNDAY, task="b.q", result="cancelled"))
    office = kpi.figures("office", at=SUNDAY)
    assert (office.open_n, office.overdue_n, office.score_n) == (1, 0, 1)


def test_facts_of_other_tasks_are_no_facts_of_samples():
    kpi = folded(TaskOverdue(at=MONDAY, task="c.t1", due_at=0.0))
    assert kpi.apply(TaskClosed(at=MONDAY, task="c.t1", result="done"))
    assert kpi.figures("office", at=MONDAY).overdue_n == 0


def test_the_week_in_which_clocks_go_back_is_one_week():
    kpi = folded(scored("a", 80.0, at("2026-10-19 00:00")), scored("b", 40.0, at("2026-10-25 23:59")))
    assert kpi.figures("office", at=at("2026-10-25 23:59")).week_score_n == 2
    assert kpi.figures("office", at=at("2026-10-26 00:00")).week_score_n == 0


@pytest.mark.parametrize("seed", range(20))
def test_against_a_sum_over_all_scores(seed):
    chance = random.Random(seed)
    facts, moment = [], MONDAY
    for _ in range(300):
        moment += chance.choice([60.0, 3600.0, 40_000.0])
        agent = chance.choice(["jan", "ewa", "ola"])
        facts.append(scored(f"{agent}{chance.randrange(60)}", float(chance.randrange(101)), moment, agent))
    kpi, last = QualityKpi(site(), day_start=day_start), {}
    for fact in facts:
        kpi.apply(fact)
        last[fact.recording] = fact
        monday = dt.datetime.fromtimestamp(fact.at, WARSAW)
        start = at((monday.date() - dt.timedelta(days=monday.weekday())).isoformat() + " 00:00")
        for agent in ("jan", "ewa"):
            of_week = [one.score for one in last.values() if one.agent == agent and one.at >= start]
            of_day = [one.score for one in last.values() if one.agent == agent and one.at >= day_start(fact.at)]
            figures = kpi.figures("agent", agent, at=fact.at)
            assert (figures.week_score_n, figures.score_n) == (len(of_week), len(of_day))
            assert figures.week_score_mean == (pytest.approx(sum(of_week) / len(of_week)) if of_week else None)
            assert figures.score_mean == (pytest.approx(sum(of_day) / len(of_day)) if of_day else None)
