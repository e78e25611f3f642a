"""A scripted call: who calls and what happens to the call, and what is expected to come of it."""

from __future__ import annotations

import msgspec

from gateway.config.problems import Place
from gateway.simulate.plan import Plan

NOBODY = "nobody"
"""`answered_by: nobody`, `stage: nobody`: no human was reached."""


class ExpectedFact(msgspec.Struct, frozen=True):
    """A fact of that kind with these fields, as texts."""

    kind: str
    fields: tuple[tuple[str, str], ...]
    place: Place

    def __str__(self) -> str:
        return self.kind + (" {" + ", ".join(f"{n}: {v}" for n, v in self.fields) + "}" if self.fields else "")


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What must come of the call; None and empty tuples: not looked at. Each value with its place in the file."""

    hears: tuple[tuple[str, Place], ...] = ()
    """Pieces of prompts, in this order; other prompts may come between."""
    path: tuple[str, ...] | None = None
    """Every step, from the first to the last."""
    outcome: str | None = None
    answered_by: str | None = None
    stage: str | None = None
    facts: tuple[ExpectedFact, ...] = ()
    """In this order; other facts may come between."""
    places: dict[str, Place] = msgspec.field(default_factory=dict)
    """Key of the file -> where it stands."""


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a file of scripts."""

    name: str
    place: Place
    plan: Plan
    expected: Expected


class ScriptFile(msgspec.Struct, frozen=True, kw_only=True):
    """`flows/NAME.calls.yaml`, read and sound."""

    file: str
    flow: str
    scripts: tuple[Script, ...]
