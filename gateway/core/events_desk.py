"""Events about what callers left behind: what the team does with it, what the journal holds, what was deleted."""

from __future__ import annotations

from typing import Literal

from gateway.core.events import Event
from gateway.core.facts_call_back import AnyCallBackFact
from gateway.core.facts_desk import AnyDeskFact

DeskThing = Literal["message", "call_back", "case", "task"]
DeskDeed = Literal["done", "reached", "not_reached", "cancelled", "answered", "closed", "reopened"]


class DeskCommanded(Event, frozen=True, kw_only=True):
    """Somebody with the right to do so dealt with something; `who` as far as it is known."""

    what: DeskThing
    id: str
    deed: DeskDeed
    who: str = ""


class DeskRecovered(Event, frozen=True, kw_only=True):
    """What the journal tells of the desk, in order. Comes once, after a start."""

    facts: tuple[AnyDeskFact | AnyCallBackFact, ...] = ()


class RecordingRemoved(Event, frozen=True, kw_only=True):
    """A file was deleted because it was kept long enough. `recorded_at` in Unix seconds."""

    file: str
    recorded_at: float
