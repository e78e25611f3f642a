"""One press is one key, whichever ways it came: RFC 4733, SIP INFO and in-band reports are merged here.

The rule: each accepted key remembers which sources have reported it. A report of digit d by source S within the
window belongs to the oldest accepted d that S has not reported yet; otherwise it is a new key. So two quick presses
of one key stay two (the same source reports twice), and three reports of one press stay one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.core.events import KeySource

KEYS = frozenset("0123456789*#ABCD")
"""What a telephone has (ITU-T Q.23)."""

WINDOW_S = 1.5
"""How late another source's report of the same press may come. In-band detection lags RFC 4733 by some 50 ms, an INFO
by the length of the press and up to two retransmissions over UDP (0.5 s, then 1 s: RFC 3261, 17.1.2.2)."""


class _Accepted:
    __slots__ = ("at", "key", "sources")

    def __init__(self, key: str, at: float, source: KeySource) -> None:
        self.key = key
        self.at = at
        self.sources: tuple[KeySource, ...] = (source,)


class KeyMerger:
    """The keys of one leg."""

    __slots__ = ("_recent",)

    def __init__(self) -> None:
        self._recent: list[_Accepted] = []

    def report(self, key: str, source: KeySource, *, now: float, duration_ms: int = 0) -> bool:
        """Whether this report is a new key. `duration_ms` is the length of the press as far as the source knows it:
        a source that reports at the end of a long press is late by that much. What no telephone has is no key."""
        if key not in KEYS:
            return False
        pressed_at = now - min(max(duration_ms, 0), 10_000) / 1000
        recent = self._recent
        while recent and now - recent[0].at > WINDOW_S + 10.0:
            del recent[0]
        for accepted in recent:
            if accepted.key == key and source not in accepted.sources and pressed_at - accepted.at <= WINDOW_S:
                accepted.sources = (*accepted.sources, source)
                return False
        recent.append(_Accepted(key, now, source))
        return True
