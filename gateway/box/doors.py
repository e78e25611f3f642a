"""What people may tell a running box, whichever way they come: taken as an event, or refused with the reason."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from gateway.core.agents import commands as agent_commands
from gateway.core.hours import override
from gateway.edge.desk_doors import desk_doors
from gateway.edge.mqtt_agents import AGENT, AGENTS, agents_door
from gateway.edge.mqtt_commands import HOURS, hours_door

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.agents.commands import Refusal
    from gateway.core.events import AgentCommanded, HoursCommanded
    from gateway.core.events_desk import DeskCommanded
    from gateway.core.hours.override import OverrideRequest
    from gateway.core.site.site import Site
    from gateway.core.switchboard import BoardEvent, Switchboard
    from gateway.edge.mqtt_commands import Door


class Doors:
    """`site` gives the version that runs, `now` the time by which people mean what they say."""

    def __init__(
        self,
        board: Switchboard,
        put: Callable[[BoardEvent], None],
        site: Callable[[], Site],
        now: Callable[[], float],
    ) -> None:
        self._board, self._put, self._site, self._now = board, put, site, now

    def agent(self, event: AgentCommanded) -> Refusal | None:
        """Take an agent's command; the reason when it is not taken."""
        refusal = agent_commands.problem(self._site(), event)
        if refusal is None:
            self._put(event)
        return refusal

    def desk(self, event: DeskCommanded) -> str:
        """Take a command about what callers left; "" or the sentence that says why not and what to do."""
        problem = self._board.desk_problem(event)
        if not problem:
            self._put(event)
        return problem

    def hours(self, name: str, request: OverrideRequest, *, by: Literal["mqtt", "cli"]) -> HoursCommanded:
        """Take a command about a calendar. Raises OverrideError, which says why not and what to do."""
        event = override.commanded(self._site(), name, request, by=by, now=self._now())
        self._put(event)
        return event

    def over_mqtt(self, words: tuple[str, ...]) -> dict[str, Door]:
        """Those that `words` (`commands:` under `mqtt:` in gateway.yaml) open to the broker."""
        hours = {HOURS: hours_door(partial(self.hours, by="mqtt"))} if HOURS in words else {}
        agents = {AGENT: agents_door(self.agent)} if AGENTS in words else {}
        return {**agents, **hours, **desk_doors(words, self.desk)}
