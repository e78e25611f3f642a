"""How agents spend their time, as it is published and as `gateway agents` has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import WrapUpEnded
from gateway.core.facts.lines import GatewayStarted
from gateway.core.site.site import Agent
from gateway.edge import figures as figures_module
from gateway.edge.figures import AgentsMessage, Figures
from gateway.edge.store import Journal
from tests.edge.broker import until
from tests.edge.calls_made_up import MONDAY, SITE, step

OFFICE = replace(
    SITE, agents={name: Agent(id=name, name=name.title(), uri=f"sip:{name}@127.0.0.1") for name in ("anna", "ewa")}
)
HOUR = 3600.0


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal.db") as made:
        yield made


def changed(at: float, state: str, agent: str = "anna", reason: str = "") -> AgentChanged:
    return AgentChanged(at=at, agent=agent, state=state, reason=reason)


def folded(journal: Journal) -> Figures:
    journal.flush()
    made = Figures(journal, OFFICE)
    until(lambda: made.ready, "the figures")
    return made


def message(made: Figures, at: float, *words: str) -> AgentsMessage:
    found = made.published(at)["agents", *words].message
    assert isinstance(found, AgentsMessage)
    return found


def test_office_team_and_agent_are_published(journal: Journal) -> None:
    journal.append([changed(MONDAY, "idle"), changed(MONDAY + 60, "talking"), changed(MONDAY + 120, "paused")])
    journal.append([WrapUpEnded(at=MONDAY + 120, agent="anna", team="care", talk_s=60, hold_s=0, wrap_up_s=0)])
    made = folded(journal)
    at = MONDAY + 240.0
    whole = [words for words in made.published(at) if words[0] == "agents"]
    assert whole == [("agents", "office"), ("agents", "team", "care"), ("agents", "agent", "anna")]
    anna = message(made, at, "agent", "anna")
    assert (anna.scope, anna.name, anna.site, anna.journal) == ("agent", "anna", "demo", journal.id)
    assert (anna.figures.logged_in_s, anna.figures.paused_s, anna.figures.occupancy) == (240.0, 120.0, 0.5)
    assert anna.figures.cph == pytest.approx(30.0)
    assert message(made, at, "team", "care").figures == anna.figures == message(made, at, "office").figures
    day = made.agents(at)
    assert (day["anna"].times, day["ewa"].times.logged_in_s) == (anna.figures, 0.0)
    made.close()


def test_what_grows_by_time_alone_goes_out_once_a_minute(journal: Journal) -> None:
    journal.append([changed(MONDAY, "idle")])
    made = folded(journal)
    seen = [made.published(MONDAY + second)["agents", "agent", "anna"].seen for second in (60.0, 61.0, 119.9, 120.0)]
    assert seen[0] == seen[1] == seen[2] != seen[3]
    assert made.next_change(MONDAY + 61.0) == MONDAY + 120.0
    assert made.agents(MONDAY + 61.0)["anna"].times.logged_in_s == 61.0
    made.close()


def test_nobody_there_moves_nothing_before_the_day_ends(journal: Journal) -> None:
    journal.append([changed(MONDAY, "idle"), changed(MONDAY + 10, "off")])
    made = folded(journal)
    assert made.next_change(MONDAY + 61.0) == MONDAY + 15 * HOUR  # midnight in Warsaw
    made.close()


def test_from_a_long_journal_what_everybody_was_is_carried_in(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures_module, "REFOLD_MAX", 50)
    before = MONDAY - 3 * 24 * HOUR
    journal.append([changed(before, "idle"), changed(before, "paused", "ewa", "leave")])
    journal.append([step(before + 1, str(number)) for number in range(100)])
    journal.append([step(MONDAY, "today")])
    made = folded(journal)
    at = MONDAY + 3 * HOUR
    since_midnight = at - message(made, at, "office").figures.start
    assert since_midnight == 12 * HOUR
    assert message(made, at, "agent", "anna").figures.idle_s == since_midnight
    assert message(made, at, "agent", "ewa").figures.pauses == {"leave": since_midnight}
    made.close()


def test_the_night_without_the_box_is_nobodys(journal: Journal) -> None:
    started = GatewayStarted(at=MONDAY, site="demo", site_version="v1", version="0")
    journal.append([changed(MONDAY - 20 * HOUR, "idle"), step(MONDAY - 19 * HOUR, "the last"), started])
    made = folded(journal)
    assert message(made, MONDAY + HOUR, "agent", "anna").figures.logged_in_s == HOUR
    made.close()
