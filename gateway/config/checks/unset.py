"""Variables that are read where no way to the step has set them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import replace

from gateway.config.checks.graph import Node, place_of
from gateway.config.fields import shown
from gateway.core.flow.base import Comparison, Exit, Part
from gateway.core.flow.model import WELL_KNOWN, AskService, Collect, Loop, Menu, Publish, Return, SetValues, Subflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.config.checks.graph import Graph
    from gateway.config.problems import Problems
    from gateway.core.flow.model import AnyStep

T = TypeVar("T")


def check(graph: Graph, problems: Problems) -> None:
    """Note each step that reads a variable of its own making which nothing before it can have set."""
    after = {node: frozenset(_set_by(graph, node)) for node in graph.nodes()}
    every = frozenset().union(*after.values())
    before: dict[Node, set[str]] = {}
    ahead = []
    for flow in graph.begin:
        start = graph.start(flow)
        if start is not None:
            before[start] = set()
            ahead.append(start)
    while ahead:
        node = ahead.pop()
        known = before[node] | after[node]
        for lead in graph.leads(node):
            if lead.to not in before or not known <= before[lead.to]:
                before.setdefault(lead.to, set()).update(known)
                ahead.append(lead.to)
    for node, known in before.items():
        step = graph.step(node)
        for name in dict.fromkeys(_read_by(step)):
            if name in every and name not in known and name not in WELL_KNOWN:
                problems.add(
                    place_of(step),
                    f"'{shown(step.name)}' reads '{shown(name)}', and no way to it sets that before",
                    hint=f"set or collect '{shown(name)}' on the way",
                )


def _set_by(graph: Graph, node: Node) -> Iterator[str]:
    """What a step may have set when a call leaves it. Which of its exits sets what is not told apart: nothing is called
    unset that may be set."""
    step = graph.step(node)
    yield from (name for exit_ in _inside(step, Exit) for name, _ in exit_.set)
    match step:
        case Collect():
            yield step.variable
        case SetValues():
            yield from (name for name, _ in step.values)
        case Loop():
            yield step.count
        case Subflow() | Return():
            yield from (name for name, *_ in step.given)
        case AskService():
            for flow in graph.flows.values():
                for other in flow.steps.values():
                    yield from (name for name in _read_by(other) if name.startswith(f"{step.service}."))
        case _:
            return


def _read_by(step: AnyStep) -> Iterator[str]:
    """The variables that a step says, compares, sends or hands over."""
    if isinstance(step, Collect) and step.confirm is not None:  # its own answer is known when that is said
        said = (part.variable for part in _inside(step.confirm, Part))
        yield from (name for name in said if name and name != step.variable)
        step = replace(step, confirm=None)
    if isinstance(step, Menu):  # what is recent is known when that is said
        for text in step.texts:
            said = (part.variable for part in _inside(text.prompt_recent, Part))
            yield from (name for name in said if name and name != text.recent)
        step = replace(step, texts=tuple(replace(text, prompt_recent=None) for text in step.texts))
    yield from (part.variable for part in _inside(step, Part) if part.variable)
    for comparison in _inside(step, Comparison):
        yield comparison.variable
        if comparison.other:
            yield comparison.other
    match step:
        case Publish():
            yield from step.values.values()
        case AskService():
            yield from (variable for _, variable in step.given)
        case Subflow() | Return():
            yield from (variable for _, word, variable in step.given if not word and variable)
        case _:
            return


def _inside(value: object, kind: type[T]) -> Iterator[T]:
    """Every struct of a kind in a step, however deep."""
    if isinstance(value, kind):
        yield value
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _inside(getattr(value, field), kind)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _inside(inner, kind)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _inside(inner, kind)
