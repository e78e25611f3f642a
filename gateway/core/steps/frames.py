"""Flows that were called and have to come back: what each caller's walk remembers of the flows above the present one.

A called flow has variables of its own. It sees who calls (the well-known variables) and what it was given; what it
notes is forgotten when it returns, but for well-known ones such as `area` and `language`, and what it hands back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateway.core.flow.model import WELL_KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.flow.model import Flow
    from gateway.core.flow.steps_subflow import Subflow

DEPTH_MAX = 16
"""Flows within flows. The reader refuses circles, so that a sound site of as many flows cannot come near."""


class Frame(NamedTuple):
    """A flow that waits for the return of one that it called."""

    flow: Flow
    step: Subflow
    values: dict[str, str]
    """Its own variables."""
    rounds: dict[tuple[str, str], int]
    """Rounds so far of the loops, by flow and step."""


def take_own(values: dict[str, str]) -> dict[str, str]:
    """Take the flow's own variables out of those of a call; the well-known ones stay."""
    own = {name: value for name, value in values.items() if name not in WELL_KNOWN}
    for name in own:
        del values[name]
    return own


def handed(given: Iterable[tuple[str, str, str]], values: dict[str, str]) -> dict[str, str]:
    """What is handed over, by its name there. A variable without a value hands over nothing."""
    found = {name: word or values.get(variable, "") for name, word, variable in given}
    return {name: value for name, value in found.items() if value}
