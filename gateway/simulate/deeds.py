"""What a caller does, as people write it: `1, wait 3s, 123#, speak 8s, nothing, hang up`.

A group of keys is pressed when a question has been heard; behind a `wait`, at once, into whatever is being said.
"""

from __future__ import annotations

import msgspec

from gateway.config import values
from gateway.config.fields import shown
from gateway.core.legs.keys import KEYS

LENGTH_MAX = 2000
WAIT_MAX_S = 3600.0
EXPECTED = "keys such as 123#, wait 3s, speak 8s, nothing, or hang up; a comma between them"


class Press(msgspec.Struct, frozen=True, tag="press"):
    """These keys, one after another."""

    keys: str


class Wait(msgspec.Struct, frozen=True, tag="wait"):
    """Let so many seconds go by; what comes next is done at once."""

    seconds: float


class Nothing(msgspec.Struct, frozen=True, tag="nothing"):
    """Let one question (or an echo or tone) go by without a key."""


class GiveUp(msgspec.Struct, frozen=True, tag="hang_up"):
    """Hang up."""


class Speak(msgspec.Struct, frozen=True, tag="speak"):
    """Say something for so many seconds, behind the beep of a message."""

    seconds: float


Deed = Press | Wait | Nothing | GiveUp | Speak


class DeedsError(ValueError):
    """A text that is no list of deeds. `at` and `width` say where in it."""

    def __init__(self, at: int, width: int, message: str, expected: str = EXPECTED) -> None:
        self.at, self.width, self.message, self.expected = at, max(1, width), message, expected
        super().__init__(message)


def parse_deeds(text: str) -> tuple[Deed, ...]:
    """The deeds that `text` writes; none for an empty text. Raises DeedsError for the first mistake."""
    if len(text) > LENGTH_MAX:
        raise DeedsError(0, 1, f"more than {LENGTH_MAX} characters")
    if not text.strip():
        return ()
    deeds: list[Deed] = []
    at = 0
    for item in text.split(","):
        start = at + len(item) - len(item.lstrip())
        deeds.append(_deed(item.strip(), start))
        at += len(item) + 1
    return tuple(deeds)


def in_words(deeds: tuple[Deed, ...]) -> str:
    """The deeds as `parse_deeds` reads them."""
    return ", ".join(map(_word, deeds))


def _deed(word: str, at: int) -> Deed:
    low = " ".join(word.lower().split())
    if not low:
        raise DeedsError(at, 1, "there is nothing between two commas")
    if low == "nothing":
        return Nothing()
    if low == "hang up":
        return GiveUp()
    if low == "speak" or low.startswith("speak "):
        seconds = values.seconds(low[5:])
        if seconds is None or not 0 < seconds <= WAIT_MAX_S:
            raise DeedsError(at, len(word), f"'{shown(word)}' does not say how long", "such as speak 8s")
        return Speak(seconds)
    if low == "wait" or low.startswith("wait "):
        seconds = values.seconds(low[4:])
        if seconds is None or not 0 < seconds <= WAIT_MAX_S:
            expected = "such as wait 3s, at most wait 1 h"
            raise DeedsError(at, len(word), f"'{shown(word)}' does not say how long", expected)
        return Wait(seconds)
    if any(key not in KEYS for key in word):
        raise DeedsError(at, len(word), f"'{shown(word)}' is nothing that a caller can press or do")
    return Press(word)


def _word(deed: Deed) -> str:
    match deed:
        case Press():
            return deed.keys
        case Wait():
            return f"wait {deed.seconds:g}s"
        case Speak():
            return f"speak {deed.seconds:g}s"
        case Nothing():
            return "nothing"
        case GiveUp():
            return "hang up"
