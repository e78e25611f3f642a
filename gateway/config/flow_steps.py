"""The verbs of the flow language: one function each; the table VERBS at the end is the whole vocabulary.

A step has exactly one verb, its options, and a way on for every outcome, or a default that ivr_flows/README.md tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import Section, clean, kind, shown
from gateway.config.source import Mapping, Scalar, Sequence
from gateway.config.variables import NAME
from gateway.core import flow_model as model
from gateway.core.flow_model import WELL_KNOWN, AnyStep, Exit, Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.config.flow_parts import StepParts
    from gateway.config.problems import Place

KEYS = "0123456789*#"
BY_CLIENT = "by_client"
WAIT_S = (0.5, 60.0)
TEST_S = (1.0, 3600.0)
DIGITS_MAX = 32


def read_step(parts: StepParts, name: str, place: Place, node: Mapping) -> AnyStep | None:
    """The step, or None when it is too broken to be one; problems are noted."""
    section = Section(node, parts.problems, f"step '{shown(name)}'", place)
    verbs = [verb for verb in node.items if verb in VERBS]
    verb = next((v for v in verbs if v not in {"say", "set"}), verbs[0] if verbs else "")
    if not verb:
        unknown = next((key for key in node.items if key not in _OPTIONS), "")
        parts.problems.add(
            section.key_place(unknown) if unknown else place,
            f"step '{shown(name)}' does not say what it does" + (f": '{shown(unknown)}'?" if unknown else ""),
            expected=", ".join(VERBS),
            wrong=unknown,
            among=VERBS,
        )
        return None
    for other in verbs:
        if other != verb and not (other == "say" and verb in _WITH_SAY):
            parts.problems.add(
                section.key_place(other),
                f"a step does one thing: '{other}' cannot stand beside '{verb}'",
                hint="make it a step of its own",
            )
            section.mark(other)
    step = VERBS[verb](parts, section, name)
    section.done()
    return step


def _say(parts: StepParts, section: Section, name: str) -> AnyStep:
    prompt = parts.must(parts.prompt(section, "say", needed=True))
    barge_in = section.yes_no("barge_in", default=True)
    return model.Say(name=name, place=str(section.place), prompt=prompt, barge_in=barge_in, then=parts.then(section))


def _play(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.get("play", expected="the name of a .wav file", needed=True)
    prompt = parts.prompt(section, "play") if node else None
    for value in [v for _, v in node.items.values()] if isinstance(node, Mapping) else [node]:
        if isinstance(value, Scalar) and value.value and not value.value.strip().lower().endswith(".wav"):
            parts.problems.add(
                value.place, "'play' plays a recording", expected="the name of a .wav file", hint="for a text: say"
            )
    barge_in = section.yes_no("barge_in", default=True)
    return model.Say(
        name=name,
        place=str(section.place),
        verb="play",
        prompt=parts.must(prompt),
        barge_in=barge_in,
        then=parts.then(section),
    )


def _menu(parts: StepParts, section: Section, name: str) -> AnyStep:
    prompt = parts.must(parts.prompt(section, "menu", needed=True))
    choices: dict[str, Exit] = {}
    node = section.mapping("choices", expected='keys and where they lead, such as "1": invoices', needed=True)
    for key, (key_node, value) in (node.items if node else {}).items():
        if len(key) != 1 or key not in KEYS:
            parts.problems.add(
                key_node.place, f"'{shown(key)}' is not a key of a telephone", expected='one of 0-9, "*" or "#"'
            )
        choices[key] = parts.exit(value, f"choice {shown(key)}", key_node.place)
    if node is not None and not choices:
        parts.problems.add(node.place, "the menu has no choices")
    return model.Menu(
        name=name,
        place=str(section.place),
        prompt=prompt,
        choices=choices,
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
    low, high = section.span("digits", (1, DIGITS_MAX), low=1, high=DIGITS_MAX, needed=True)
    finish_on = section.text("finish_on", "#", expected='"#", "*" or none')
    if finish_on not in {"#", "*", "none"}:
        place = section.node.items["finish_on"][1].place
        parts.problems.add(place, f"'{shown(finish_on)}' cannot end the digits", expected='"#", "*" or none')
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
        then=parts.then(section),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


def _branch(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.get("branch", expected="a list of rules such as - {if: client.known, then: matter}", needed=True)
    rules: list[Rule] = []
    if node is not None and not isinstance(node, Sequence):
        parts.problems.add(node.place, f"'branch' is {kind(node)}", expected="a list of rules, each begins with '- '")
    items = node.items if isinstance(node, Sequence) else []
    for number, item in enumerate(items, 1):
        if not isinstance(item, Mapping):
            parts.problems.add(item.place, f"a rule is {kind(item)}", expected="{if: condition, then: step}")
            continue
        condition = None
        if "if" in item.items:
            condition = parts.condition(item.items["if"][1])
        elif number < len(items):
            parts.problems.add(item.place, "a rule without 'if' always holds: the rules below it are never read")
        rules.append(Rule(condition=condition, exit=parts.exit(item, "the rule", item.place, also=("if",))))
    if isinstance(node, Sequence) and items and isinstance(items[-1], Mapping) and "if" in items[-1].items:
        parts.problems.add(items[-1].place, "no rule says what happens otherwise", hint="add - {then: step} at the end")
    elif isinstance(node, Sequence) and not items:
        parts.problems.add(node.place, "'branch' has no rules")
    return model.Branch(name=name, place=str(section.place), rules=tuple(rules))


def _set(parts: StepParts, section: Section, name: str) -> AnyStep:
    values = parts.values(section.mapping("set", expected="names and values such as {area: invoices}", needed=True))
    return model.SetValues(name=name, place=str(section.place), values=values, then=parts.then(section))


def _go_to(parts: StepParts, section: Section, name: str) -> AnyStep:
    return model.Goto(name=name, place=str(section.place), then=parts.then(section, "go_to"))


def _go_to_flow(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.scalar("go_to_flow", expected="the name of a flow", needed=True)
    flow = clean(node.value) if node else ""
    if node and flow not in parts.names.flows:
        flows = parts.names.flows
        parts.problems.add(node.place, f"there is no flow '{shown(flow)}'", wrong=flow, among=flows)
    return model.Goto(name=name, place=str(section.place), flow=flow)


def _queue(parts: StepParts, section: Section, name: str) -> AnyStep:
    to = section.scalar("queue", expected="by_client, or the name of a team", needed=True)
    team = section.scalar("team", expected="the name of a team")
    target = parts.team(to, also=(BY_CLIENT,)) if to else ""
    default = parts.team(team) if team else ""
    if target == BY_CLIENT and not section.has("team"):
        teams = parts.names.teams
        if teams is not None and len(teams) == 1:
            default = teams[0]
        elif teams is not None:
            parts.problems.add(
                section.key_place("queue"),
                "'queue: by_client' does not say who serves a caller that is no known client",
                expected="team: and one of " + ", ".join(teams),
            )
    elif target and target != BY_CLIENT and team:
        parts.problems.add(team.place, "'team' belongs to 'queue: by_client' only", hint="delete it")
    return model.Queue(
        name=name,
        place=str(section.place),
        to=target,
        team=default,
        prompt=parts.prompt(section, "say"),
        gave_up=parts.then(section, "gave_up", needed=False),
        no_agents=parts.then(section, "no_agents", needed=False),
    )


def _echo(parts: StepParts, section: Section, name: str) -> AnyStep:
    length_s = section.seconds("echo", 60.0, low=TEST_S[0], high=TEST_S[1])
    return model.EchoTest(name=name, place=str(section.place), length_s=length_s, then=parts.then(section))


def _tone(parts: StepParts, section: Section, name: str) -> AnyStep:
    return model.ToneTest(
        name=name,
        place=str(section.place),
        hz=section.decimal("tone", 1004.0, low=200.0, high=3400.0, unit="Hz"),
        level_dbm0=section.decimal("level", 0.0, low=-60.0, high=3.0, unit="dBm0"),
        length_s=section.seconds("length", 10.0, low=TEST_S[0], high=TEST_S[1]),
        then=parts.then(section),
    )


def _hang_up(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.node.items["hang_up"][1]
    section.mark("hang_up")
    bare = isinstance(node, Scalar) and node.missing
    prompt = parts.goodbye if bare else parts.prompt(section, "hang_up")
    return model.HangUpStep(name=name, place=str(section.place), prompt=prompt)


VERBS: dict[str, Callable[[StepParts, Section, str], AnyStep]] = {
    "say": _say,
    "play": _play,
    "menu": _menu,
    "collect": _collect,
    "branch": _branch,
    "set": _set,
    "go_to": _go_to,
    "go_to_flow": _go_to_flow,
    "queue": _queue,
    "hang_up": _hang_up,
    "echo": _echo,
    "tone": _tone,
}
_WITH_SAY = {"collect", "queue"}
_OPTIONS = {"then", "no_input", "no_match", "tries", "choices", "digits", "finish_on", "find", "first_key", "team"}
