"""What is drawn: boxes and arrows in a stable order, whatever is written of them (Mermaid, DOT)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from gateway.core.flow.base import Question
from gateway.core.flow.exits import HANG_UP, exits_of
from gateway.core.flow.model import Goto, HangUpStep, RefuseStep, Return, Subflow
from gateway.graph import notation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.flow.model import AnyStep, Flow

Shape = Literal["start", "step", "question", "human", "end", "flow"]


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """One box. `id` is safe in every notation; `lines` are people's words."""

    id: str
    flow: str
    shape: Shape
    lines: tuple[str, ...]


class Arrow(msgspec.Struct, frozen=True, kw_only=True):
    """From box to box; `dashed`: into a flow that is called."""

    source: str
    target: str
    label: str = ""
    dashed: bool = False


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """One or several flows."""

    flows: tuple[str, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw(flows: Mapping[str, Flow], flow: str, *, everything: bool = False) -> Drawing:
    """The drawing of `flow`; with `everything`, of all flows that it leads to, too. Boxes and arrows are in the order
    of the files."""
    names = _led_to(flows, flow) if everything else (flow,)
    ids: dict[tuple[str, str], str] = {}
    boxes: list[Box] = []

    def box(flow: str, key: str, shape: Shape, *lines: str) -> str:
        """The id of a box, which is made when it is new."""
        if (flow, key) not in ids:
            ids[flow, key] = f"n{len(ids) + 1}"
            boxes.append(Box(id=ids[flow, key], flow=flow, shape=shape, lines=tuple(line for line in lines if line)))
        return ids[flow, key]

    arrows: list[Arrow] = []
    for name in names:
        known = flows[name]
        begin = box(name, "\0start", "start", name)
        shown = _shown(known)
        for step in shown:
            head = " ".join(part for part in (notation.verb(step), notation.about(step)) if part)
            box(name, step.name, _shape(step), step.name, head, notation.said(step, known.language))
        arrows.append(Arrow(source=begin, target=ids[name, known.start]))
        for step in shown:
            here = ids[name, step.name]
            into = step.flow if isinstance(step, Subflow | Goto) else ""
            if into and into not in names:
                other = box(name, f"\0flow {into}", "flow", f"flow {into}")
                arrows.append(Arrow(source=here, target=other, dashed=True))
            elif into:
                arrows.append(Arrow(source=here, target=box(into, "\0start", "start", into), dashed=True))
            for edge in exits_of(name, step):
                if edge.to_flow:
                    continue
                label = notation.exit_label(step, edge)
                target = ids.get((name, edge.to)) or box(name, "\0end", "end", "goodbye")
                arrows.append(Arrow(source=here, target=target, label=label))
    order = {name: number for number, name in enumerate(names)}
    return Drawing(flows=names, boxes=tuple(sorted(boxes, key=lambda each: order[each.flow])), arrows=tuple(arrows))


def _shown(flow: Flow) -> tuple[AnyStep, ...]:
    """The steps of a flow, without the goodbye that every flow has and this one does not lead to."""
    led = {edge.to for step in flow.steps.values() for edge in exits_of(flow.id, step)} | {flow.start}
    return tuple(step for step in flow.steps.values() if step.name != HANG_UP or step.name in led)


def _shape(step: AnyStep) -> Shape:
    if isinstance(step, HangUpStep | RefuseStep | Return):
        return "end"
    if step.HUMAN:
        return "human"
    return "question" if isinstance(step, Question) else "step"


def _led_to(flows: Mapping[str, Flow], first: str) -> tuple[str, ...]:
    """The flows that `first` leads to, itself the first, in the order in which they are met."""
    met = [first]
    for name in met:
        for step in flows[name].steps.values():
            if isinstance(step, Subflow | Goto) and step.flow and step.flow not in met:
                met.append(step.flow)
    return tuple(met)
