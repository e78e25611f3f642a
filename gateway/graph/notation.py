"""Conditions, exits and prompts as the admin writes them in the file: what is drawn can be looked up there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from gateway.core.flow.base import AllOf, AnyOf, Comparison, Exit, Not, Prompt, Retry, Rule
from gateway.core.flow.model import (
    AskService,
    Branch,
    Collect,
    FindClient,
    Goto,
    HolidayStep,
    HoursStep,
    Loop,
    Menu,
    Queue,
    SetValues,
    Split,
    Subflow,
    Voicemail,
)

if TYPE_CHECKING:
    from gateway.core.flow.base import Condition
    from gateway.core.flow.exits import Edge
    from gateway.core.flow.model import AnyStep

OTHERWISE = "otherwise"
WORDS_SHOWN = 60
"""Characters of what is said."""
_BARE = re.compile(r"[^\s(),\"'=!<>{}]+")
_RESERVED = {"and", "or", "not", "in"}


def condition(wanted: Condition | None) -> str:
    """A condition in the notation of `if:`; "otherwise" for none."""
    return OTHERWISE if wanted is None else _any(wanted)


def _any(wanted: Condition) -> str:
    return " or ".join(map(_all, wanted.parts)) if isinstance(wanted, AnyOf) else _all(wanted)


def _all(wanted: Condition) -> str:
    return " and ".join(map(_part, wanted.parts)) if isinstance(wanted, AllOf) else _part(wanted)


def _part(wanted: Condition) -> str:
    match wanted:
        case Comparison():
            return _comparison(wanted)
        case Not():
            return f"not {_part(wanted.part)}"
        case AllOf() | AnyOf():
            return f"({_any(wanted)})"
    assert_never(wanted)


def _comparison(wanted: Comparison) -> str:
    left = wanted.variable
    if wanted.function:
        argument = f", {_value(wanted.argument)}" if wanted.function in {"starts_with", "ends_with"} else ""
        left = f"{wanted.function}({left}{argument})"
    if wanted.op == "known":
        return left
    if wanted.op == "in":
        return f"{left} in ({', '.join(map(_value, wanted.values))})"
    right = f"{{{wanted.other}}}" if wanted.other else _value(wanted.values[0])
    return f"{left} {wanted.op} {right}"


def _value(value: str) -> str:
    if _BARE.fullmatch(value) and value not in _RESERVED:
        return value
    return f"'{value}'" if '"' in value else f'"{value}"'


def exit_label(step: AnyStep, edge: Edge) -> str:
    """An exit as the file has it: a key, a condition, or the option's name with its tries."""
    value = getattr(step, edge.option)
    if edge.option == "human":
        return "0 (human)"
    match value:
        case Retry():
            return f"{edge.option} (tries: {value.tries})"
        case dict():
            share = f": {step.shares[edge.index]}" if isinstance(step, Split) else ""
            inner = value.get(edge.index)
            return f"{edge.index}{share}{_sets(inner)}{_recent(step, edge.index)}"
        case tuple() if isinstance(step, Branch):
            rule: Rule = value[int(edge.index)]
            return f"{condition(rule.condition)}{_sets(rule.exit)}"
        case _:
            return "" if edge.option == "then" and not isinstance(step, Loop) else edge.option


def _sets(taken: object) -> str:
    if not isinstance(taken, Exit) or not taken.set:
        return ""
    return f" {{{', '.join(f'{name}: {value}' for name, value in taken.set)}}}"


def _recent(step: AnyStep, key: str) -> str:
    texts = step.texts if isinstance(step, Menu) else ()
    return next((f" (first when recent: {text.recent})" for text in texts if text.key == key and text.recent), "")


def verb(step: AnyStep) -> str:
    """The word for the step in the file."""
    if isinstance(step, Goto) and step.flow:
        return "go_to_flow"
    return str(getattr(step, "verb", step.VERB))


def about(step: AnyStep) -> str:
    """What a step works with, where that is not its text: the queue's team, the calendar, the variable."""
    match step:
        case Queue():
            return step.to
        case Voicemail():
            return step.to
        case HoursStep():
            return step.calendar
        case HolidayStep():
            return step.day
        case Collect():
            return step.variable
        case AskService():
            return step.service
        case FindClient():
            return f"{step.by} {step.variable}"
        case Subflow() | Goto():
            return step.flow
        case Loop():
            return str(step.times)
        case Split():
            return step.split
        case SetValues():
            return ", ".join(f"{name}: {value}" for name, value in step.values)
        case _:
            return ""


def said(step: AnyStep, language: str) -> str:
    """The first words that the step says, in that language or in whichever there is; empty for a silent step."""
    values = (getattr(step, field) for field in step.__struct_fields__)
    prompt = next((value for value in values if isinstance(value, Prompt)), None)
    if prompt is None or not prompt.parts:
        return ""
    parts = prompt.parts.get(language) or next(iter(prompt.parts.values()))
    text = " ".join((part.clip.words if part.clip is not None else f"{{{part.variable}}}") for part in parts)
    text = " ".join(text.split())
    return text if len(text) <= WORDS_SHOWN else text[: WORDS_SHOWN - 1].rstrip() + "…"
