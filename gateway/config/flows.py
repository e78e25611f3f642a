"""One flow file: its head (name, languages, texts), its flows and their steps, each turned into a core `Flow`.

The language that people write is told in ivr_flows/README.md.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from gateway.config.fields import Section, clean, kind, sections, shown
from gateway.config.flow_parts import StepParts
from gateway.config.handing import look, may_be_own
from gateway.config.human_key import human_step, with_human
from gateway.config.problems import Place
from gateway.config.source import Mapping, Scalar, parse_yaml
from gateway.config.texts import Texts
from gateway.config.variables import Variables
from gateway.config.verbs import VERBS, read_step
from gateway.config.verbs.scan import scan
from gateway.core.flow.exits import HANG_UP
from gateway.core.flow.model import AnyStep, Flow, HangUpStep

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.config.flow_parts import Names
    from gateway.config.handing import Face
    from gateway.config.problems import Problems
    from gateway.config.prompts import PromptReader
    from gateway.core.flow.model import Prompt


FLOWS_MAX = 200
_TO_FLOW = tuple(word for word, verb in VERBS.items() if verb.to_flow)


class FlowFile(msgspec.Struct, kw_only=True):
    """A flow whose head was read: enough to know its name, its variables and what other flows need of it. `texts` and
    `languages` are those of its file."""

    id: str
    file: str
    root: Section
    languages: tuple[str, ...]
    texts: Texts
    steps: Mapping | None
    variables: Variables
    face: Face


def read_heads(
    text: str, file: str, flow_id: str, problems: Problems, site_languages: Collection[str]
) -> list[FlowFile]:
    """The heads of all flows of a file, that at its top first. `flow_id` is the file's name without .yaml;
    `site_languages` is empty when they are not known. Nothing when the file cannot be read as YAML or is no mapping."""
    node = parse_yaml(text, file, problems)
    if node is None:
        return []
    if not isinstance(node, Mapping):
        problems.add(node.place, f"a flow file is {kind(node)}", expected="flow:, language:, start: and steps:")
        return []
    root = Section(node, problems, "the flow", Place(file, 1, 1))
    only_others = "flows" in node.items and not node.items.keys() & {"flow", "start", "steps", "takes", "human"}
    if not only_others:
        _name(root, flow_id, problems)
    languages = _languages(root, problems, site_languages)
    texts = Texts(root.mapping("texts", expected='names and texts, such as bye: "Do widzenia."'), problems)
    texts.unused(node)
    others = root.mapping("flows", expected="more flows by name, each with start: and steps:")
    if others and len(others.items) > FLOWS_MAX:
        problems.add(root.key_place("flows"), f"more than {FLOWS_MAX} flows in one file", hint="use several files")
    if only_others:
        root.done(also=("flow", "start", "steps", "takes", "human"))
    parts = [] if only_others else [(flow_id, root)]
    for name, section in islice(sections(others, problems, "flow"), FLOWS_MAX):
        if "/" in name or "\\" in name:
            problems.add(
                section.place, f"'{shown(name)}' cannot be the name of a flow", expected="a name without / or \\"
            )
        parts.append((name, section))
    heads = []
    for name, section in parts:
        steps = section.mapping("steps", expected="the flow's steps, indented below", needed=True)
        face = look(steps, _takes(section), _TO_FLOW)
        variables = scan(steps)[0] if steps else Variables()
        heads.append(
            FlowFile(
                id=name,
                file=file,
                root=section,
                languages=languages,
                texts=texts,
                steps=steps,
                variables=variables,
                face=face,
            )
        )
    return heads


def _takes(section: Section) -> dict[str, Scalar]:
    """The parameters of a flow that is called, by name."""
    found: dict[str, Scalar] = {}
    for node in section.words("takes", expected="the names of what the flow is given, such as [reason]"):
        name = clean(node.value)
        if not may_be_own(name):
            section.problems.add(
                node.place,
                f"'{shown(name)}' cannot be the name of what a flow takes",
                expected="a name of your own, of letters, digits and _",
            )
        elif name in found:
            section.problems.add(node.place, f"'{shown(name)}' stands twice", hint="delete one of them")
        else:
            found[name] = node
    return found


def _name(root: Section, flow_id: str, problems: Problems) -> None:
    name = root.text("flow", flow_id, expected="the file's name without .yaml", needed=True)
    if name != flow_id:
        where = root.node.items["flow"][1].place
        problems.add(
            where, f"the flow is called '{shown(name)}' and its file '{shown(flow_id)}.yaml'", hint="give both one name"
        )


def _languages(root: Section, problems: Problems, site_languages: Collection[str]) -> tuple[str, ...]:
    """The flow's own language first, then the others; without `language` the first that is listed."""
    expected = "the language of its texts, such as pl"
    own = root.get("language", expected=expected, needed="languages" not in root.node.items)
    listed = root.words("languages", expected="a list such as [pl, en]")
    if own is not None and not isinstance(own, Scalar):
        hint = "several are written so: languages: [pl, en]"
        problems.add(own.place, f"'language' is {kind(own)}", expected=expected, hint=hint)
        own = None
    found = dict.fromkeys([clean(own.value)] if own else [])
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
        texts=head.texts,
    )
    steps: dict[str, AnyStep] = {}
    for name, (key, node) in step_nodes.items():
        step = read_step(parts, name, key.place, node)
        if step is not None:
            steps[name] = step
    if head.steps is not None and not step_nodes:
        problems.add(head.steps.place, "the flow has no steps")
    first = parts.known_step(start) if start and step_nodes else ""
    human = human_step(root, parts, steps)
    steps = with_human(steps, human)
    if HANG_UP not in step_nodes:
        steps[HANG_UP] = HangUpStep(name=HANG_UP, place=str(root.place), prompt=goodbye)
    root.done()
    if not first or not step_nodes:
        return None
    return Flow(
        id=head.id,
        file=head.file,
        language=head.languages[0],
        languages=head.languages,
        start=first,
        human=human,
        steps=steps,
    )


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
