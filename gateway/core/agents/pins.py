"""The PIN by which somebody may command the box by telephone. The site keeps a digest of it, never the digits.

A PIN of four digits is soon guessed by a machine that may try for ever: after MISSES_MAX wrong ones within an hour
none is right until an hour has gone by without a further one. A lock outlives a restart (`pin_locks.py`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.core.site.site import Site

DIGITS = (4, 12)
MISSES_MAX = 10
LOCKED_S = 3600.0


def digest(pin: str, site: str) -> str:
    """What the site keeps of a PIN; the site's name makes the same PIN another one elsewhere."""
    return hashlib.blake2b(pin.encode(), key=site.encode()[:64], digest_size=16).hexdigest()


class PinGuard:
    """Judges PINs, for all calls together. After `misses_max` wrong ones it locks; with `forgives` a right one before
    that makes the wrong ones forgotten."""

    __slots__ = ("_forgives", "_misses", "until")

    def __init__(self, misses_max: int = MISSES_MAX, *, forgives: bool = True) -> None:
        self._misses: deque[float] = deque(maxlen=misses_max)
        self._forgives = forgives
        self.until = 0.0
        """Until when no PIN is right, in Unix seconds; it may be over."""

    def locked(self, now: float) -> bool:
        """Whether no PIN is right for now."""
        return now < self.until

    def lock(self, until: float) -> None:
        """No PIN is right until then, or for longer if it is so already."""
        self.until = max(self.until, until)

    def is_right(self, site: Site, typed: str, now: float) -> bool:
        """Whether the keyed digits are the site's PIN; no digits are when the site has none. A wrong one counts."""
        right = bool(site.pin) and hmac.compare_digest(digest(typed, site.name), site.pin)
        return self.judge(right=right, now=now)

    def judge(self, *, right: bool, now: float) -> bool:
        """Whether a PIN that is `right` or wrong may pass. A wrong one counts."""
        if right and not self.locked(now):
            if self._forgives:
                self._misses.clear()
            return True
        if not right:
            self._misses.append(now)
            many = len(self._misses) == self._misses.maxlen and now - self._misses[0] < LOCKED_S
            if many or self.locked(now):
                self.lock(now + LOCKED_S)
        return False
