"""Every fact of watching over the office has its sentence, in both languages, with nothing left to fill in."""

from __future__ import annotations

from typing import get_args

import pytest

from gateway.core.alarms.wait_causes import judged
from gateway.core.facts.desk import CaseEscalated, TaskClosed, TaskOpened, TaskOverdue
from gateway.core.facts.usual import Compared
from gateway.core.facts.watch import AlarmKind, AlarmRaised, AnyWatchFact, SupervisionRefusal, SupervisionRefused
from gateway.core.site.site import Team
from gateway.simulate import watch_story
from gateway.simulate.narrator import Narrator
from gateway.simulate.watch_story import moment, sentence
from tests.core.factory import site
from tests.edge.mqtt_examples_watch import watched

TOLD = watched()


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("fact", TOLD, ids=lambda fact: type(fact).__name__)
def test_it_is_told_in_words(fact, language):
    told = Narrator(site(), language, started_at=fact.at).tell(fact.at, fact)
    assert told is not None
    assert "{" not in told.text
    assert "None" not in told.text


def test_every_kind_is_told():
    kinds = {type(fact) for fact in TOLD}
    assert kinds == {*get_args(AnyWatchFact), CaseEscalated, TaskOpened, TaskOverdue, TaskClosed}
    assert all(moment(fact) is not None for fact in TOLD)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_code_has_a_sentence(language):
    texts = watch_story.TEXTS[language]
    for alarm in get_args(AlarmKind):
        assert {f"alarm_{alarm}", f"cleared_{alarm}"} <= texts.keys()
    for reason in get_args(SupervisionRefusal):
        assert f"refused_{reason}" in texts
    assert watch_story.TEXTS["pl"].keys() == watch_story.TEXTS["en"].keys()


def test_people_and_teams_have_their_names():
    fact = SupervisionRefused(at=0.0, who="ewa", agent="jan", code="2002", reason="not_talking")
    told = Narrator(site(), "pl", started_at=0.0).tell(0.0, fact)
    assert told is not None
    assert told.text == "Jan Lis: nie prowadzi rozmowy"
    team = Team(id="office", name="Biuro", agents=())
    alarm = AlarmRaised(at=0.0, alarm="service_level", team=team.id, value=0.7342, threshold=0.8, since=0.0)
    assert sentence(alarm, team.name) == (
        "Biuro: 73.4 % is the best that this quarter of an hour can reach, 80.0 % is wanted"
    )


def test_an_alarm_of_waits_tells_why():
    cause = judged(Compared(now=24.0, usual=11.0), Compared(), Compared(now=2.0, usual=2.0), weeks=4)
    alarm = AlarmRaised(at=0.0, alarm="longest_wait", team="office", value=60.0, threshold=60.0, since=0.0, cause=cause)
    told = {language: Narrator(site(), language, started_at=0.0).tell(0.0, alarm) for language in ("pl", "en")}
    assert told["pl"] is not None
    assert told["pl"].text.endswith("Więcej zgłoszeń niż zwykle (24 w kwadrans, zwykle 11).")
    assert told["en"] is not None
    assert told["en"].text.endswith("More contacts than usual (24 in a quarter of an hour, usually 11).")
    assert sentence(alarm, "Biuro") == (
        "Biuro: somebody has waited for 60 s, 60 s are allowed. "
        "More contacts than usual (24 in a quarter of an hour, usually 11)."
    )
