"""The narrator on those who take calls: the desk's flow, and who is paused for letting the phone ring."""

from __future__ import annotations

from typing import get_args

import pytest
from msgspec.structs import replace

from gateway.config.load import load_site
from gateway.core.facts.agents import (
    AgentAutoPaused,
    AgentIdentified,
    AgentTold,
    AnyAgentFact,
    Command,
    LeaseExpired,
    Taken,
)
from gateway.simulate import agent_story
from gateway.simulate.narrator import Narrator, transcript
from gateway.simulate.office import simulate
from gateway.simulate.script_files import testable as with_all_numbers

from . import office
from .shipped_site import make_site

FACTS = [
    AgentIdentified(at=1.0, step="who", agent="anna", how="code"),
    AgentIdentified(at=1.0, step="who", agent="anna", how="phone"),
    AgentAutoPaused(at=1.0, agent="anna", team="office", unanswered=3, limit=3),
    LeaseExpired(at=1.0, agent="anna", leg="x.1", held_s=80.0),
    *(
        AgentTold(at=1.0, agent="anna", command=command, how=how, reason=reason)
        for command in get_args(Command)
        for how in get_args(Taken)
        for reason in ("", "lunch")
    ),
]


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_fact_has_its_sentence(language):
    assert {type(fact) for fact in FACTS} == set(get_args(AnyAgentFact))
    narrator = Narrator(office.SITE, language, started_at=0.0)
    for fact in FACTS:
        told = narrator.tell(1.0, fact)
        assert told is not None
        assert "Anna Nowak" in told.text
        assert "{" not in told.text
        assert narrator.line(told)


def test_both_languages_tell_the_same():
    for table in (agent_story.TEXTS, agent_story.LABELS, agent_story.COMMANDS, agent_story.HOW):
        assert set(table["pl"]) == set(table["en"])


@pytest.mark.parametrize(
    ("language", "told"),
    [("pl", "Anna Nowak: przerwa (lunch)"), ("en", "Anna Nowak: a pause (lunch)")],
)
def test_a_call_to_the_desk_is_told(tmp_path, language, told):
    settings = load_site(make_site(tmp_path / "site"))
    site = with_all_numbers(settings.site)
    run = simulate(site, office.plan(called="flow:agent_desk_pl", keys="2001#, 1234#, 3, 1"), lengths=office.LENGTHS)
    text = transcript(site, run.log, language, started_at=office.AT)
    assert told in text


def test_who_lets_the_phone_ring_too_often_is_paused_and_the_caller_hears_nothing_of_it():
    team = replace(office.SITE.teams["office"], auto_pause_after=1)
    site = replace(office.SITE, teams={**office.SITE.teams, "office": team})
    run = simulate(site, office.plan(caller=office.KNOWN, agents={"anna": "silent"}), lengths=office.LENGTHS)
    text = transcript(site, run.log, "en", started_at=office.AT)
    assert "Anna Nowak is paused: the phone rang for nothing 1 times in a row" in text
    assert run.record.answered_by != "anna"
