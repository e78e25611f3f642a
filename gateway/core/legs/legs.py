"""One leg as the core sees it: which way it goes, whose it is, how far it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core import tables
from gateway.core.legs.keys import KeyMerger

if TYPE_CHECKING:
    from gateway.core.call.call import Call
    from gateway.core.facts.calls import Stage
    from gateway.core.legs.acceptance import Acceptance

LegState = Literal["planned", "offered", "dialled", "ringing", "answered", "ending", "gone"]
LegTrigger = Literal["dialled", "rang", "answered", "hang_up", "gone"]

LEG_TABLE: dict[tuple[LegState, LegTrigger], LegState] = {
    ("planned", "dialled"): "dialled",
    ("offered", "answered"): "answered",
    ("offered", "hang_up"): "ending",
    ("offered", "gone"): "gone",
    ("dialled", "rang"): "ringing",
    ("dialled", "answered"): "answered",
    ("dialled", "hang_up"): "ending",
    ("dialled", "gone"): "gone",
    ("ringing", "rang"): "ringing",
    ("ringing", "answered"): "answered",
    ("ringing", "hang_up"): "ending",
    ("ringing", "gone"): "gone",
    ("answered", "hang_up"): "ending",
    ("answered", "gone"): "gone",
    ("ending", "gone"): "gone",
}


class Leg:
    """A caller's leg (`agent` empty) or the leg to an agent's phone. `call` is None for a leg that was found
    ringing after a restart and only waits for its end."""

    __slots__ = (
        "_keys", "acceptance", "agent", "call", "codec", "dialled_at", "held", "id", "line", "stage", "state", "team",
        "trunk",
    )  # fmt: skip

    def __init__(
        self,
        leg: str,
        *,
        line: str,
        state: LegState,
        at: float,
        call: Call | None = None,
        agent: str = "",
        stage: Stage = "team",
        team: str = "",
        trunk: str = "",
    ) -> None:
        self.id = leg
        self.line = line
        self.state: LegState = state
        self.call = call
        self.agent = agent
        self.stage: Stage = stage
        self.team = team
        self.trunk = trunk
        """Over which it goes; empty on the local network, and of a leg that was up before this program."""
        self.dialled_at = at
        self.held = False
        self.codec = ""
        self.acceptance: Acceptance | None = None
        """Set while whoever picked it up is asked to accept."""
        self._keys: KeyMerger | None = None

    @property
    def keys(self) -> KeyMerger:
        """What tells one press that came several ways from several presses; made when the first key comes."""
        if self._keys is None:
            self._keys = KeyMerger()
        return self._keys

    @property
    def waits(self) -> bool:
        """Whether its caller waits in a queue."""
        return not self.agent and self.call is not None and self.call.waiter is not None

    def may(self, trigger: LegTrigger) -> bool:
        """Whether the table has it: what the network reports twice or too late is looked at first."""
        return (self.state, trigger) in LEG_TABLE

    def advance(self, trigger: LegTrigger) -> None:
        """Raises TransitionError for a pair that the table does not have."""
        self.state = tables.after("leg", LEG_TABLE, self.state, trigger)
