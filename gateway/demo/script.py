"""What the callers expect of a flow, read from the flow itself, so that the demo follows when its words change.

The shape that the demo calls: it says something first, lets known clients into the queue of their manager, asks
the others for their client number, and may offer a menu on the way to the same queue.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.flow.model import AnyStep, Branch, Collect, Comparison, Flow, Goto, Menu, Queue, Say, SetValues
from gateway.errors import SettingError

BY_CLIENT = "by_client"


@dataclass(frozen=True)
class Script:
    """The steps on the way to a human. With `menu`, `key` is the choice that leads to `queue`."""

    flow: Flow
    greeting: Say
    ask_number: Collect
    menu: Menu | None
    key: str
    queue: Queue


def read_script(flow: Flow) -> Script:
    """Raises SettingError when the flow does not have that shape."""
    greeting = flow.steps[flow.start]
    asking = [step for step in flow.steps.values() if isinstance(step, Collect) and step.find == "client"]
    if not isinstance(greeting, Say) or len(asking) != 1:
        raise SettingError(
            f"flow {flow.id!r}: the demo needs one that begins with 'say' and has one 'collect' with 'find: client'"
        )
    if not _to_the_manager(_onwards(flow, greeting.then)):
        raise SettingError(f"flow {flow.id!r}: the demo needs one that sends known clients to 'queue: by_client'")
    step = _onwards(flow, asking[0].then)
    if isinstance(step, Queue) and _to_the_manager(step):
        return Script(flow, greeting, asking[0], None, "", step)
    if isinstance(step, Menu):
        for key, choice in reversed(step.choices.items()):
            queue = _onwards(flow, choice.then)
            if isinstance(queue, Queue) and _to_the_manager(queue):
                return Script(flow, greeting, asking[0], step, key, queue)
    raise SettingError(f"flow {flow.id!r}: the demo finds no way from the client number to 'queue: by_client'")


def _to_the_manager(step: AnyStep | None) -> bool:
    return isinstance(step, Queue) and step.to == BY_CLIENT


def _onwards(flow: Flow, name: str) -> AnyStep | None:
    """The next step in which a caller whose client is known is asked something or waits."""
    seen: set[str] = set()
    step = flow.steps.get(name)
    while isinstance(step, Say | SetValues | Goto | Branch) and step.name not in seen:
        seen.add(step.name)
        step = flow.steps.get(_of_known(step) if isinstance(step, Branch) else step.then)
    return step


def _of_known(branch: Branch) -> str:
    for rule in branch.rules:
        condition = rule.condition
        known = isinstance(condition, Comparison) and condition.variable == "client.known" and condition.op == "known"
        if condition is None or known:
            return rule.exit.then
    return ""
