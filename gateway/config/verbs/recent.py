"""What a menu says of each choice: `say`, and which comes first when it is recent: `recent`, `within`, `say_recent`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.config.fields import DAY_S, Section, clean, shown
from gateway.config.problems import nearest
from gateway.config.source import Mapping
from gateway.config.values import yes_no
from gateway.config.verbs.shape import word
from gateway.core.flow.steps import RECENT_S, KeyText
from gateway.core.flow.steps_case import CASE
from gateway.core.steps.memory import KEPT_S

if TYPE_CHECKING:
    from gateway.config.flow_parts import StepParts
    from gateway.config.variables import Variables

OPTIONS = ("say", "recent", "within", "say_recent")
_DAYS = re.compile(r"([0-9]{1,3}) ?(?:days?|dni)")
_DAYS_MAX = int(KEPT_S / DAY_S)
_WITHIN = f"1 to {_DAYS_MAX} days such as 7 days"
_SAID = 'such as "Your order of these days, 1."'


def key_texts(parts: StepParts, choices: Mapping) -> tuple[KeyText, ...]:
    """The texts of those choices that have any."""
    found = []
    for key, (key_node, value) in choices.items.items():
        if not isinstance(value, Mapping) or not any(option in value.items for option in OPTIONS):
            continue
        section = Section(value, parts.problems, f"choice {shown(key)}", key_node.place)
        text = KeyText(
            key=key,
            prompt=parts.prompt(section, "say"),
            recent=_recent(parts, section),
            within_s=_within(section),
            prompt_recent=parts.prompt(section, "say_recent"),
        )
        _judge(section, text, choices)
        found.append(text)
    return tuple(found)


def note_recent(step: Mapping, variables: Variables) -> None:
    """What a menu names, so that its texts can say it."""
    choices = step.items["choices"][1] if "choices" in step.items else None
    for _, value in choices.items.values() if isinstance(choices, Mapping) else ():
        name = word(value, "recent") if isinstance(value, Mapping) else ""
        if name:
            variables.recent.add(name)


def note_remembered(step: Mapping, variables: Variables) -> None:
    """What a `collect` keeps for later calls."""
    name = word(step, "collect")
    if name and yes_no(word(step, "remember")):
        variables.remembered.add(name)


def _recent(parts: StepParts, section: Section) -> str:
    among = (*parts.names.remembered, CASE)
    node = section.scalar("recent", expected=", ".join(among))
    name = clean(node.value) if node is not None else ""
    if node is not None and name not in among:
        parts.problems.add(
            node.place,
            f"no 'collect' of this site remembers '{shown(name)}'",
            expected=", ".join(among),
            wrong=name,
            among=among,
            hint="" if nearest(name, among) else "add remember: yes to the step that collects it",
        )
    return name


def _within(section: Section) -> float:
    node = section.scalar("within", expected=_WITHIN)
    if node is None:
        return RECENT_S
    found = _DAYS.fullmatch(clean(node.value).lower())
    if found is None or not 1 <= int(found[1]) <= _DAYS_MAX:
        section.problems.add(node.place, f"'{shown(node.value)}' cannot be read as 'within'", expected=_WITHIN)
        return RECENT_S
    return int(found[1]) * DAY_S


def _judge(section: Section, text: KeyText, choices: Mapping) -> None:
    """Whether what is told of one choice makes sense together."""
    problems = section.problems
    if not section.has("recent"):
        for option in ("within", "say_recent"):
            if section.has(option):
                hint = "add recent: and what is recent, or delete this"
                problems.add(section.key_place(option), f"'{option}' without 'recent'", hint=hint)
    elif not section.has("say") and not section.has("say_recent"):
        problems.add(section.key_place("recent"), "what is recent is not said", expected=f"say_recent: {_SAID}")
    elif not any(isinstance(other, Mapping) and "say" in other.items for key, (_, other) in choices.items.items()
                 if key != text.key):  # fmt: skip
        problems.add(
            section.key_place("recent"),
            "there is nothing that this choice could come before",
            hint="give the other choices their own 'say', in place of the menu's text",
        )
