"""Who can be rung: one state table for each agent, one reservation, and the order of the longest idle.

A state says what the person does. Whether the phone can be rung is one thing more: an agent is free when idle *and*
when no leg to the phone is left, so that an INVITE never meets the CANCEL or BYE of the call before; nor, after a
restart, may there be one on a line that has not told its legs yet (`awaited.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core.agents.awaited import ENDS_S, Awaited
from gateway.core.agents.free import FreeAgents
from gateway.core.agents.seat import AGENT_TABLE, Seat, phone_of, put_off
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import WrapUpEnded
from gateway.core.numbers import is_outside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.core.agents.seat import AgentTrigger, Phone
    from gateway.core.board.turn import Turn
    from gateway.core.facts.agents import Command, Taken
    from gateway.core.site.site import Site

WhyNot = Literal["", "busy", "paused", "off"]

GONE = "not in the site"
"""Reason of AgentChanged for one whom a new version does not have; who comes back then begins idle."""
NEW = "new in the site"
"""Reason of AgentChanged for one of whom the journal knows nothing as yet."""
AUTO_PAUSED = "auto_no_answer"
"""Reason of AgentChanged for one whose phone has rung for nothing too often."""
RING_MAX_S = 600.0
LEASE_MARGIN_S = 60.0
"""How much longer than the ringing an agent stays reserved without an answer: time enough for whatever comes between
the answer of the phone and the talk."""
_TO_WRAP_UP: tuple[AgentTrigger, ...] = ("offer", "answer", "wrap_up")


class Roster:
    """All agents of the site, and those of them who are free."""

    __slots__ = ("_awaited", "_free", "_in_use", "_strangers", "_turn", "_unsettled", "_whose", "lately", "seats")

    def __init__(self, site: Site, turn: Turn) -> None:
        self._turn = turn
        self.seats: dict[str, Seat] = {}
        self._free = FreeAgents()
        self._in_use: dict[Phone, str] = {}
        """Telephone -> the leg to it. Two agents may have one telephone, at least while a new version is taken."""
        self._whose: dict[Phone, list[Seat]] = {}
        self._strangers: dict[str, tuple[str, str, bool]] = {}
        """Agent who is not in the site -> (leg, call, talking) from before this program started."""
        self._awaited = Awaited()
        self.lately: set[str] = set()
        """Those whose last call, by the journal, may be so short ago that a leg is still ending."""
        self._unsettled: dict[str, AgentChanged] = {}
        """Those who are rung or talk by the journal's last word, and whose line has not told whether it is so."""
        self.load(site)

    def load(self, site: Site, older: Iterable[Site] = ()) -> None:
        """Take a new version: new agents begin idle; those who are gone finish their call and are seen no more.
        Teams of `older` versions, on which calls still are, are kept with those of their agents who are still there.
        Whoever is given a telephone that is in a call can be rung when that call is over."""
        for seat in self.seats.values():
            seat.removed = seat.agent.id not in site.agents
        new = [agent for agent in site.agents if agent not in self.seats] if self.seats else []
        for agent in site.agents.values():
            seat = self.seats.setdefault(agent.id, Seat(agent))
            seat.agent = agent
        self._whose = {}
        for seat in self.seats.values():
            self._whose.setdefault(phone_of(seat.agent), []).append(seat)
        self._free.load((*older, site))
        for seat in list(self.seats.values()):
            self._relist(seat)
        for name in new:
            if name in self._strangers:
                leg, call, talking = self._strangers.pop(name)
                self.adopt(name, leg=leg, call=call, talking=talking)
        self.introduce(new)

    def introduce(self, agents: Iterable[str]) -> None:
        """Of these agents the journal tells nothing: they are idle, and from now on it does."""
        for agent in agents:
            seat = self.seats[agent]
            if seat.state == "idle":
                self._changed(seat, NEW)

    def teams_of(self, agent: str) -> tuple[str, ...]:
        """The teams that the agent answers for."""
        return self._free.teams_of(agent)

    def logged_in(self, team: str) -> bool:
        """Whether anybody of the team is logged in, free or not."""
        return any(self.why_not(member) != "off" for member in self.members(team))

    def members(self, team: str) -> tuple[str, ...]:
        return self._free.members(team)

    def is_free(self, agent: str) -> bool:
        """Whether the phone can be rung now."""
        return agent in self._free

    def why_not(self, agent: str) -> WhyNot:
        """Why the agent cannot be rung: "" when free, else a code. Ringing, talking, after-call work and a leg
        that the network has not let go of are all "busy"; an agent that the site no longer has is "off"."""
        seat = self.seats.get(agent)
        if seat is None or seat.removed or seat.state == "off":
            return "off"
        if seat.state == "paused":
            return "paused"
        return "" if agent in self._free else "busy"

    def free_of(self, team: str) -> Iterator[str]:
        """The free agents of a team, longest idle first."""
        return self._free.of_team(team)

    def free_count(self, team: str) -> int:
        return self._free.count(team)

    def offer(self, agent: str, *, leg: str, call: str, ring_s: float = RING_MAX_S) -> None:
        """Reserve: from here on nobody else gets the agent, until he answers, the ringing ends, or LEASE_MARGIN_S
        after it should have ended."""
        seat = self.seats[agent]
        seat.advance("offer")
        seat.call = call
        self._turn.after(ring_s + LEASE_MARGIN_S, "lease", agent)
        self._reserve(seat, leg)
        self._changed(seat, call)

    def answered(self, agent: str) -> None:
        """The agent talks. A number outside is nobody's seat, here and in `released`."""
        if is_outside(agent):
            return
        seat = self.seats[agent]
        seat.advance("answer")
        seat.unanswered = 0
        self._turn.cancel("lease", agent)
        self._changed(seat, seat.call)

    def unanswered(self, agent: str, limit: int) -> bool:
        """The phone that rings has rung for nothing once more in a row. True: at `limit` (0: never) the agent is going
        to be paused when the ringing is given up; not if he wanted something himself for then."""
        seat = self.seats[agent]
        seat.unanswered += 1
        if not limit or seat.unanswered < limit or seat.then:
            return False
        seat.then, seat.then_reason = "pause", AUTO_PAUSED
        return True

    def released(self, agent: str, *, moved_back: bool) -> None:
        """The ringing is over without an answer. `moved_back`: the agent goes behind the others who are idle,
        because the phone was rung for nothing."""
        if is_outside(agent):
            return
        seat = self.seats[agent]
        seat.advance("release")
        self._turn.cancel("lease", agent)
        if moved_back:
            seat.idle_since = self._turn.now
        self._settle(seat)

    def not_reached(self, agent: str) -> None:
        """The client for whom the agent was on the telephone did not come: after-call work without a talk, which no
        figure counts as handled."""
        seat = self.seats[agent]
        if seat.agent.wrap_up_s <= 0:
            self.released(agent, moved_back=False)
            return
        seat.advance("answer")
        seat.unanswered = 0
        self._turn.cancel("lease", agent)
        self._work_after(seat, None)

    def talk_ended(self, agent: str, *, team: str, talk_s: float, hold_s: float) -> None:
        """The talk is over; after-call work begins, and is over at once where the agent has none."""
        self._work_after(self.seats[agent], (team, talk_s, hold_s))

    def _work_after(self, seat: Seat, talked: tuple[str, float, float] | None) -> None:
        agent = seat.agent.id
        seat.advance("wrap_up")
        seat.talked = talked
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
        if seat.talked is not None:
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

    def stranger_done(self, agent: str) -> None:
        """The talk of an agent who is not in the site is over; his leg may still be there."""
        if agent in self._strangers:
            self._strangers[agent] = (*self._strangers[agent][:2], False)

    def leg_gone(self, leg: str) -> tuple[str, ...]:
        """The network has let go of a phone: the agents who may be free by that, the one who was rung and whoever
        else has his phone. A leg that reserves nobody changes nothing."""
        self._strangers = {agent: held for agent, held in self._strangers.items() if held[0] != leg}
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
        if last.state not in {"ringing", "talking"} and now - last.at < ENDS_S and last.reason not in {NEW, GONE}:
            self.lately.add(last.agent)  # also one who is not in the site: he may be put back into it
        if seat is None or seat.removed or seat.state != "idle" or seat.leg or last.reason == GONE:
            return
        self._free.take(last.agent)
        seat.since, seat.reason, seat.unanswered = last.at, last.reason, last.unanswered
        seat.then, seat.then_reason = last.then, last.then_reason
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
            case _ if seat.then:  # rung or talking; `adopt` puts it off again if a line shows the talk
                self._settle(seat)
            case _:  # rung or talking: the lines tell whether that is so still
                self._unsettled[last.agent] = last
                seat.since, seat.reason = now, ""
                seat.idle_since = last.at if last.state == "ringing" else now
        self._relist(seat)

    def wait_for(self, agent: str, line: str) -> None:
        """Neither the agent nor the telephone that he has now is rung before the line has told its legs."""
        self._awaited.add(agent, line)
        seat = self.seats.get(agent)
        if seat is not None:
            phone = phone_of(seat.agent)
            self._awaited.add(phone, line)
            for other in self._whose[phone]:
                self._relist(other)

    def waits(self, agent: str) -> bool:
        """Whether the agent may be in a call on a line that has not told its legs."""
        return self._waits(self.seats[agent])

    def told(self, line: str) -> tuple[str, ...]:
        """The line tells its legs, or has none any more: the agents who waited for it alone."""
        waited = [seat for seat in self.seats.values() if self._waits(seat)]
        self._awaited.told(line)
        freed = [seat for seat in waited if not self._waits(seat)]
        for seat in freed:
            self._relist(seat)
        return tuple(seat.agent.id for seat in freed)

    def settled(self) -> None:
        """The legs that were told are known: who was rung or talked by the journal, and does so no more, is idle."""
        for agent in sorted(agent for agent in self._unsettled if agent not in self._awaited):
            self._unsettled.pop(agent)
            seat = self.seats.get(agent)
            if seat is not None and seat.state == "idle":
                self._changed(seat, "")

    def adopt(self, agent: str, *, leg: str, call: str, talking: bool) -> None:
        """A leg that was up before this program started: the agent talks on it, or it only waits for its end."""
        seat = self.seats.get(agent)
        if seat is None:
            self._strangers[agent] = (leg, call, talking)
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
            told = self._unsettled.pop(agent, None)
            if told is None or (told.state, told.reason) != ("talking", call):
                self._changed(seat, call)
            else:  # it is no news
                seat.since, seat.reason = told.at, call
        else:
            self._relist(seat)

    def command(self, agent: str, command: Command, reason: str) -> Taken | None:
        """Log in or out, pause or not, end after-call work. A pause or logout while ringing, talking or in after-call
        work takes effect when that is over (a later command replaces it). What is so already changes nothing; None:
        there is no such agent."""
        seat = self.seats.get(agent)
        if seat is None or seat.removed:
            return None
        if command == "ready":
            if seat.state != "wrap_up":
                return "already"
            self.wrap_up_ended(agent)
            return "now"
        if seat.state in {"ringing", "talking", "wrap_up"}:
            return put_off(seat, command, reason)
        if (seat.state, command) == ("paused", "pause") and reason not in {"", seat.reason}:
            self._changed(seat, reason)  # paused for another reason
            return "now"
        if (seat.state, command) not in AGENT_TABLE:
            return "already"
        seat.advance(command)
        if seat.state == "idle":
            seat.idle_since, seat.unanswered = self._turn.now, 0
        self._changed(seat, reason)
        return "now"

    def _waits(self, seat: Seat) -> bool:
        return seat.agent.id in self._awaited or phone_of(seat.agent) in self._awaited

    def _reserve(self, seat: Seat, leg: str) -> None:
        seat.leg, seat.phone = leg, phone_of(seat.agent)
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
        self._unsettled.pop(seat.agent.id, None)
        seat.since = self._turn.now
        seat.reason = reason
        self._turn.note(
            AgentChanged(
                at=self._turn.now,
                agent=seat.agent.id,
                state=seat.state,
                reason=reason,
                then=seat.then,
                then_reason=seat.then_reason,
                unanswered=seat.unanswered,
            )
        )
        self._relist(seat)

    def _relist(self, seat: Seat) -> None:
        waits = self._waits(seat)
        if seat.removed and seat.state in {"idle", "paused", "off"} and not seat.leg and not waits:
            self.seats.pop(seat.agent.id, None)
            if seat.state != "off":
                seat.state = "off"
                self._turn.note(AgentChanged(at=self._turn.now, agent=seat.agent.id, state="off", reason=GONE))
        mine = not seat.leg and not waits and phone_of(seat.agent) not in self._in_use
        if seat.state == "idle" and mine and not seat.removed:
            self._free.put(seat.agent.id, seat.idle_since)
        else:
            self._free.take(seat.agent.id)
