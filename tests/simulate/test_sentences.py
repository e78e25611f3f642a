"""Whatever a fact of the queue says, the narrator has a sentence for it in both languages: every kind, every code."""

from __future__ import annotations

import itertools
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from gateway.core.alarms.wait_causes import judged
from gateway.core.facts import agents as facts_agents
from gateway.core.facts import call_back as facts_call_back
from gateway.core.facts import joining as facts_joining
from gateway.core.facts import owner as facts_owner
from gateway.core.facts import queue as facts_queue
from gateway.core.facts import skills as facts_skills
from gateway.core.facts import talk as facts_talk
from gateway.core.facts import watch as facts_watch
from gateway.core.facts.agents import AgentChanged, AgentTold
from gateway.core.facts.all import AnyFact
from gateway.core.facts.base import Fact, SideFact
from gateway.core.facts.calls import QueueLeft
from gateway.core.facts.joining import AcceptanceAsked
from gateway.core.facts.talk import Consulted, TransferAsked, TransferDone, TransferFailed
from gateway.core.facts.usual import Compared, WaitCause
from gateway.core.facts.watch import SupervisionStarted
from gateway.simulate import words
from gateway.simulate.narrator import Narrator

from .office import AT, SITE

MODULES = (
    facts_agents,
    facts_call_back,
    facts_joining,
    facts_owner,
    facts_queue,
    facts_skills,
    facts_talk,
    facts_watch,
)
SILENT: dict[type[Fact], str] = {
    AgentChanged: "a state that follows from what is told: the ringing, the talk, or AgentTold",
}
"""Facts of those modules that need no sentence, and why."""
UNTOLD: dict[tuple[type[Fact], str], str] = {
    (AgentTold, "by"): "what becomes of the agent is the same; the journal and MQTT name the way",
    (TransferAsked, "via"): "keys or the phone's own button: to the caller it is the same transfer",
    (TransferAsked, "target"): "the sentence names the target itself",
    (TransferDone, "how"): "TransferAsked has told it",
    (TransferDone, "target"): "the sentence names the target itself",
    (TransferFailed, "how"): "TransferAsked has told it",
    (TransferFailed, "target"): "the sentence names the target itself",
}
"""Codes that change no sentence, and why."""
LANGUAGES: tuple[words.Language, ...] = ("pl", "en")


def told_facts() -> tuple[type[Fact], ...]:
    """Every side fact, and every other of the modules that have the codes."""
    names = {module.__name__ for module in MODULES}
    return tuple(kind for kind in get_args(AnyFact) if issubclass(kind, SideFact) or kind.__module__ in names)


def examples_of(hint: Any) -> tuple[Any, ...]:
    """Values of a field: each code there is; one of what is no code; both of a bool."""
    origin = get_origin(hint)
    if origin is Literal:
        return get_args(hint)
    if origin in {Union, UnionType}:
        (given,) = (part for part in get_args(hint) if part is not NoneType)
        return examples_of(given)
    if origin is tuple:
        return ((), tuple(examples_of(get_args(hint)[0])))
    if origin is dict:
        return ({"german": 2},)
    if hint is WaitCause:
        return (judged(Compared(now=24.0, usual=11.0), Compared(), Compared(), weeks=4),)
    return {str: ("office",), int: (3,), float: (AT + 12.5,), bool: (False, True)}[hint]


def every(kind: type[Fact]) -> list[Fact]:
    """One fact for every way to combine its codes."""
    hints = get_type_hints(kind)
    names = [field.name for field in msgspec.structs.fields(kind)]
    return [
        kind(**dict(zip(names, values, strict=True)))
        for values in itertools.product(*(examples_of(hints[name]) for name in names))
    ]


def codes_of(kind: type[Fact]) -> list[str]:
    return [name for name, hint in get_type_hints(kind).items() if get_origin(hint) is Literal]


@pytest.fixture
def strict(monkeypatch):
    """A code without its sentence is a mistake here, in place of being shown as it is. (Empty: nothing to say.)"""
    monkeypatch.setattr(words, "said", lambda table, language, code: code and table[language][code])


def sentence(fact: Fact, language: words.Language, *, staged: bool = True) -> str:
    narrator = Narrator(SITE, language, started_at=AT)
    narrator._staged = staged
    moment = narrator.tell(AT, fact)
    assert moment is not None, fact
    assert words.LABELS[language][moment.kind]
    return moment.text


def without(fact: Fact, name: str) -> tuple[Any, ...]:
    """The fact's other fields."""
    return tuple(repr(getattr(fact, field.name)) for field in msgspec.structs.fields(type(fact)) if field.name != name)


def test_the_kinds_are_found():
    assert {AcceptanceAsked, Consulted, SupervisionStarted} < set(told_facts())
    assert set(SILENT) <= set(told_facts())
    for module in MODULES:
        assert any(kind.__module__ == module.__name__ for kind in told_facts())


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in told_facts() if kind not in SILENT])
def test_every_fact_has_its_sentence(kind, language):
    for fact in every(kind):
        text = sentence(fact, language)
        assert "_" not in text, text  # a code as it is
        assert "{" not in text, text


@pytest.mark.parametrize("kind", SILENT)
def test_what_needs_no_sentence_has_none(kind):
    """Else the list would be longer than it has to be."""
    assert all(Narrator(SITE, "en", started_at=AT).tell(AT, fact) is None for fact in every(kind))


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "code"), [(kind, code) for kind in told_facts() if kind not in SILENT for code in codes_of(kind)]
)
def test_another_code_is_another_sentence(kind, code, language):
    """Two facts that differ in a code alone do not read alike."""
    alike: dict[tuple[Any, ...], dict[str, Any]] = {}
    same = []
    for fact in every(kind):
        texts = alike.setdefault(without(fact, code), {})
        before = texts.setdefault(sentence(fact, language), getattr(fact, code))
        if before != getattr(fact, code):
            same.append((before, getattr(fact, code)))
    assert bool(same) == ((kind, code) in UNTOLD), same[:3]


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_to_leave_a_queue_has_its_sentence(language):
    reasons = [reason for reason in get_args(facts_queue.LeftReason) if reason]
    for staged in (True, False):  # somebody was sought, or nobody ever
        texts = [
            sentence(QueueLeft(at=AT, team="office", outcome="overflowed", wait_s=12.5, reason=reason), language,
                     staged=staged)
            for reason in reasons
        ]  # fmt: skip
        assert len(set(texts)) == len(reasons)


def test_no_code_of_the_modules_is_forgotten():
    """Each list of codes that a module names is that of a field, and so tried above."""
    tried = {
        get_args(hint)
        for kind in (*told_facts(), QueueLeft)
        for hint in get_type_hints(kind).values()
        if get_origin(hint) is Literal
    }
    inner = {
        get_args(part)
        for kind in told_facts()
        for hint in get_type_hints(kind).values()
        for part in get_args(hint)
        if get_origin(part) is Literal
    }
    for module in MODULES:
        named = {get_args(value) for value in vars(module).values() if get_origin(value) is Literal}
        assert named <= tried | inner, module.__name__
