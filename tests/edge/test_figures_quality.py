"""Scores as they are published: the office's, the teams', and of agents of whom a talk was drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from gateway.core.facts.desk import TaskOverdue
from gateway.core.facts.quality import QualitySampled, QualityScored
from gateway.core.site.quality_form import QualityRules
from gateway.core.site.site import Agent
from gateway.edge import figures as figures_module
from gateway.edge.figures import Figures
from gateway.edge.figures_quality import QualityMessage
from gateway.edge.store import Journal
from tests.edge.broker import until
from tests.edge.calls_made_up import MONDAY, SITE, step

OFFICE = replace(
    SITE, agents={name: Agent(id=name, name=name.title(), uri=f"sip:{name}@127.0.0.1") for name in ("anna", "ewa")}
)
DAY = 86_400.0


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal.db") as made:
        yield made


def sampled(name: str, at: float = MONDAY, agent: str = "anna") -> QualitySampled:
    return QualitySampled(
        at=at, recording=name, files=(f"recordings/{name}.wav",), agent=agent, team="care", reviewer="ewa",
        week="2026-11-16", of=9, recorded_at=0.0, length_s=60.0, task=f"{name}.q", due_at=at + 7 * DAY,
    )  # fmt: skip


def scored(name: str, score: float, at: float = MONDAY + 60) -> QualityScored:
    return QualityScored(at=at, recording=name, agent="anna", team="care", score=score, who="ewa")


def folded(journal: Journal, site=OFFICE) -> Figures:
    journal.flush()
    made = Figures(journal, site)
    until(lambda: made.ready, "the figures")
    return made


def message(made: Figures, at: float, *words: str) -> QualityMessage:
    found = made.published(at)["quality", *words].message
    assert isinstance(found, QualityMessage)
    return found


def whose(made: Figures) -> list[tuple[str, ...]]:
    return [words[1:] for words in made.published(MONDAY + 120) if words[0] == "quality"]


def test_nothing_is_published_where_nothing_is_drawn(journal: Journal) -> None:
    journal.append([step(MONDAY, "welcome")])
    made = folded(journal)
    assert whose(made) == []
    made.close()


def test_with_the_section_there_are_figures_without_scores(journal: Journal) -> None:
    journal.append([step(MONDAY, "welcome")])
    made = folded(journal, replace(OFFICE, quality=QualityRules(reviewer="ewa")))
    assert whose(made) == [("office",), ("team", "care")]  # one person is no team
    figures = message(made, MONDAY + 120, "office").figures
    assert (figures.score_mean, figures.score_n) == (None, 0)
    assert b'"score_mean":null,"score_n":0' in msgspec.json.encode(figures)
    made.close()


def test_office_team_and_agent(journal: Journal) -> None:
    journal.append([sampled("a"), sampled("b"), sampled("c", agent="zoe"), scored("a", 80.0), scored("b", 50.0)])
    made = folded(journal)
    assert whose(made) == [("office",), ("team", "care"), ("agent", "anna")]  # no zoe any more
    anna = message(made, MONDAY + 120, "agent", "anna")
    assert (anna.scope, anna.name, anna.site, anna.journal) == ("agent", "anna", "demo", journal.id)
    assert (anna.figures.score_mean, anna.figures.score_n, anna.figures.week_score_n) == (65.0, 2, 2)
    assert message(made, MONDAY + 120, "office").figures.open_n == 3
    made.close()


def test_a_new_score_is_news_and_time_alone_is_not(journal: Journal) -> None:
    journal.append([sampled("a")])
    made = folded(journal)
    seen = made.published(MONDAY + 60)["quality", "office"].seen
    assert made.published(MONDAY + 600)["quality", "office"].seen == seen
    journal.append([scored("a", 80.0)])
    journal.flush()
    until(lambda: made.published(MONDAY + 61)["quality", "office"].seen != seen, "the score")
    made.close()


def test_a_long_journal_is_not_folded_whole_and_the_week_is(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.append([sampled("a"), sampled("b"), scored("a", 80.0), TaskOverdue(at=MONDAY + 90, task="b.q", due_at=0.0)])
    journal.append([step(MONDAY + day * DAY, str(day)) for day in range(1, 6)])
    monkeypatch.setattr(figures_module, "REFOLD_MAX", 3)
    made = folded(journal)
    figures = message(made, MONDAY + 5 * DAY, "office").figures
    assert (figures.score_n, figures.week_score_mean, figures.week_score_n) == (0, 80.0, 1)
    assert (figures.open_n, figures.overdue_n) == (2, 1)
    made.close()
