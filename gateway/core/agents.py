"""Who can be rung: one state table for each agent, one reservation, and the order of the longest idle.

A state says what the person does. Whether the phone can be rung is one thing more: an agent is free when idle *and*
when no leg to the phone is left, so that an INVITE never meets the CANCEL or BYE of the call before.
"""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Literal

from gateway.core import tables
from gateway.core.facts import AgentChanged, WrapUpEnded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.core.site import Agent, Site
    from gateway.core.turn import Turn

AgentState = Literal["off", "idle", "ringing", "talking", "wrap_up", "paused"]
AgentTrigger = Literal["login", "logout", "pause", "unpause", "offer", "answer", "wrap_up", "release"]
Command = Literal["login", "logout", "pause", "unpause"]
WhyNot = Literal["", "busy", "paused", "off"]

AGENT_TABLE: dict[tuple[AgentState, AgentTrigger], AgentState] = {
    ("off", "login"): "idle",
    ("idle", "logout"): "off",
    ("idle", "pause"): "paused",
    ("idle", "offer"): "ringing",
    ("paused", "unpause"): "idle",
    ("paused", "logout"): "off",
    ("ringing", "answer"): "talking",
    ("ringing", "release"): "idle",
    ("talking", "wrap_up"): "wrap_up",
    ("wrap_up", "release"): "idle",
}


GONE = "not in the site"
"""Reason of AgentChanged for one whom a new version does not have; who comes back then begins idle."""
_TO_WRAP_UP: tuple[AgentTrigger, ...] = ("offer", "answer", "wrap_up")

Phone = tuple[str, str]
"""URI and trunk."""


class Seat:
    """One agent. `leg` is the reservation: the leg to the phone, from the dialling until the network has let go of
    it. `then` is a command that waits for the end of the call."""

    __slots__ = (
        "agent", "call", "idle_since", "leg", "phone", "place", "reason", "removed", "since", "state", "talked",
        "then", "then_reason",
    )  # fmt: skip

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.state: AgentState = "idle"
        self.since = 0.0
        self.idle_since = 0.0
        self.leg = ""
        self.phone: Phone = ("", "")
        """To which `leg` was dialled: a new version may have given the agent another telephone since."""
        self.call = ""
        self.reason = ""
        self.then: Literal["", "pause", "logout"] = ""
        self.then_reason = ""
        self.talked: tuple[str, float, float] = ("", 0.0, 0.0)
        """Team, talk_s and hold_s of the call whose after-call work is being done."""
        self.place: tuple[float, int] | None = None
        """Where the agent stands among the free ones; None while not free."""
        self.removed = False

    def advance(self, trigger: AgentTrigger) -> None:
        """Raises TransitionError for a pair that the table does not have."""
        self.state = tables.after("agent", AGENT_TABLE, self.state, trigger)


def _phone(agent: Agent) -> Phone:
    return agent.uri, agent.trunk


class Roster:
    """All agents of the site, and for each team those who are free, longest idle first."""

    __slots__ = ("_count", "_free", "_in_use", "_members", "_teams", "_turn", "_whose", "seats")

    def __init__(self, site: Site, turn: Turn) -> None:
        self._turn = turn
        self._count = 0
        self.seats: dict[str, Seat] = {}
        self._free: dict[str, list[tuple[tuple[float, int], str]]] = {}
        self._teams: dict[str, tuple[str, ...]] = {}
        self._members: dict[str, tuple[str, ...]] = {}
        self._in_use: dict[Phone, str] = {}
        """Telephone -> the leg to it. Two agents may have one telephone, at least while a new version is taken."""
        self._whose: dict[Phone, list[Seat]] = {}
        self.load(site)

    def load(self, site: Site, older: Iterable[Site] = ()) -> None:
        """Take a new version: new agents begin idle; those who are gone finish their call and are seen no more.
        Teams of `older` versions, on which calls still are, are kept with those of their agents who are still there.
        Whoever is given a telephone that is in a call can be rung when that call is over."""
        for seat in self.seats.values():
            self._unlist(seat)
            seat.removed = seat.agent.id not in site.agents
        for agent in site.agents.values():
            seat = self.seats.setdefault(agent.id, Seat(agent))
            seat.agent = agent
        self._whose = {}
        for seat in self.seats.values():
            self._whose.setdefault(_phone(seat.agent), []).append(seat)
        versions = (*older, site)
        self._members = {team.id: team.agents for version in versions for team in version.teams.values()}
        teams: dict[str, list[str]] = {}
        for name, members in self._members.items():
            for member in members:
                teams.setdefault(member, []).append(name)
        self._teams = {agent: tuple(names) for agent, names in teams.items()}
        self._free = {}
        for seat in list(self.seats.values()):
            self._relist(seat)

    def teams_of(self, agent: str) -> tuple[str, ...]:
        """The teams that the agent answers for."""
        return self._teams.get(agent, ())

    def logged_in(self, team: str) -> bool:
        """Whether anybody of the team is logged in, free or not."""
        return any(self.why_not(member) != "off" for member in self._members.get(team, ()))

    def members(self, team: str) -> tuple[str, ...]:
        return self._members.get(team, ())

    def is_free(self, agent: str) -> bool:
        """Whether the phone can be rung now."""
        seat = self.seats.get(agent)
        return seat is not None and seat.place is not None

    def why_not(self, agent: str) -> WhyNot:
        """Why the agent cannot be rung: "" when free, else a code. Ringing, talking, after-call work and a leg
        that the network has not let go of are all "busy"; an agent that the site no longer has is "off"."""
        seat = self.seats.get(agent)
        if seat is None or seat.removed or seat.state == "off":
            return "off"
        if seat.state == "paused":
            return "paused"
        return "" if seat.place is not None else "busy"

    def free_of(self, team: str) -> Iterator[str]:
        """The free agents of a team, longest idle first."""
        return (agent for _, agent in self._free.get(team, ()))

    def free_count(self, team: str) -> int:
        return len(self._free.get(team, ()))

    def offer(self, agent: str, *, leg: str, call: str) -> None:
        """Reserve: from here on nobody else gets the agent."""
        seat = self.seats[agent]
        seat.advance("offer")
        seat.call = call
        self._reserve(seat, leg)
        self._changed(seat, call)

    def answered(self, agent: str) -> None:
        """The agent talks."""
        seat = self.seats[agent]
        seat.advance("answer")
        self._changed(seat, seat.call)

    def released(self, agent: str, *, moved_back: bool) -> None:
        """The ringing is over without an answer. `moved_back`: the agent goes behind the others who are idle,
        because the phone was rung for nothing."""
        seat = self.seats[agent]
        seat.advance("release")
        if moved_back:
            seat.idle_since = self._turn.now
        self._settle(seat)

    def talk_ended(self, agent: str, *, team: str, talk_s: float, hold_s: float) -> None:
        """The talk is over; after-call work begins, and is over at once where the agent has none."""
        seat = self.seats[agent]
        seat.advance("wrap_up")
        seat.talked = (team, talk_s, hold_s)
        seat.since = self._turn.now
        if seat.agent.wrap_up_s > 0:
            self._changed(seat, seat.call)
            self._turn.after(seat.agent.wrap_up_s, "wrap", agent)
        else:
            self.wrap_up_ended(agent)

    def wrap_up_ended(self, agent: str) -> None:
        """After-call work is over."""
        seat = self.seats[agent]
        wrapped_since = seat.since
        seat.advance("release")
        self._turn.cancel("wrap", agent)
        team, talk_s, hold_s = seat.talked
        self._turn.note(
            WrapUpEnded(
                at=self._turn.now,
                call=seat.call,
                agent=agent,
                team=team,
                talk_s=talk_s,
                hold_s=hold_s,
                wrap_up_s=self._turn.now - wrapped_since,
            )
        )
        seat.idle_since = self._turn.now
        self._settle(seat)

    def leg_gone(self, leg: str) -> tuple[str, ...]:
        """The network has let go of a phone: the agents who may be free by that, the one who was rung and whoever
        else has his phone. A leg that reserves nobody changes nothing."""
        rung = next((seat for seat in self.seats.values() if seat.leg == leg), None)
        if rung is None:
            return ()
        rung.leg = ""
        if self._in_use.get(rung.phone) == leg:
            del self._in_use[rung.phone]
        freed = {id(seat): seat for seat in (rung, *self._whose.get(rung.phone, ()))}
        for seat in freed.values():
            self._relist(seat)
        return tuple(seat.agent.id for seat in freed.values())

    def recover(self, last: AgentChanged, talked: tuple[str, float, float] | None) -> None:
        """What an agent was when this program ended; nothing of it is a new fact, but for after-call work that is over
        by now. `talked`: team, talk_s and hold_s of the call of that work."""
        seat, now = self.seats.get(last.agent), self._turn.now
        if seat is None or seat.removed or seat.state != "idle" or seat.leg or last.reason == GONE:
            return
        self._unlist(seat)
        seat.since, seat.reason = last.at, last.reason
        match last.state:
            case "idle":
                seat.idle_since = last.at
            case "off":
                seat.advance("logout")
            case "paused":
                seat.advance("pause")
            case "wrap_up" if talked is not None:
                for trigger in _TO_WRAP_UP:
                    seat.advance(trigger)
                seat.call, seat.talked = last.reason, talked
                seat.since = max(last.at, now - seat.agent.wrap_up_s)
                left_s = seat.since + seat.agent.wrap_up_s - now
                if left_s > 0:
                    self._turn.after(left_s, "wrap", last.agent)
                else:
                    self.wrap_up_ended(last.agent)
            case _:  # rung or talking: the lines tell whether that is so still
                seat.since, seat.reason = now, ""
        self._relist(seat)

    def adopt(self, agent: str, *, leg: str, call: str, talking: bool) -> None:
        """A leg that was up before this program started: the agent talks on it, or it only waits for its end."""
        seat = self.seats.get(agent)
        if seat is None or seat.leg:
            return
        if talking and seat.state == "wrap_up":
            self.wrap_up_ended(agent)
        if talking and seat.state in {"paused", "off"}:  # of which the journal did not hear
            seat.then, seat.then_reason = "pause" if seat.state == "paused" else "logout", seat.reason
            seat.advance("unpause" if seat.state == "paused" else "login")
        if seat.state == "idle":
            seat.call = call
        self._reserve(seat, leg)
        if talking and seat.state == "idle":
            seat.advance("offer")
            seat.advance("answer")
            self._changed(seat, call)
        else:
            self._relist(seat)

    def command(self, agent: str, command: Command, reason: str) -> None:
        """Log in or out, pause or not. While ringing, talking or in after-call work it takes effect when that is
        over (a later command replaces it). What is so already changes nothing, nor does an unknown agent."""
        seat = self.seats.get(agent)
        if seat is None or seat.removed:
            return
        if seat.state in {"ringing", "talking", "wrap_up"}:
            if command == "pause" or command == "logout":  # noqa: PLR1714 - narrows the Literal
                seat.then, seat.then_reason = command, reason
            else:
                seat.then, seat.then_reason = "", ""
            return
        if (seat.state, command) not in AGENT_TABLE:
            return
        seat.advance(command)
        if seat.state == "idle":
            seat.idle_since = self._turn.now
        self._changed(seat, reason)

    def _reserve(self, seat: Seat, leg: str) -> None:
        seat.leg, seat.phone = leg, _phone(seat.agent)
        self._in_use[seat.phone] = leg
        for other in self._whose[seat.phone]:
            self._relist(other)

    def _settle(self, seat: Seat) -> None:
        """The agent has just become idle: do what was put off, and tell the state that remains."""
        seat.call = ""
        reason = ""
        if seat.then:
            reason = seat.then_reason
            seat.advance(seat.then)
            seat.then, seat.then_reason = "", ""
        self._changed(seat, reason)

    def _changed(self, seat: Seat, reason: str) -> None:
        seat.since = self._turn.now
        seat.reason = reason
        self._turn.note(AgentChanged(at=self._turn.now, agent=seat.agent.id, state=seat.state, reason=reason))
        self._relist(seat)

    def _relist(self, seat: Seat) -> None:
        if seat.removed and seat.state in {"idle", "paused", "off"} and not seat.leg:
            self.seats.pop(seat.agent.id, None)
            if seat.state != "off":
                seat.state = "off"
                self._turn.note(AgentChanged(at=self._turn.now, agent=seat.agent.id, state="off", reason=GONE))
        mine = not seat.leg and _phone(seat.agent) not in self._in_use
        free = seat.state == "idle" and mine and not seat.removed
        if free == (seat.place is not None):
            return
        if not free:
            self._unlist(seat)
            return
        self._count += 1
        seat.place = (seat.idle_since, self._count)
        for team in self.teams_of(seat.agent.id):
            bisect.insort(self._free.setdefault(team, []), (seat.place, seat.agent.id))

    def _unlist(self, seat: Seat) -> None:
        if seat.place is None:
            return
        for team in self.teams_of(seat.agent.id):
            entries = self._free[team]
            del entries[bisect.bisect_left(entries, (seat.place, seat.agent.id))]
        seat.place = None
