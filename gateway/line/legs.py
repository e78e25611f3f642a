"""The legs of this line, and the registry that keeps their pjsua2 objects alive: a Call that Python collects hangs up.

A leg is in the table from its first message until the library has freed its call slot, which can be seconds after the
call is over; only then its Call object is let go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from gateway.core.events import EndedBy, LegDialog, LegSnapshot
from gateway.line import states
from gateway.line.rtcp import MediaTotals

if TYPE_CHECKING:
    from gateway.audio.clock import Arrivals
    from gateway.audio.tap import Tap


@dataclass(slots=True, eq=False)
class Leg:
    """One SIP dialogue with its media."""

    id: str
    call: str
    """Id of the caller's leg."""
    direction: Literal["in", "out"]
    state: states.State
    sip: Any
    """Its LegCall."""
    slot: int = -1
    """Call slot of the library."""
    caller: str = ""
    caller_name: str = ""
    called: str = ""
    agent: str = ""
    codec: str = ""
    held: bool = False
    telephone_event: bool = False
    """RFC 4733 was negotiated towards the far end."""
    inband_too: bool = False
    """The far end sends its keys in-band beside RFC 4733."""
    bridged_with: str = ""
    keeps_keys: bool = False
    """Its keys are the core's, which passes on those that are meant for the other side."""
    media: MediaTotals = field(default_factory=MediaTotals)
    invite: str = ""
    """Text of the INVITE of an incoming leg, until the dialogue is known."""
    branch: str = ""
    """Via branch of our INVITE: names its transaction."""
    dialog: LegDialog | None = None
    tap: Tap | None = None
    arrivals: Arrivals | None = None
    """Of its present stream."""
    hung_up_by: EndedBy | None = None
    """Who of us told it to end: the core ("us") or the line itself."""
    ended: tuple[int, str, EndedBy] | None = None
    """Code, reason and side, from the moment the dialogue was over."""
    reported: bool = False
    """LegEnded has gone up."""
    offered_at: float = 0.0
    ended_at: float = 0.0
    """Monotonic seconds, both."""

    def step(self, step: states.Step) -> None:
        """Raises TransitionError when the table of states does not have it."""
        self.state = states.after(self.direction, self.state, step)

    def allows(self, step: states.Step) -> bool:
        return states.allows(self.direction, self.state, step)

    @property
    def over(self) -> bool:
        return self.state == "ending"

    def snapshot(self) -> LegSnapshot:
        return LegSnapshot(
            leg=self.id,
            call=self.call,
            direction=self.direction,
            state=states.shown(self.state),
            caller=self.caller,
            caller_name=self.caller_name,
            called=self.called,
            agent=self.agent,
            codec=self.codec,
            held=self.held,
            bridged_with=self.bridged_with,
        )


class Legs:
    """All legs that the library holds."""

    def __init__(self) -> None:
        self._by_id: dict[str, Leg] = {}

    def __iter__(self) -> Iterator[Leg]:
        return iter(tuple(self._by_id.values()))

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, leg: Leg) -> None:
        self._by_id[leg.id] = leg

    def get(self, leg_id: str) -> Leg | None:
        return self._by_id.get(leg_id)

    def remove(self, leg: Leg) -> None:
        del self._by_id[leg.id]

    @property
    def callers(self) -> int:
        """Legs of callers, those that are over but not freed included."""
        return sum(leg.direction == "in" for leg in self._by_id.values())
