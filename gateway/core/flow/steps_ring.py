"""The steps that ring somebody without the queue. Their structs only: what they do stands in `steps/ring.py`."""

from __future__ import annotations

from typing import ClassVar, Literal

from gateway.core.flow.base import Prompt, Step

Target = Literal["manager", "team", "agent", "number"]


class Ringer(Step, frozen=True, kw_only=True):
    """Root of both. `to` is a team, an agent, an E.164 number or a SIP address, by `target`; empty for the manager."""

    HUMAN: ClassVar[bool] = True

    to: str = ""
    target: Target
    trunk: str = ""
    """Through which a number is dialled; empty for a SIP address."""
    uri: str = ""
    """What is dialled for a number, if not the number itself: a trial over real SIP has telephones of its own."""
    ring_s: float = 30.0
    """How long it is tried in all."""
    prompt: Prompt | None = None
    """Said before the music, while it rings already."""
    music: str = ""
    """Clip key of what the caller hears where no team has music of its own."""


class Ring(Ringer, frozen=True, kw_only=True):
    """One target for a time: the assigned manager, one agent, whoever of a team is free, or a number."""

    VERB: ClassVar[str] = "ring"
    EXITS: ClassVar[tuple[str, ...]] = ("served", "busy", "no_answer", "unreachable")
    ELSE: ClassVar[dict[str, str]] = {"no_answer": "busy", "unreachable": "busy"}
    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"served"})

    served: str = ""
    """Step for a caller who is still there when the person has hung up; empty: the call ends."""
    busy: str = ""
    """Step when nobody can take it now or wants to; empty: the site's goodbye, then hang up."""
    no_answer: str = ""
    unreachable: str = ""


class Transfer(Ringer, frozen=True, kw_only=True):
    """Hand the caller over for good: whoever answers has the call to its end. The box stays between the two (one leg
    each), so that it works with every trunk."""

    VERB: ClassVar[str] = "transfer"
    EXITS: ClassVar[tuple[str, ...]] = ("failed",)

    failed: str = ""
    """Step when nobody took it; empty: the site's goodbye, then hang up."""
