"""How long a telephone is rung, in time or in rings: `ring_manager: 20s`, `ring_manager: 4 rings`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.config.fields import clean

if TYPE_CHECKING:
    from gateway.config.fields import Section

RING_S = 5.0
"""One ring and the pause behind it: 1 s and 4 s (ITU-T E.180, the tones of Poland and most of Europe)."""
LOW_S, HIGH_S = 1.0, 600.0
RINGS_MAX = int(HIGH_S / RING_S)
_RINGS = re.compile(r"(\d{1,3}) ?(?:rings?|dzwon(?:ek|ki|ków))", re.IGNORECASE)


def ring_length(section: Section, key: str, default_s: float) -> float:
    """The length under `key`, in seconds."""
    node = section.node.items.get(key)
    value = getattr(node[1], "value", "") if node is not None else ""
    found = _RINGS.fullmatch(clean(value)) if isinstance(value, str) else None
    if found is None:
        return section.seconds(key, default_s, low=LOW_S, high=HIGH_S)
    section.mark(key)
    rings = int(found[1])
    if node is not None and not 1 <= rings <= RINGS_MAX:
        section.problems.add(
            node[1].place, f"'{clean(value)}' is out of bounds for '{key}'", expected=f"1 to {RINGS_MAX} rings"
        )
        return default_s
    return rings * RING_S
