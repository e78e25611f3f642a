"""Events about what callers left behind: what the team does with it, what the journal holds, what was deleted."""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.core.events import Event
from gateway.core.facts.call_back import AnyCallBackFact
from gateway.core.facts.desk import AnyDeskFact
from gateway.core.facts.quality import AnyQualityFact

DeskThing = Literal["message", "call_back", "case", "task", "sample"]
DeskDeed = Literal["done", "reached", "not_reached", "cancelled", "answered", "closed", "reopened", "scored"]


class DeskCommanded(Event, frozen=True, kw_only=True):
    """Somebody with the right to do so dealt with something; `who` as far as it is known."""

    what: DeskThing
    id: str
    deed: DeskDeed
    who: str = ""
    answers: dict[str, str] = msgspec.field(default_factory=dict)
    """Of a sample that is scored: question of the form -> answer."""
    again: bool = False
    """It may have a score already, which this one replaces."""


class DeskRecovered(Event, frozen=True, kw_only=True):
    """What the journal tells of the desk, in order. Comes once, after a start."""

    facts: tuple[AnyDeskFact | AnyCallBackFact | AnyQualityFact, ...] = ()


class RecordingRemoved(Event, frozen=True, kw_only=True):
    """A file was deleted because it was kept long enough. `recorded_at` in Unix seconds."""

    file: str
    recorded_at: float
