"""Deadlines by name: one heap, each name at most once, the earliest first.

Of deadlines of one moment those come first by which less is asked for callers (`skills`), then those by which callers
look for somebody (`look`, `retry`), by their rank in the queue: else one could pass another who may be taken since the
same moment. The others come last, in the order in which they were set.

Setting a name again moves it; a cancelled or moved entry stays in the heap until it comes up or until the heap is
more than half rubbish, so that set, cancel and pop cost O(log n) on average.
"""

from __future__ import annotations

import heapq
from typing import Literal

TimerKind = Literal[
    "step",  # call: the flow waits for a key, the end of a prompt, of an echo or a tone
    "call_back",  # call-back: it may be dialled, or no more, from now on
    "call_back_due",  # call-back: its 24 hours are over
    "outbound",  # call that the box makes: the client has been rung long enough, or should have pressed a key
    "farewell",  # leg of an agent: he should have heard that the client was not reached
    "case",  # case: its limit is near, or over
    "escalate",  # case: it goes up to the next person
    "task",  # task: somebody should have done it by now
    "quality",  # the week is over: some of its talks are drawn
    "alarm",  # alarm: a moment at which it may have to be raised or cleared
    "lookup",  # call: the service that was asked should have been reported by now
    "wait",  # call: the present stage of its queue is over
    "step_wait",  # call: the longest wait of its queue step is over
    "announce",  # call: it is told something while it waits
    "retry",  # call: somebody who declined it, or a line that was full, may be tried again
    "skills",  # call: less is asked of whoever serves it
    "look",  # call: it looks for somebody, of whom less is asked since this moment
    "ring",  # leg: rung long enough
    "proceed",  # leg: a phone that has not even answered provisionally is unreachable
    "accept",  # leg: whoever picked it up has to press a key, or is told so again
    "join",  # call: whatever is said before the talk should be over
    "guard",  # leg: told to end (or to be answered), it should have reported by now
    "code",  # call: the code that its agent has begun to key should be complete
    "transfer",  # call: the next attempt at what its transfer waits for
    "park",  # call: parked for too long
    "parked",  # leg: its agent has heard where the caller is parked
    "wrap",  # agent: after-call work is over
    "away",  # somebody's absence begins or ends
    "lease",  # agent: reserved for longer than any ringing lasts
    "recovered",  # line: it did not come back for the calls that the journal knows
]
Name = tuple[TimerKind, str]

Rank = tuple[float, int] | tuple[()]
"""Of a caller in the queue; of others ()."""

_ORDER: dict[TimerKind, tuple[int]] = {"skills": (0,), "look": (1,), "retry": (1,)}
_LAST = (2,)
_SLACK = 64


class Timers:
    """A set of named deadlines, times in Unix seconds. `moment` is that of the one that was taken out last."""

    __slots__ = ("_count", "_heap", "_live", "moment")

    def __init__(self) -> None:
        self.moment = 0.0
        self._heap: list[tuple[float, tuple[float, ...], int, Name]] = []
        self._live: dict[Name, int] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._live)

    def set(self, kind: TimerKind, name: str, at: float, rank: Rank = ()) -> None:
        """Let (`kind`, `name`) come due at `at`, whatever it was set to before."""
        self._count += 1
        key = (kind, name)
        self._live[key] = self._count
        order = _ORDER.get(kind, _LAST)
        heapq.heappush(self._heap, (at, (*order, *rank) if rank else order, self._count, key))
        if len(self._heap) > 2 * len(self._live) + _SLACK:
            self._heap = [entry for entry in self._heap if self._live.get(entry[3]) == entry[2]]
            heapq.heapify(self._heap)

    def cancel(self, kind: TimerKind, name: str) -> None:
        """Forget a deadline; one that is not set is no mistake."""
        self._live.pop((kind, name), None)

    def next(self) -> float | None:
        """The earliest deadline, None when there is none."""
        heap, live = self._heap, self._live
        while heap and live.get(heap[0][3]) != heap[0][2]:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def pop_due(self, now: float) -> Name | None:
        """Take out the earliest deadline that is not after `now`; None when there is none."""
        at = self.next()
        if at is None or at > now:
            return None
        self.moment, *_, name = heapq.heappop(self._heap)
        del self._live[name]
        return name
