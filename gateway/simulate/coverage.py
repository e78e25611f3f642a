"""Which exits of a flow a set of calls takes, found by the interpreter itself.

Every exit is led through a step of its own that does nothing (a probe), in a copy of the flow. The facts of a call
through that copy name the probes, so an exit counts as taken when the core took it, and not by a second opinion here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from gateway.core.flow.exits import Edge, edges_of, rewired
from gateway.core.flow.model import Goto

if TYPE_CHECKING:
    from gateway.core.flow.model import Flow
    from gateway.core.site.site import Site
    from gateway.simulate.plan import Run

_PROBE = "\0exit "
"""Begins a probe's name: no name in a file can hold a NUL."""


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """The exits of some flows, and those that no call took."""

    flows: tuple[str, ...]
    edges: tuple[Edge, ...]
    missed: tuple[Edge, ...]

    @property
    def taken(self) -> int:
        """How many exits were taken."""
        return len(self.edges) - len(self.missed)

    @property
    def share(self) -> float:
        """Taken of all, 1.0 for flows without exits."""
        return self.taken / len(self.edges) if self.edges else 1.0


def probed(site: Site, flow: str) -> Site:
    """The site with a probe in every exit of `flow`."""
    return replace(site, flows={**site.flows, flow: _probed(site.flows[flow])})


def taken(run: Run) -> set[int]:
    """The exits that a run through a probed flow took, by their number in `edges_of`."""
    return {int(step.removeprefix(_PROBE)) for _, step in run.steps if step.startswith(_PROBE)}


def without_probes(run: Run) -> tuple[str, ...]:
    """The run's path as it would be without them."""
    return tuple(step for step in run.path if _PROBE not in step)


def _probed(flow: Flow) -> Flow:
    made = flow
    probes: dict[str, Goto] = {}
    for number, edge in enumerate(edges_of(flow)):
        name = f"{_PROBE}{number}"
        probes[name] = Goto(name=name, then=edge.to, flow=edge.to_flow)
        made = rewired(made, edge, name)
    return replace(made, steps={**made.steps, **probes})
