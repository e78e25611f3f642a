"""Flows with one mistake each: an exit that is gone, or that leads somewhere else. Good scripts notice every one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from gateway.core.flow.exits import Edge, edges_of, removed, rewired
from gateway.core.flow.model import Flow

if TYPE_CHECKING:
    from collections.abc import Iterator


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """`flow` with one exit changed; `to` is where a rewired one leads."""

    edge: Edge
    how: Literal["removed", "rewired"]
    to: str = ""
    flow: Flow

    def __str__(self) -> str:
        return f"{self.edge}: {self.how}" + (f" to {self.to}" if self.how == "rewired" else "")


def mutants_of(flow: Flow) -> Iterator[Mutant]:
    """Each exit once removed and once rewired: to the step that follows its target in the file, round at the end."""
    names = tuple(flow.steps)
    for edge in edges_of(flow):
        if edge.to or edge.to_flow or edge.option in {"choices", "rules"}:  # else it is the goodbye already
            yield Mutant(edge=edge, how="removed", flow=removed(flow, edge))
        after = names.index(edge.to) + 1 if edge.to in names else 0
        to = next((name for name in (*names[after:], *names[:after]) if name not in {edge.to, edge.step}), "")
        if to:
            yield Mutant(edge=edge, how="rewired", to=to, flow=rewired(flow, edge, to))
