"""The story of a call in words: nothing without a sentence, both languages alike, and whole transcripts as files."""

from __future__ import annotations

import ast
import inspect
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from gateway.core import routing
from gateway.core.agents import WhyNot
from gateway.core.facts import CallRecord, Declined, Outcome, QueueLeft, Stage
from gateway.simulate import words
from gateway.simulate.narrator import Narrator

from .golden import same_as_golden
from .office import AT, ENGLISH, KNOWN, POLISH, SITE, TEST, run, story

GOLDEN = Path(__file__).parent / "golden"
TABLES = (
    words.REASONS,
    words.DECLINED,
    words.STAGES,
    words.LEFT,
    words.OUTCOMES,
    words.ENDED_BY,
    words.REFUSED,
    words.LABELS,
    words.TEXTS,
)
CALLS = {
    "manager_busy": {"called": POLISH, "caller": KNOWN, "agents": {"anna": "busy"}},
    "manager_silent_team_refuses": {
        "called": ENGLISH,
        "caller": KNOWN,
        "agents": {"anna": "silent", "piotr": "refuses", "ewa": "answers after 3s"},
    },
    "wrong_number_then_invoices": {"called": POLISH, "keys": "4711#, 4712#, wait 1s, 1", "everyone": "unreachable",
                                   "hang_up_after_s": 60.0},
    "nobody_there": {"called": ENGLISH, "caller": "", "keys": "1002#, 0", "everyone": "off"},
    "overflow": {"called": POLISH, "caller": KNOWN, "agents": {"marek": "answers"}, "everyone": "paused"},
    "test_number": {"called": TEST, "keys": "1, 5, 2, nothing, #"},
    "turned_away": {"called": "+48229999999"},
}  # fmt: skip


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("name", CALLS)
def test_transcripts(name, language):
    same_as_golden(story(language, **CALLS[name]), GOLDEN / f"{name}.{language}.txt")


def reasons_of_the_core():
    """Every code that routing.py gives to a StageEntered: constants, and "manager_" with each reason not to answer."""
    tree = ast.parse(inspect.getsource(routing))
    found = {"max_wait"}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"_stage", "_team", "_overflow"}
        ):
            found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    assert 'f"manager_{why}"' in inspect.getsource(routing)
    never = {"", "cancelled", "failed"}  # one who is not rung any more; no free leg, which keeps the stage
    return (found - set(get_args(Stage))) | {
        f"manager_{why}" for why in {*get_args(WhyNot), *get_args(Declined)} - never
    }


def test_no_routing_decision_is_without_its_sentence():
    told = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", routing.__doc__.split("Reasons of StageEntered:")[1]))
    codes = reasons_of_the_core()
    assert told == codes
    for language in ("pl", "en"):
        assert set(words.REASONS[language]) == codes


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (words.DECLINED, get_args(Declined)),
        (words.STAGES, get_args(Stage)),
        (words.OUTCOMES, get_args(Outcome)),
        (words.LEFT, ("answered", "abandoned", "overflowed", "lost")),
        (words.ENDED_BY, ("caller", "agent", "flow", "line", "box")),
    ],
)
def test_every_code_has_a_sentence_in_both_languages(table, codes):
    assert set(table["pl"]) == set(table["en"]) == set(codes)
    for kind, field in ((QueueLeft, "outcome"), (CallRecord, "ended_by")):
        assert re.search(rf"{field}: Literal\[", inspect.getsource(kind))


def test_both_languages_tell_the_same():
    for table in TABLES:
        assert table["pl"].keys() == table["en"].keys()
        for code in table["pl"]:
            fields = [
                {name for _, name, _, _ in string.Formatter().parse(table[tongue][code]) if name}
                for tongue in ("pl", "en")
            ]
            assert fields[0] == fields[1], code


def test_the_data_of_a_moment_are_codes_and_the_text_is_words():
    narrator = Narrator(SITE, "pl", started_at=AT)
    moments = [told for at, happened in run(**CALLS["manager_busy"]).log if (told := narrator.tell(at, happened))]
    (decision,) = [moment for moment in moments if moment.data.get("reason") == "manager_busy"]
    assert decision.kind == "stage"
    assert decision.data == {"stage": "team", "team": "office", "reason": "manager_busy"}
    assert "opiekun klienta jest zajęty" in decision.text
