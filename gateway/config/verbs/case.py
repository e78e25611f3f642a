"""The verb `case`: open one, or ask for the state of one by its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import DAY_S, clean, shown
from gateway.config.verbs.ask import WAIT_S
from gateway.config.verbs.shape import STEP, Shape, Verb
from gateway.config.verbs.voice import addressee
from gateway.core.desk.cases import LIMIT_S, WARN_S
from gateway.core.flow import model
from gateway.core.flow.steps_case import CASE

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.config.source import Mapping
    from gateway.config.variables import Variables
    from gateway.core.facts.desk import CaseKind
    from gateway.core.flow.model import AnyStep

_LIMITS_S = (60.0, 31 * DAY_S)
_WHAT = "open, or status"


def _case(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.scalar("case", expected=_WHAT, needed=True)
    what = clean(node.value) if node else "open"
    if what == "status":
        return _status(parts, section, name)
    if what != "open" and node is not None:
        among = ("open", "status")
        parts.problems.add(node.place, f"a case cannot be '{shown(what)}'", expected=_WHAT, wrong=what, among=among)
    return _open(parts, section, name)


def _open(parts: StepParts, section: Section, name: str) -> AnyStep:
    to, whose, team = addressee(parts, section, "for")
    word = section.text("kind", "question", expected="question or complaint")
    kind: CaseKind = "complaint" if word == "complaint" else "question"
    if word not in {"question", "complaint"}:
        among = ("question", "complaint")
        place = section.node.items["kind"][1].place
        parts.problems.add(
            place, f"'{shown(word)}' is no kind of case", expected=", ".join(among), wrong=word, among=among
        )
    warn_s, limit_s = _limits(parts, section, kind)
    return model.OpenCase(
        name=name,
        place=str(section.place),
        kind=kind,
        to=to,
        whose=whose,
        team=team,
        warn_s=warn_s,
        limit_s=limit_s,
        prompt=parts.prompt(section, "say"),
        then=parts.then(section),
    )


def _limits(parts: StepParts, section: Section, kind: CaseKind) -> tuple[float | None, float | None]:
    """(warning, limit) in seconds; a question has none unless it is given."""
    if kind == "question" and not section.has("limit"):
        if section.has("warn"):
            parts.problems.add(section.key_place("warn"), "a warning without a 'limit'", hint="say the limit, too")
            section.mark("warn")
        return None, None
    limit_s = section.seconds("limit", LIMIT_S, low=_LIMITS_S[0], high=_LIMITS_S[1])
    warn_s = section.seconds("warn", limit_s * WARN_S / LIMIT_S, low=_LIMITS_S[0] / 2, high=_LIMITS_S[1])
    if warn_s >= limit_s:
        parts.problems.add(section.key_place("warn"), "the warning comes no earlier than the limit")
    return warn_s, limit_s


def _status(parts: StepParts, section: Section, name: str) -> AnyStep:
    return model.CaseStatus(
        name=name,
        place=str(section.place),
        prompt=parts.must(parts.prompt(section, "say", needed=True)),
        first_key_s=section.seconds("first_key", 6.0, low=WAIT_S[0], high=WAIT_S[1]),
        next_key_s=section.seconds("next_key", 4.0, low=WAIT_S[0], high=WAIT_S[1]),
        open=parts.then(section, "open"),
        closed=parts.then(section, "closed"),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


def _number(_step: Mapping, variables: Variables) -> None:
    variables.collected.add(CASE)


VERBS = {
    "case": Verb(
        _case,
        Shape.WORD,
        {
            "kind": Shape.WORD,
            "for": Shape.WORD,
            "team": Shape.WORD,
            "warn": Shape.LENGTH,
            "limit": Shape.LENGTH,
            "say": Shape.SAID,
            "then": STEP,
            "first_key": Shape.LENGTH,
            "next_key": Shape.LENGTH,
            "open": STEP,
            "closed": STEP,
            "no_input": Shape.RETRY,
            "no_match": Shape.RETRY,
        },
        notes=_number,
    ),
}
