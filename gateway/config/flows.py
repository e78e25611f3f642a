"""One flow file: its head (name, languages, start) and its steps, turned into a core `Flow`.

The language that people write is told in ivr_flows/README.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gateway.config.fields import Section, clean, kind, shown
from gateway.config.flow_parts import StepParts
from gateway.config.problems import Place
from gateway.config.source import Mapping, Scalar, parse_yaml
from gateway.config.variables import Variables
from gateway.config.verbs import read_step
from gateway.config.verbs.scan import scan
from gateway.core.exits import HANG_UP, exits_of
from gateway.core.flow_model import AnyStep, Flow, HangUpStep

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.config.flow_parts import Names
    from gateway.config.problems import Problems
    from gateway.config.prompts import PromptReader
    from gateway.core.flow_model import Prompt


class FlowFile(msgspec.Struct, kw_only=True):
    """A flow file whose head was read: enough to know its name, variables and the flows that it leads to."""

    id: str
    file: str
    root: Section
    languages: tuple[str, ...]
    steps: Mapping | None
    variables: Variables
    leads_to: set[str]


def read_head(
    text: str, file: str, flow_id: str, problems: Problems, site_languages: Collection[str]
) -> FlowFile | None:
    """The head of a flow file. `flow_id` is the file's name without .yaml; `site_languages` is empty when they are not
    known. None when the file cannot be read as YAML or is no mapping."""
    node = parse_yaml(text, file, problems)
    if node is None:
        return None
    if not isinstance(node, Mapping):
        problems.add(node.place, f"a flow file is {kind(node)}", expected="flow:, language:, start: and steps:")
        return None
    root = Section(node, problems, "the flow", Place(file, 1, 1))
    name = root.text("flow", flow_id, expected="the file's name without .yaml", needed=True)
    if name != flow_id:
        where = root.node.items["flow"][1].place
        problems.add(
            where, f"the flow is called '{shown(name)}' and its file '{shown(flow_id)}.yaml'", hint="give both one name"
        )
    languages = _languages(root, problems, site_languages)
    steps = root.mapping("steps", expected="the flow's steps, indented below", needed=True)
    variables, leads_to = scan(steps) if steps else (Variables(), set())
    return FlowFile(
        id=flow_id, file=file, root=root, languages=languages, steps=steps, variables=variables, leads_to=leads_to
    )


def _languages(root: Section, problems: Problems, site_languages: Collection[str]) -> tuple[str, ...]:
    """The flow's own language first, then the others."""
    own = root.scalar("language", expected="the language of its texts, such as pl", needed=True)
    found = dict.fromkeys([clean(own.value)] if own else [])
    listed = root.words("languages", expected="a list such as [pl, en]")
    for node in ([own] if own else []) + listed:
        language = clean(node.value)
        if site_languages and language not in site_languages:
            problems.add(
                node.place,
                f"the site does not speak '{shown(language)}'",
                expected=", ".join(site_languages),
                wrong=language,
                among=site_languages,
                hint="languages and their voices stand in gateway.yaml under site:",
            )
        found[language] = None
    if own and listed and clean(own.value) not in {clean(node.value) for node in listed}:
        problems.add(own.place, f"the language '{shown(own.value)}' is not in 'languages'", hint="add it there")
    return tuple(found) or tuple(site_languages)[:1] or ("pl",)


def read_flow(
    head: FlowFile, variables: Variables, names: Names, prompts: PromptReader, goodbye: Prompt | None
) -> Flow | None:
    """The flow. `variables` are its own and those of the flows that lead to it. None when it has no steps or no start;
    problems of single steps are noted and the step left out."""
    root, problems = head.root, head.root.problems
    start = root.scalar("start", expected="the name of the first step", needed=True)
    step_nodes = _step_nodes(head.steps, problems)
    parts = StepParts(
        languages=head.languages,
        steps=tuple(step_nodes),
        variables=variables,
        names=names,
        prompts=prompts,
        goodbye=goodbye,
        problems=problems,
    )
    steps: dict[str, AnyStep] = {}
    for name, (key, node) in step_nodes.items():
        step = read_step(parts, name, key.place, node)
        if step is not None:
            steps[name] = step
    if head.steps is not None and not step_nodes:
        problems.add(head.steps.place, "the flow has no steps")
    first = parts.known_step(start) if start and step_nodes else ""
    if HANG_UP not in step_nodes:
        steps[HANG_UP] = HangUpStep(name=HANG_UP, place=str(root.place), prompt=goodbye)
    root.done()
    _silent_circle(steps, {name: key for name, (key, _) in step_nodes.items()}, problems)
    if not first or not step_nodes:
        return None
    return Flow(id=head.id, language=head.languages[0], languages=head.languages, start=first, steps=steps)


def _step_nodes(steps: Mapping | None, problems: Problems) -> dict[str, tuple[Scalar, Mapping]]:
    found: dict[str, tuple[Scalar, Mapping]] = {}
    for key, (name, node) in (steps.items if steps else {}).items():
        step = clean(key)
        if not step:
            problems.add(name.place, "a step without a name")
        elif step in found:
            problems.add(name.place, f"'{shown(step)}' stands twice", hint="delete one of them")
        elif isinstance(node, Mapping):
            found[step] = (name, node)
        else:
            found[step] = (name, Mapping({}, name.place))
            if not (isinstance(node, Scalar) and node.missing):
                problems.add(
                    node.place, f"step '{shown(step)}' is {kind(node)}", expected="what it does, indented below"
                )
    return found


def _silent_circle(steps: dict[str, AnyStep], keys: dict[str, Scalar], problems: Problems) -> None:
    """Steps that lead round in a circle in no time: nothing is heard, asked or waited for, and the call never ends.
    One circle is named."""
    silent = {name: step for name, step in steps.items() if not step.WAITS}
    after = {name: [edge.to for edge in exits_of("", step) if edge.to in silent] for name, step in silent.items()}
    before: dict[str, list[str]] = {name: [] for name in after}
    for name, targets in after.items():
        for target in targets:
            before[target].append(name)
    # Take away, again and again, the steps all of whose ways end; what is left lies on a circle or leads to one.
    ways = {name: len(targets) for name, targets in after.items()}
    ended = [name for name, count in ways.items() if count == 0]
    while ended:
        for name in before[ended.pop()]:
            ways[name] -= 1
            if ways[name] == 0:
                ended.append(name)
    left = {name: None for name, count in ways.items() if count}
    seen: set[str] = set()
    name = next(iter(left), "")
    while name and name not in seen:
        seen.add(name)
        name = next(target for target in after[name] if target in left)
    if name in keys:
        problems.add(
            keys[name].place,
            f"from step '{shown(name)}' a call can go round in a circle in which nothing is heard or asked",
            hint="let the circle pass a step that says, asks or queues",
        )
