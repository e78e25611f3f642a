"""Transfers, talks of three and parking as people read them: every code has its sentence in both languages."""

from __future__ import annotations

import ast
import inspect
from typing import get_args, get_type_hints

import pytest

from gateway.core.facts.calls import CallBridged, TalkEnded
from gateway.core.facts.talk import (
    AnyTalkFact,
    CodeRefused,
    Conferenced,
    Consulted,
    Parked,
    TransferAsked,
    TransferDone,
    TransferFailed,
    Unparked,
)
from gateway.core.talk import park
from gateway.simulate import talk_story
from gateway.simulate.narrator import Narrator
from tests.core.factory import START, site

AT = {"at": START + 5, "call": "A-b1-1"}
TO = {"target": "agent", "to": "jan"}
EXAMPLES = (
    TransferAsked(**AT, **TO, agent="anna", how="blind", via="refer"),
    TransferDone(**AT, **TO, agent="anna", how="blind", answered_by="jan", after_s=4.25),
    TransferFailed(**AT, **TO, agent="anna", how="blind", reason="busy", then="stays"),
    Consulted(**AT, agent="jan", by="anna", talk_s=12.0, outcome="back"),
    Conferenced(**AT, agent="anna", other="jan"),
    Parked(**AT, agent="anna", slot="3"),
    Unparked(**AT, slot="3", how="taken", agent="jan", parked_s=31.0),
    CodeRefused(**AT, agent="anna", code="*4", reason="nobody_consulted"),
    CallBridged(**AT, agent="jan", leg="x", stage="team", team="office", wait_s=4.25, after="transfer"),
    TalkEnded(**AT, agent="anna", talk_s=60.0, hold_s=0.0, by="transfer"),
)
ENGLISH = (
    "Anna Nowak transfers the call to Jan Lis",
    "the call is transferred to Jan Lis (after 4.2 s)",
    "Anna Nowak does not transfer the call to Jan Lis (busy); the agent keeps the caller",
    "Anna Nowak goes back to the caller, Jan Lis is let go (asked for 12.0 s)",
    "all three hear each other: Anna Nowak, Jan Lis and the caller",
    "Anna Nowak parks the caller at slot 3",
    "Jan Lis takes the caller back from slot 3, after 31.0 s",
    "Anna Nowak keys *4, which can do nothing: nobody is being asked",
    "Jan Lis answers, 4.2 s after the hand-over",
    "Anna Nowak is through after 60.0 s",
)


def told(fact, language="en"):
    moment = Narrator(site(), language, started_at=START).tell(START + 5, fact)
    assert moment is not None
    return moment.text


@pytest.mark.parametrize(("fact", "text"), list(zip(EXAMPLES, ENGLISH, strict=True)))
def test_a_sentence_for_each_kind(fact, text):
    assert told(fact) == text
    assert told(fact, "pl") != text
    assert "{" not in told(fact, "pl")


def test_every_kind_is_among_them():
    assert {type(fact) for fact in EXAMPLES} >= set(get_args(AnyTalkFact))


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("kind", get_args(AnyTalkFact))
def test_every_code_has_its_words(kind, language):
    example = next(fact for fact in EXAMPLES if type(fact) is kind)
    hints = get_type_hints(kind)
    for field in ("reason", "then", "outcome", "how"):
        for code in get_args(hints.get(field)):
            fact = type(example)(**{name: getattr(example, name) for name in kind.__struct_fields__} | {field: code})
            assert "_" not in told(fact, language)
            if field in {"reason", "then"}:
                assert code in (talk_story.THEN if field == "then" else talk_story.REASONS)[language]


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_reason_for_turning_away_who_wants_a_parked_caller_has_its_words(language):
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(park))) if isinstance(node, ast.Call)]
    reasons = {call.args[-1].value for call in calls if getattr(call.func, "id", "") == "_turn_away"}
    assert reasons == talk_story.REFUSED[language].keys()
