"""`quality:` in gateway.yaml: how many recorded talks of each agent are drawn of a week, who scores them, and the form:

    quality:
      per_agent_week: 3
      reviewer: ewa
      due: 7 days
      form:
        greeting: {ask: {pl: "Czy się przedstawił?", en: "Did he give his name?"}}
        clear: {ask: "...", answer: 1-5, weight: 3}
        consent: {ask: "...", critical: yes}
        remark: {ask: "...", answer: note}

It is read when agents and the languages are known, and judged once more when the flows are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol, get_args

from gateway.config.fields import DAY_S, Section, clean, kind, shown
from gateway.config.network import NAME
from gateway.config.problems import Place
from gateway.config.source import Mapping, Scalar
from gateway.core.flow.model import Consent
from gateway.core.site.quality_form import Kind, QualityRules, Question

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from collections.abc import Mapping as MappingOf

    from gateway.config.problems import Problems
    from gateway.core.flow.model import Flow
    from gateway.core.site.site import Agent

PER_WEEK = (1, 50)
DUE_DAYS = (1, 90)
WEIGHT = (0, 100)
QUESTIONS_MAX = 40
WEEK_DAYS = 7
SECTION = "quality"
_KINDS: tuple[Kind, ...] = get_args(Kind)
_DAYS = re.compile(r"([0-9]{1,4}) ?days?")
_DUE = f"a number of days from {DUE_DAYS[0]} to {DUE_DAYS[1]}, such as 7 days"
_FORM = 'questions, such as greeting: {ask: "Czy się przedstawił?"}'
_ASK = 'a text in quotes, or {pl: "...", en: "..."}'


class _Read(Protocol):
    """What is known of gateway.yaml by then, and what becomes known."""

    voices: dict[str, str]
    agents: dict[str, Agent] | None
    keep_days: int
    quality: Quality | None


class Quality(NamedTuple):
    """The section as read, and where it stands."""

    place: Place
    rules: QualityRules


def read_quality(root: Section, problems: Problems, made: _Read) -> Quality | None:
    """`quality:`; None without it, or when it cannot be read."""
    node = root.mapping(SECTION, expected="reviewer: and form:, the questions")
    if node is None:
        return None
    section = Section(node, problems, f"'{SECTION}'", root.key_place(SECTION))
    before = len(problems)
    usual = QualityRules()
    due_days = _due(section, round(usual.due_s / DAY_S))
    rules = QualityRules(
        per_agent_week=section.whole("per_agent_week", usual.per_agent_week, low=PER_WEEK[0], high=PER_WEEK[1]),
        reviewer=_reviewer(section, made.agents),
        due_s=due_days * DAY_S,
        form=tuple(_form(section, problems, made.voices)),
    )
    section.done()
    if 0 < made.keep_days < WEEK_DAYS + due_days:
        problems.add(
            root.key_place("recordings"),
            f"recordings are deleted after {made.keep_days} days, before the talks of a week can be scored",
            expected=f"keep: {WEEK_DAYS + due_days} days or more: a week until the draw, and `due:` of {SECTION}:",
        )
    return Quality(root.key_place(SECTION), rules) if len(problems) == before else None


def check_recorded(made: Quality | None, flows: MappingOf[str, Flow], problems: Problems) -> None:
    """Without a step that asks for consent no talk is ever recorded, and none could be drawn."""
    if made is None or any(isinstance(step, Consent) for flow in flows.values() for step in flow.steps.values()):
        return
    problems.add(
        made.place,
        "no talk would ever be drawn: no flow asks whether it may be recorded",
        hint="write a step `consent` before the queue (ivr_flows/README.md)",
    )


def _due(section: Section, usual: int) -> int:
    node = section.scalar("due", expected=_DUE)
    if node is None:
        return usual
    found = _DAYS.fullmatch(clean(node.value))
    if found is None or not DUE_DAYS[0] <= int(found[1]) <= DUE_DAYS[1]:
        section.problems.add(node.place, f"'{shown(node.value)}' cannot be read as 'due'", expected=_DUE)
        return usual
    return int(found[1])


def _reviewer(section: Section, agents: Collection[str] | None) -> str:
    node = section.scalar("reviewer", expected="the agent who scores where a team has no leader", needed=True)
    name = clean(node.value) if node is not None else ""
    if node is not None and agents is not None and name not in agents:
        section.problems.add(
            node.place, f"there is no agent '{shown(name)}'", expected=", ".join(agents), wrong=name, among=agents
        )
    return name


def _form(section: Section, problems: Problems, languages: Collection[str]) -> Iterable[Question]:
    node = section.mapping("form", expected=_FORM, needed=True)
    if node is None:
        return []
    place, found = section.key_place("form"), []
    for key, (name, value) in node.items.items():
        if not NAME.fullmatch(clean(key)):
            problems.add(name.place, f"'{shown(key)}' cannot be a name", expected="letters, digits, - and _")
        elif isinstance(value, Mapping):
            one = Section(value, problems, f"question '{shown(key)}'", name.place)
            found.append(_question(clean(key), one, languages))
        elif isinstance(value, Scalar) and any(char.isalnum() for char in value.value):
            found.append(Question(name=clean(key), ask=dict.fromkeys(languages, clean(value.value))))
        else:
            wrong = "has no text" if isinstance(value, Scalar) else f"is {kind(value)}"
            problems.add(value.place, f"question '{shown(key)}' {wrong}", expected=_ASK)
    if len(node.items) > QUESTIONS_MAX:
        problems.add(place, f"a form of {len(node.items)} questions", expected=f"{QUESTIONS_MAX} at most")
    if found and not any(question.answer != "note" and question.weight for question in found):
        problems.add(place, "nothing in the form scores", expected="a question with yes_no or 1-5 and a weight")
    elif not node.items:
        problems.add(place, "the form has no question", expected=_FORM)
    return found


def _question(name: str, section: Section, languages: Collection[str]) -> Question:
    ask = _ask(section, languages)
    node = section.scalar("answer", expected=", ".join(_KINDS))
    word = clean(node.value) if node is not None else _KINDS[0]
    answer = next((one for one in _KINDS if one == word), None)
    if answer is None and node is not None:
        section.problems.add(
            node.place,
            f"'{shown(word)}' cannot be read as 'answer'",
            expected=", ".join(_KINDS),
            wrong=word,
            among=_KINDS,
        )
    weight = section.whole("weight", 1, low=WEIGHT[0], high=WEIGHT[1])
    critical = section.yes_no("critical", default=False)
    may_skip = section.yes_no("may_skip", default=False)
    section.done()
    for key in ("weight", "critical", "may_skip") if answer == "note" else ():
        if section.has(key):
            section.problems.add(section.key_place(key), f"a note scores nothing: it has no '{key}'", hint="delete it")
    if critical and answer == "1-5":
        place = section.key_place("critical")
        section.problems.add(place, "only a question of yes or no is critical", hint="delete it")
    answer = answer or "yes_no"
    return Question(name=name, ask=ask, answer=answer, weight=weight, critical=critical, may_skip=may_skip)


def _ask(section: Section, languages: Collection[str]) -> dict[str, str]:
    """What is asked, by language; one text is for all of them."""
    node = section.get("ask", expected=_ASK, needed=True)
    if node is None:
        return {}
    texts = node.items if isinstance(node, Mapping) else {"": (node, node)}
    found: dict[str, str] = {}
    for language, (name, text) in texts.items():
        if not isinstance(text, Scalar) or not any(char.isalnum() for char in text.value):
            wrong = "there is no text" if isinstance(text, Scalar) else f"what is asked is {kind(text)}"
            section.problems.add(text.place, wrong, expected=_ASK)
        elif language and languages and language not in languages:
            section.problems.add(
                name.place,
                f"the site does not speak '{shown(language)}'",
                expected=", ".join(languages),
                wrong=language,
                among=languages,
            )
        else:
            found |= dict.fromkeys([language] if language else languages, clean(text.value))
    return found
