"""Verbs that ask for keys: menu, collect, confirm, language."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from gateway.config.fields import clean, shown
from gateway.config.source import Scalar
from gateway.config.variables import NAME
from gateway.config.verbs.known import read_known
from gateway.config.verbs.recent import OPTIONS, key_texts, note_recent, note_remembered
from gateway.config.verbs.shape import STEP, Shape, Verb, word
from gateway.core.flow import model
from gateway.core.flow.check_digits import LENGTHS
from gateway.core.flow.model import WELL_KNOWN, Exit
from gateway.core.steps.ask import ANY

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.config.source import Mapping
    from gateway.config.variables import Variables
    from gateway.core.flow.check_digits import CheckDigit
    from gateway.core.flow.model import AnyStep

KEYS = "0123456789*#"
WAIT_S = (0.5, 60.0)
DIGITS_MAX = 32


def _menu(parts: StepParts, section: Section, name: str) -> AnyStep:
    prompt = parts.must(parts.prompt(section, "menu", needed=True))
    choices: dict[str, Exit] = {}
    node = section.mapping("choices", expected='keys and where they lead, such as "1": invoices', needed=True)
    for key, (key_node, value) in (node.items if node else {}).items():
        if len(key) != 1 or key not in KEYS:
            parts.problems.add(
                key_node.place, f"'{shown(key)}' is not a key of a telephone", expected='one of 0-9, "*" or "#"'
            )
        choices[key] = parts.exit(value, f"choice {shown(key)}", key_node.place, also=OPTIONS)
    if node is not None and not choices:
        parts.problems.add(node.place, "the menu has no choices")
    return model.Menu(
        name=name,
        place=str(section.place),
        prompt=prompt,
        choices=choices,
        texts=key_texts(parts, node) if node is not None else (),
        first_key_s=section.seconds("first_key", 5.0, low=WAIT_S[0], high=WAIT_S[1]),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


def _collect(parts: StepParts, section: Section, name: str) -> AnyStep:
    variable = section.text("collect", expected="the name under which the digits are kept", needed=True)
    if variable and (not NAME.fullmatch(variable) or "." in variable or variable in WELL_KNOWN):
        parts.problems.add(
            section.node.items["collect"][1].place,
            f"'{shown(variable)}' cannot be the name of what is collected",
            expected="a name of your own, of letters, digits and _",
        )
    like, check = _like(parts, section), _check(parts, section)
    lengths = tuple(len(pattern) for pattern in like) or LENGTHS.get(check, ())
    usual = (min(lengths), max(lengths)) if lengths else (1, DIGITS_MAX)
    low, high = section.span(
        "digits", usual, low=1, high=DIGITS_MAX, needed=not (section.has("like") or section.has("check"))
    )
    if lengths and (high < usual[0] or low > usual[1]):
        place = section.node.items["digits"][1].place
        parts.problems.add(place, "no number of that length can be right", hint="leave 'digits' away")
    finish_on = section.text("finish_on", "#", expected='"#", "*" or none')
    if finish_on not in {"#", "*", "none"}:
        place = section.node.items["finish_on"][1].place
        parts.problems.add(place, f"'{shown(finish_on)}' cannot end the digits", expected='"#", "*" or none')
    known = read_known(parts, section, yes_no_keys(parts, section))
    find = section.text("find", expected="client")
    if find not in {"", "client"}:
        place = section.node.items["find"][1].place
        parts.problems.add(place, f"'{shown(find)}' cannot be looked up", expected="client")
    return model.Collect(
        name=name,
        place=str(section.place),
        variable=variable,
        prompt=parts.must(parts.prompt(section, "say", needed=True)),
        digits_min=low,
        digits_max=high,
        finish_on="" if finish_on == "none" else finish_on,
        first_key_s=section.seconds("first_key", 6.0, low=WAIT_S[0], high=WAIT_S[1]),
        next_key_s=section.seconds("next_key", 4.0, low=WAIT_S[0], high=WAIT_S[1]),
        find="client" if find == "client" else "",
        like=like,
        check=check,
        remember=known.remember,
        known=known.known,
        confirm=known.confirm,
        yes_key=known.yes_key,
        no_key=known.no_key,
        secret=known.secret,
        then=parts.then(section),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


def _like(parts: StepParts, section: Section) -> tuple[str, ...]:
    found = []
    for node in section.words("like", expected="a pattern such as 5xxxxxxxx, or a list of them"):
        pattern = clean(node.value).replace(" ", "").replace("-", "").lower()
        if pattern and len(pattern) <= DIGITS_MAX and set(pattern) <= set("0123456789" + ANY):
            found.append(pattern)
        else:
            parts.problems.add(
                node.place,
                f"'{shown(node.value)}' is no pattern of digits",
                expected=f"digits, and {ANY} for any digit, such as 5{ANY * 8}",
            )
    return tuple(found)


def _check(parts: StepParts, section: Section) -> CheckDigit:
    node = section.scalar("check", expected=", ".join(LENGTHS))
    rule = clean(node.value).lower() if node else ""
    if node and rule not in LENGTHS:
        among = tuple(LENGTHS)
        problem = f"no check digits are called '{shown(rule)}'"
        parts.problems.add(node.place, problem, expected=", ".join(among), wrong=rule, among=among)
        return ""
    return cast("CheckDigit", rule)


def _confirm(parts: StepParts, section: Section, name: str) -> AnyStep:
    prompt = parts.must(parts.prompt(section, "confirm", needed=True))
    keys = yes_no_keys(parts, section)
    return model.Confirm(
        name=name,
        place=str(section.place),
        prompt=prompt,
        yes_key=keys["yes"],
        no_key=keys["no"],
        yes=parts.then(section, "yes"),
        no=parts.then(section, "no"),
        first_key_s=section.seconds("first_key", 5.0, low=WAIT_S[0], high=WAIT_S[1]),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


def yes_no_keys(parts: StepParts, section: Section) -> dict[str, str]:
    """`keys: {yes: "1", no: "2"}` of a step that asks for one of the two."""
    keys = {"yes": "1", "no": "2"}
    node = section.mapping("keys", expected='{yes: "1", no: "2"}')
    for answer, (key_node, value) in (node.items if node else {}).items():
        key = clean(value.value) if isinstance(value, Scalar) else ""
        if answer not in keys:
            parts.problems.add(key_node.place, f"'{shown(answer)}' is no answer here", expected="yes, no")
        elif len(key) != 1 or key not in KEYS:
            parts.problems.add(
                value.place, f"'{shown(key)}' is not a key of a telephone", expected='one of 0-9, "*" or "#"'
            )
        else:
            keys[answer] = key
    if node is not None and keys["yes"] == keys["no"]:
        parts.problems.add(node.place, f"yes and no are the same key: {keys['yes']}", hint="give each its own")
    return keys


def _language(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.mapping("language", expected='keys and languages, such as {"1": pl, "2": en}', needed=True)
    languages: dict[str, str] = {}
    for key, (key_node, value) in (node.items if node else {}).items():
        language = clean(value.value) if isinstance(value, Scalar) else ""
        if len(key) != 1 or key not in KEYS:
            parts.problems.add(
                key_node.place, f"'{shown(key)}' is not a key of a telephone", expected='one of 0-9, "*" or "#"'
            )
        elif parts.known_language(language, value.place):
            languages[key] = language
    if node is not None and not node.items:
        parts.problems.add(node.place, "there is no language to choose")
    return model.ChooseLanguage(
        name=name,
        place=str(section.place),
        languages=languages,
        prompt=parts.must(parts.prompt(section, "say", needed=True)),
        then=parts.then(section),
        first_key_s=section.seconds("first_key", 5.0, low=WAIT_S[0], high=WAIT_S[1]),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


def _collected(step: Mapping, variables: Variables) -> None:
    name = word(step, "collect")
    if name:
        variables.collected.add(name)
    note_remembered(step, variables)


VERBS = {
    "menu": Verb(
        _menu,
        Shape.SAID,
        {
            "choices": Shape.SAID_CHOICES,
            "first_key": Shape.LENGTH,
            "no_input": Shape.RETRY,
            "no_match": Shape.RETRY,
        },
        needs=("choices",),
        notes=note_recent,
    ),
    "collect": Verb(
        _collect,
        Shape.NAME,
        {
            "say": Shape.SAID,
            "digits": Shape.SPAN,
            "like": Shape.LIST,
            "check": Shape.WORD,
            "finish_on": Shape.WORD,
            "find": Shape.WORD,
            "remember": Shape.YES_NO,
            "known": Shape.WORD,
            "confirm_known": Shape.SAID,
            "keys": Shape.TABLE,
            "secret": Shape.YES_NO,
            "first_key": Shape.LENGTH,
            "next_key": Shape.LENGTH,
            "then": STEP,
            "no_input": Shape.RETRY,
            "no_match": Shape.RETRY,
        },
        needs=("say", "then"),
        notes=_collected,
    ),
    "confirm": Verb(
        _confirm,
        Shape.SAID,
        {
            "yes": STEP,
            "no": STEP,
            "keys": Shape.TABLE,
            "first_key": Shape.LENGTH,
            "no_input": Shape.RETRY,
            "no_match": Shape.RETRY,
        },
        needs=("yes", "no"),
    ),
    "language": Verb(
        _language,
        Shape.TABLE,
        {
            "say": Shape.SAID,
            "first_key": Shape.LENGTH,
            "then": STEP,
            "no_input": Shape.RETRY,
            "no_match": Shape.RETRY,
        },
        needs=("say", "then"),
    ),
}
