"""How an agent behaves when the box wants them: one word each time the phone is rung, the last word for ever after.

The words are those that people write in scripts and behind `--agent anna=`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from gateway.config import values
from gateway.config.fields import shown
from gateway.core.flow.steps_ring import Ringer

if TYPE_CHECKING:
    from gateway.core.site.site import Site

Manner = Literal[
    "answers", "voicemail", "busy", "refuses", "silent", "unreachable", "paused", "off", "absent", "talking"
]

ANSWER_S = 4.0
"""An agent of whom nothing else is said is at the desk and answers, well before any ringing of a site is over."""
TALKING_S = 3600.0
DELAY_MAX_S = 3600.0
EXPECTED = (
    "answers, answers after 8s, voicemail, busy, refuses, silent, unreachable, paused, off, absent, talking, "
    "talking for 30s"
)
"""`voicemail`: a machine picks up, which presses no key. `absent`: away, as absences.csv would say."""
_PLAIN: dict[str, Manner] = {
    "busy": "busy",
    "refuses": "refuses",
    "silent": "silent",
    "unreachable": "unreachable",
    "paused": "paused",
    "off": "off",
    "absent": "absent",
}
_TIMED: dict[str, tuple[Manner, str, float]] = {
    "answers": ("answers", "after", ANSWER_S),
    "voicemail": ("voicemail", "after", ANSWER_S),
    "talking": ("talking", "for", TALKING_S),
}
_FROM_THE_START = {"paused", "off", "absent", "talking"}


class Phone(msgspec.Struct, frozen=True):
    """One way to behave. `seconds`: until an answer, or until another call is over."""

    manner: Manner = "answers"
    seconds: float = ANSWER_S


class Habit(msgspec.Struct, frozen=True):
    """What an agent does at the first ringing, the second, ...; the last is repeated."""

    phones: tuple[Phone, ...] = (Phone(),)

    @property
    def at_first(self) -> Phone:
        """What the agent does before anybody calls."""
        return self.phones[0]

    def at(self, ringing: int) -> Phone:
        """What the agent does at ringing number `ringing`, from 0. Whoever was paused, off or on another call and
        is rung all the same (it is over), answers, unless something is written behind it."""
        phones = self.phones[1:] if self.at_first.manner in _FROM_THE_START else self.phones
        return phones[min(ringing, len(phones) - 1)] if phones else Phone()


def rung(site: Site) -> tuple[str, ...]:
    """Whose phones can ring: every agent, and every number that a flow or a team's overflow rings."""
    steps = (step for flow in site.flows.values() for step in flow.steps.values())
    numbers = (step.to for step in steps if isinstance(step, Ringer) and step.target == "number")
    overflows = (stage.number for team in site.teams.values() for stage in team.overflow if stage.number)
    return tuple(dict.fromkeys((*site.agents, *numbers, *overflows)))


class PhonesError(ValueError):
    """A text that is no behaviour; the text is a whole sentence, `expected` what would be right."""

    expected = EXPECTED


def parse_habit(texts: list[str]) -> Habit:
    """The habit that the words write, one for each ringing. Raises PhonesError."""
    phones = tuple(_phone(text) for text in texts)
    if not phones:
        raise PhonesError("nothing is said of what the agent does")
    for phone in phones[1:]:
        if phone.manner in _FROM_THE_START:
            raise PhonesError(f"'{phone.manner}' can only come first: it is so before the call")
    return Habit(phones)


def _phone(text: str) -> Phone:
    low = " ".join(text.lower().split())
    if low.split(" ")[0] == "answer":
        low = "answers" + low.removeprefix("answer")
    if low in _PLAIN:
        return Phone(_PLAIN[low], 0.0)
    for word, (manner, link, default_s) in _TIMED.items():
        if low == word:
            return Phone(manner, default_s)
        if low.startswith(f"{word} {link} "):
            seconds = values.seconds(low.removeprefix(f"{word} {link} "))
            if seconds is not None and 0 < seconds <= DELAY_MAX_S:
                return Phone(manner, seconds)
    raise PhonesError(f"'{shown(text)}' is nothing that an agent does")
