"""What can be wrong between flows that call each other, found when all of them have been read: who calls whom, who
comes back, and what is handed over for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import clean, shown
from gateway.config.handing import words_in
from gateway.config.silent import on_circles, silent_circles
from gateway.config.source import Scalar
from gateway.config.verbs import VERBS
from gateway.core.flow.exits import exits_of
from gateway.core.flow.model import Flow, Return

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.config.flow_heads import Heads
    from gateway.config.people import Did
    from gateway.config.problems import Problems

_TAKEN = frozenset({"with", "then", "set"})
_CALL_IT = "a flow that takes or returns something is entered with `subflow` only"


def check_calls(
    heads: Heads, flows: Mapping[str, Flow], numbers: Iterable[Did], elsewhere: Iterable[str], problems: Problems
) -> None:
    """Note what is wrong. `flows` are those that could be read; `elsewhere` are names that are read outside of flows,
    such as in the addresses of services."""
    _names(heads, problems)
    _entered(heads, numbers, problems)
    if not _circles(heads, problems):
        silent_circles(heads, flows, problems)
    for head in heads.flows.values():
        for call in head.face.calls:
            flow = clean(call.flow.value)
            if flow in flows and flow != head.id and not _comes_back(flows[flow]):
                problems.add(
                    call.flow.place,
                    f"'{shown(flow)}' never comes back: no way through it ends in a `return`",
                    hint="give it a step such as `return: done`, or lead there with go_to_flow",
                )
    _unread(heads, set(elsewhere), problems)


def _names(heads: Heads, problems: Problems) -> None:
    """A return is an option of the calling step, so it cannot be called like a verb."""
    for head in heads.flows.values():
        for outcome, node in head.face.returns.items():
            if outcome in VERBS or outcome in _TAKEN:
                problems.add(
                    node.place,
                    f"'{shown(outcome)}' cannot be the name of a return: it means something else in the calling step",
                    expected="a word of your own, such as done or gave_up",
                )


def _entered(heads: Heads, numbers: Iterable[Did], problems: Problems) -> None:
    """Flows that only a `subflow` can enter, and that something else enters, or nothing."""
    called = {clean(call.flow.value) for head in heads.flows.values() for call in head.face.calls}
    only_called = {name for name, head in heads.flows.items() if head.face.only_called}
    for did in numbers:
        if did.flow in only_called:
            problems.add(did.place, f"'{shown(did.flow)}' cannot answer a number", hint=_CALL_IT)
    for head in heads.flows.values():
        for node in head.face.gone_to:
            if clean(node.value) in only_called:
                problems.add(node.place, f"'{shown(node.value)}' cannot be gone to", hint=_CALL_IT)
        if head.id in only_called - called and called <= heads.flows.keys():  # else a name is misspelt
            node = next(iter((*head.face.returns.values(), *head.face.takes.values())))
            problems.add(
                node.place,
                f"nobody calls the flow '{shown(head.id)}', so it has nobody to return to",
                hint=f"call it in a step: `subflow: {shown(head.id)}`",
            )


def _circles(heads: Heads, problems: Problems) -> bool:
    """Whether flows call themselves, directly or by way of others; each circle is told once."""
    calls: dict[str, list[tuple[str, Scalar]]] = {
        name: [(clean(call.flow.value), call.flow) for call in head.face.calls] for name, head in heads.flows.items()
    }
    left = on_circles({name: [flow for flow, _ in targets] for name, targets in calls.items()})
    seen: set[str] = set()
    found = False
    for begin in left:
        name, way = begin, dict[str, Scalar]()
        while name not in seen:
            seen.add(name)
            target, way[name] = next(call for call in calls[name] if call[0] in left)
            name = target
        if name in way:
            found = True
            others = [f"'{shown(flow)}'" for flow in list(way)[list(way).index(name) + 1 :]]
            through = f" by way of {', then '.join(others)}" if others else ""
            problems.add(
                way[name].place,
                f"the flow '{shown(name)}' calls itself{through}",
                hint="use `loop` for what is done again, or go_to_flow to begin anew",
            )
    return found


def _comes_back(flow: Flow) -> bool:
    """Whether some way through a flow ends in a `return`."""
    seen: set[str] = set()
    todo = [flow.start]
    while todo:
        name = todo.pop()
        step = flow.steps.get(name)
        if name in seen or step is None:
            continue
        if isinstance(step, Return):
            return True
        seen.add(name)
        todo.extend(edge.to for edge in exits_of(flow.id, step) if edge.to)
    return False


def _unread(heads: Heads, elsewhere: set[str], problems: Problems) -> None:
    """Parameters that the called flow does nothing with."""
    for head in heads.flows.values():
        if not head.face.takes:
            continue
        read = words_in([*([head.steps] if head.steps else []), *head.texts.nodes()]) | elsewhere
        for name, node in head.face.takes.items():
            if name not in read:
                problems.add(
                    node.place, f"'{shown(name)}' is taken and never used", hint="delete it, here and in each `with`"
                )
