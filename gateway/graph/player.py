"""Tries a way: a call of the simulator that does at each question what leads along it, and stops where it is left."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec

from gateway.core.facts.calls import CallEnded, CallTurnedAway, QueueLeft, StepEntered
from gateway.simulate.deeds import Nothing
from gateway.simulate.office import Office, simulate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.config.checks.graph import Node
    from gateway.core.site.site import Site
    from gateway.graph.answers import Answer
    from gateway.graph.paths import Path
    from gateway.graph.target import Target
    from gateway.simulate.deeds import Deed
    from gateway.simulate.lengths import Lengths
    from gateway.simulate.plan import Happening, Plan


class _Over(Exception):  # noqa: N818 - the end of a trial, no error
    """The way was left, or it has come there."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """`came`: it reached the target, doing `deeds`. `far`: how many leads of the way were taken."""

    came: bool
    far: int
    deeds: tuple[Deed, ...] = ()


def follow(
    site: Site, plan: Plan, target: Target, lengths: Lengths, *, start: Node, path: Path, chosen: Mapping[int, Answer]
) -> Trial:
    """Play `plan` along `path`. `chosen`: number of a lead -> what is done at the step that it leaves."""
    stops = [start, *(lead.to for lead in path)]
    here, came = -1, False
    done: list[Deed] = []

    def watch(_at: float, happened: Happening) -> None:
        nonlocal here, came
        if isinstance(happened, StepEntered):
            if here + 1 < len(stops) and (happened.flow, happened.step) == stops[here + 1]:
                here += 1
            else:
                raise _Over
        if here == len(path) and target.met(happened):
            came = True
            raise _Over
        if isinstance(happened, CallEnded | CallTurnedAway | QueueLeft) and here == len(path):
            raise _Over

    def ask() -> Iterable[Deed]:
        deeds = chosen.get(here) or (Nothing(),)
        done.extend(deeds)
        return deeds

    with contextlib.suppress(_Over):
        Office(site, plan, watch=watch, ask=ask, lengths=lengths).run()
    return Trial(came=came, far=max(0, here), deeds=tuple(done))


def proved(site: Site, plan: Plan, target: Target, lengths: Lengths, *, start: Node, path: Path) -> bool:
    """Whether the plan, played as it stands to its end, comes along `path` to the target."""
    stops = (start, *(lead.to for lead in path))
    entered: list[tuple[str, str]] = []
    for _, happened in simulate(site, plan, lengths=lengths).log:
        if isinstance(happened, StepEntered):
            entered.append((happened.flow, happened.step))
            if len(entered) > len(stops) or stops[len(entered) - 1] != entered[-1]:
                return False
        if len(entered) == len(stops) and target.met(happened):
            return True
    return False
