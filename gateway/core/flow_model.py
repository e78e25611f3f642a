"""A flow after it was read and checked: steps as frozen structs, each with one verb. `flow.py` walks them.

The language that people write is described in ivr_flows/README.md; `gateway/config/flows.py` turns it into this.
Every step name in here exists in its flow and every variable is known, because the reader refuses the rest.
"""

from __future__ import annotations

import msgspec

from gateway.core.flow_base import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Exit,
    Not,
    Part,
    Prompt,
    Retry,
    Rule,
    Step,
)
from gateway.core.flow_steps import (
    Branch,
    Collect,
    EchoTest,
    Goto,
    HangUpStep,
    Menu,
    Queue,
    Say,
    SetValues,
    ToneTest,
)

__all__ = [
    "WELL_KNOWN", "AllOf", "AnyOf", "AnyStep", "Branch", "Collect", "Comparison", "Condition", "EchoTest", "Exit",
    "Flow", "Goto", "HangUpStep", "Menu", "Not", "Part", "Prompt", "Queue", "Retry", "Rule", "Say", "SetValues", "Step",
    "ToneTest",
]  # fmt: skip

AnyStep = Say | Menu | Collect | Branch | SetValues | Goto | Queue | EchoTest | ToneTest | HangUpStep


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One file under `flows/`."""

    id: str
    language: str
    languages: tuple[str, ...]
    start: str
    steps: dict[str, AnyStep]


WELL_KNOWN = (
    "client.known",  # "yes" when the caller's client was found, else unset
    "client.name",
    "client.id",
    "client.team",
    "manager",  # the assigned manager's id
    "caller",  # E.164, unset when withheld
    "called",
    "area",
    "language",
)
"""Variables that every flow can read without setting them. `{manager}` in a text is the spoken, declined name."""
