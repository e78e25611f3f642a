"""How agents behave in a replay: as the journal says of the same call, else of the ringing nearest in time. And what
the office does by itself, not because of a call."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from statistics import median
from typing import TYPE_CHECKING

from gateway.core.events import AgentCommanded, HoursCommanded
from gateway.replay.past import Ringing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.facts.agents import AgentChanged
    from gateway.core.site.site import Site
    from gateway.replay.past import Past

ANSWER_S = 4.0
"""Of an agent whose telephone never rang in the whole journal, when nobody else's did either."""
TALK_S = 60.0
"""Of a call that nobody answered then, in a journal without any talk."""


class Habits:
    """Answers for every agent, ringing by ringing. One that ended because the caller hung up says of its own call that
    the agent did not answer so soon, and nothing of other calls."""

    def __init__(self, past: Past) -> None:
        self._told = {
            agent: [each for each in rung if each.how not in {"cancelled", "failed", "elsewhere"}]
            for agent, rung in past.ringings.items()
        }
        self._same: dict[tuple[str, str], deque[Ringing]] = {}
        for agent, rung in past.ringings.items():
            for each in rung:
                self._same.setdefault((agent, each.call), deque()).append(each)
        self._times = {agent: [each.at for each in rung] for agent, rung in self._told.items()}
        answered = [each.seconds for rung in self._told.values() for each in rung if each.how == "answered"]
        self._usual_s = median(answered) if answered else ANSWER_S
        talks = [talk.seconds for call in past.calls for talk in call.talks]
        self.talk_s = median(talks) if talks else TALK_S
        """The talk of a call that had none."""

    def ringing(self, agent: str, call: str, at: float) -> Ringing:
        """What the agent does when rung for a call at a moment. Anything that is neither an answer, a refusal, busy nor
        unreachable is to let it ring."""
        same = self._same.get((agent, call))
        if same:
            return same.popleft()
        told, times = self._told.get(agent, ()), self._times.get(agent, [])
        if not told:
            return Ringing(call=call, at=at, how="answered", seconds=self._usual_s)
        place = bisect_left(times, at)
        near = range(max(0, place - 1), min(len(told), place + 1))
        return told[min(near, key=lambda number: abs(times[number] - at))]


def commands(changes: list[AgentChanged]) -> Iterator[tuple[float, AgentCommanded]]:
    """(when, what) agents did by themselves: log in and out, pause and go on. The rest of their states comes of the
    calls."""
    known: dict[str, str] = {}
    for change in changes:
        before = known.get(change.agent, "")
        state = change.state if change.state in {"off", "paused"} else ""
        known[change.agent] = state
        if state == before:
            continue
        agent, reason = change.agent, change.reason
        if before:
            yield change.at, AgentCommanded(agent=agent, command="login" if before == "off" else "unpause")
        if state:
            leaves = state == "off"
            yield change.at, AgentCommanded(agent=agent, command="logout" if leaves else "pause", reason=reason)


def own_deeds(past: Past, site: Site) -> Iterator[tuple[float, AgentCommanded | HoursCommanded]]:
    """(when, what) agents and the office did by themselves, as far as `site` has them. Not in order."""
    for at, command in commands(past.agents):
        if command.agent in site.agents:
            yield at, command
    for fact in past.overrides:
        if fact.by != "phone" and fact.calendar in site.hours:
            yield (
                fact.at,
                HoursCommanded(calendar=fact.calendar, to=fact.to, until=fact.until, by=fact.by, who=fact.who),
            )
