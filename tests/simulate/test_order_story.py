"""Why an agent is rung, and what becomes of skills, as people read it."""

from __future__ import annotations

import ast
import inspect
from typing import get_args

import pytest

from gateway.core.facts.calls import AgentOffered
from gateway.core.facts.skills import SkillsRelaxed
from gateway.core.flow.queue_order import Strategy
from gateway.core.queue import choosing, seeking
from gateway.core.steps import ringing
from gateway.simulate import words
from gateway.simulate.narrator import Narrator
from tests.core.factory import START, site

OTHERS = {"preferred_skill", "next_caller", "again"}


def told(fact, language: str = "en", *, of=None) -> str:
    moment = Narrator(of or site(), language, started_at=START).tell(START, fact)
    assert moment is not None
    return moment.text


def offered(why: str, stage: str = "team") -> AgentOffered:
    return AgentOffered(at=START, call="c", agent="jan", leg="l", stage=stage, team="office", why=why)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_reason_has_a_sentence_of_its_own(language):
    codes = {*get_args(Strategy), *OTHERS}
    sentences = {told(offered(code), language) for code in codes}
    assert len(sentences) == len(codes)
    assert all(sentence.startswith("Jan Lis (") and "Biuro" in sentence for sentence in sentences)


def test_no_code_is_given_that_has_no_sentence():
    """Every constant that is given as a reason, in the queue or by a step."""
    picks = [
        node
        for module in (seeking, choosing, ringing)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Pick")
        or (isinstance(node, ast.FunctionDef) and node.name == "_why")
    ]
    parts = (part for node in picks for part in ast.walk(node) if isinstance(part, ast.Constant))
    written = {part.value for part in parts if str(part.value).replace("_", "").isalpha()}
    assert {"manager", "ring_all", "longest_idle", "preferred_skill", "again", "next_caller"} <= written
    doc = seeking.__doc__ or ""
    for code in {*written, *get_args(Strategy), *OTHERS} - {"manager"}:
        assert f"offer_{code}" in words.TEXTS["en"], code
        assert code in doc, code


def test_a_journal_of_before_the_reasons_is_told_as_it_was():
    assert told(offered("")) == "Jan Lis (longest idle of Biuro)"
    assert told(offered("", "manager")) == told(offered("manager", "manager")) == "Jan Lis (assigned manager)"


def test_what_time_takes_off():
    step = SkillsRelaxed(at=START, call="c", team="office", reason="step_down", needs={"invoices": 4, "en": 1})
    assert told(step) == "the skills asked for are a step lower after this time of waiting: invoices 4, en 1"
    over = SkillsRelaxed(at=START, call="c", team="office", reason="preference_over")
    assert told(over, "pl") == "nikt nie ma już pierwszeństwa ze względu na umiejętności, po tym czasie czekania"
