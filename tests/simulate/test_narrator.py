"""The story of a call in words: nothing without a sentence, both languages alike, and whole transcripts as files."""

from __future__ import annotations

import ast
import inspect
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from gateway.core.facts.calls import CallRecord, Declined, Outcome, QueueLeft, Stage
from gateway.core.queue import owners, routing, stage_reasons
from gateway.simulate import owner_story, words
from gateway.simulate.narrator import Narrator

from .golden import same_as_golden
from .office import AT, ENGLISH, KNOWN, POLISH, SITE, TEST, run, story

GOLDEN = Path(__file__).parent / "golden"
TABLES = (
    words.REASONS,
    owner_story.NUMBER_REASONS,
    owner_story.ROLES,
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
    "nobody_there": {"called": ENGLISH, "caller": "", "keys": "1002#, 0, speak 3s, hang up",
                     "everyone": "off"},
    "overflow": {"called": POLISH, "caller": KNOWN, "agents": {"marek": "answers"}, "everyone": "paused"},
    "test_number": {"called": TEST, "keys": "1, 5, 2, nothing, #"},
    "turned_away": {"called": "+48229999999"},
}  # fmt: skip


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("name", CALLS)
def test_transcripts(name, language):
    same_as_golden(story(language, **CALLS[name]), GOLDEN / f"{name}.{language}.txt")


def reasons_in_the_source() -> set[str]:
    """Every reason that routing and owners write out, in a call that enters a stage or says who is first."""
    found: set[str] = set()
    for module in (routing, owners):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if named and node.func.id in {"_stage", "_team", "_overflow", "First"}:
                given = (*node.args, *(keyword.value for keyword in node.keywords))
                found |= {part.value for arg in given for part in ast.walk(arg) if isinstance(part, ast.Constant)}
    return {code for code in found if isinstance(code, str)} - {"", *get_args(Stage), *get_args(owners.Role)}


def test_no_routing_decision_is_without_its_sentence():
    made = {"_", "number_", "no_answer"}  # parts of those that are put together
    written = reasons_in_the_source() - made
    assert {"manager_free", "max_wait", "overflow_wait", "manager_absent"} <= written <= set(stage_reasons.ALL)
    for language in ("pl", "en"):
        assert set(words.REASONS[language]) == set(stage_reasons.ALL)
        behind = {*stage_reasons.OVERFLOW, *stage_reasons.FURTHER}
        assert set(owner_story.NUMBER_REASONS[language]) == behind


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
