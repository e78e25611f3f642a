"""Codes that an agent keys during a talk, such as *2: which they are, and what the keys so far make of them.

A code is * and digits. `read` is asked after each key: it says what is meant, that more may come, or that no code
begins so (then the keys belong to the other side of the talk and are passed on).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from gateway.core.flow.base import Prompt

Feature = Literal["blind", "consult", "back", "three_way", "park"]
FEATURES: tuple[Feature, ...] = ("blind", "consult", "back", "three_way", "park")
WITH_TARGET: frozenset[Feature] = frozenset({"blind", "consult"})
"""Those behind whose code a target is keyed, and #."""

DEFAULT_CODES: dict[Feature, str] = {"blind": "*2", "consult": "*3", "back": "*4", "three_way": "*5", "park": "*7"}
NEXT_KEY_S = 5.0
"""A code that is not complete by then is dropped."""
TARGET_MAX = 24
"""More digits have no telephone number (E.164: 15, and what is dialled before them)."""
SLOTS = tuple(range(1, 10))
"""Where callers are parked, by one digit."""


class Features(msgspec.Struct, frozen=True, kw_only=True):
    """`features:` of gateway.yaml, and what holds for transfers asked by REFER without it."""

    codes: dict[Feature, str] = msgspec.field(default_factory=dict)
    """Those that are on."""
    extensions: dict[str, str] = msgspec.field(default_factory=dict)
    """Digits that are keyed as a target -> agent or team. Agents' codes and the office's numbers are targets, too."""
    ring_s: float = 20.0
    """How long the target of a transfer is rung, and after it the agent who asked."""
    park_s: float = 120.0
    """After that the agent who parked the caller is rung."""
    trunk: str = ""
    """Through which a number outside is dialled; empty: none is."""
    dial: tuple[str, ...] = ()
    """What may be dialled outside: `dial:` of gateway.yaml (`outside.allows`)."""
    said: dict[str, Prompt] = msgspec.field(default_factory=dict)
    """Code of what an agent is told -> the words, in the office's first language; nothing is said where it has none."""


class Keyed(NamedTuple):
    """A feature that was keyed; `target` is what stood between code and #."""

    feature: Feature
    target: str = ""


def read(codes: dict[Feature, str], typed: str) -> Keyed | Literal["more", "none"]:
    """What the keys `typed` so far, beginning with *, mean."""
    for feature, code in codes.items():
        if feature not in WITH_TARGET:
            if typed == code:
                return Keyed(feature)
        elif typed.startswith(code):
            target, end, _ = typed[len(code) :].partition("#")
            if end:
                return Keyed(feature, target)
            return "more" if target.isdigit() or not target else "none"
    return "more" if any(code.startswith(typed) for code in codes.values()) else "none"
