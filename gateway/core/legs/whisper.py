"""What is said before a talk: to the agent who calls, about what and since when; to the caller who has answered.

Only what is known and has words is said; nothing here decides whether somebody waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from gateway.core.flow.steps_case import CASE
from gateway.core.speech import saying

if TYPE_CHECKING:
    from gateway.core.actions import Clip
    from gateway.core.call.call import Call
    from gateway.core.flow.base import Prompt
    from gateway.core.legs.legs import Leg
    from gateway.core.site.joining_words import JoiningWords

Piece = Literal["client", "stranger", "matter", "wait", "case"]
CASE_NUMBER = "case.number"
MINUTE_S = 60.0


class Whisper(NamedTuple):
    """What the agent hears, and of which pieces it is made."""

    clips: tuple[Clip, ...] = ()
    pieces: tuple[Piece, ...] = ()


def asking(call: Call, leg: Leg) -> tuple[Clip, ...]:
    """To a phone that has to accept: who calls, and which keys there are."""
    words = call.site.joining
    if words is None:
        return ()
    language = _agents_language(call, leg, words)
    who = words.for_client if call.client is not None else words.for_stranger
    return (*_clips(call, who, language), *_clips(call, words.press, language))


def to_agent(call: Call, leg: Leg) -> Whisper:
    """The whisper, if the team has one. The wait is told from the first whole minute on."""
    words, team = call.site.joining, call.site.teams.get(leg.team)
    if words is None or team is None or not (team.whisper or call.out is not None):
        return Whisper()
    language = _agents_language(call, leg, words)
    said: list[tuple[Piece, Prompt]] = [
        ("client", words.client) if call.client is not None else ("stranger", words.stranger)
    ]
    area = area_of(call)
    if area in words.areas:
        said.append(("matter", words.matters.get(area, words.matter)))
    minutes = int((call.now - waits_since(call)) // MINUTE_S)
    if minutes and words.waited:
        said.append(("wait", words.waited[min(minutes, len(words.waited)) - 1]))
    if call.values.get(CASE):
        said.append(("case", words.case))
    heard = [(piece, _clips(call, prompt, language)) for piece, prompt in said]
    return Whisper(tuple(clip for _, clips in heard for clip in clips), tuple(piece for piece, clips in heard if clips))


def to_caller(call: Call, leg: Leg) -> tuple[Clip, ...]:
    """Who has answered, if the team says it and the caller was not told that very name before."""
    words, team = call.site.joining, call.site.teams.get(leg.team)
    told = leg.agent in {"", call.told_name} or leg.agent not in call.site.agents
    if words is None or team is None or not team.say_name or told:
        return ()
    return _clips(call, words.connecting, call.language, {"manager": leg.agent})


def area_of(call: Call) -> str:
    """The matter that the caller chose."""
    return call.waiter.area if call.waiter is not None else call.values.get("area", "")


def waits_since(call: Call) -> float:
    """Since when the wait clock runs, in Unix seconds."""
    if call.waiter is not None:
        return call.waiter.since
    return call.ringing.since if call.ringing is not None else call.now


def _agents_language(call: Call, leg: Leg, words: JoiningWords) -> str:
    seat = call.ex.roster.seats.get(leg.agent)
    own = seat.agent.language if seat is not None else ""
    return own if own in words.languages else words.languages[0]


def _clips(call: Call, prompt: Prompt, language: str, more: dict[str, str] | None = None) -> tuple[Clip, ...]:
    """Nothing, when a value of it is not known."""
    fallback = call.site.joining.languages[0] if call.site.joining is not None else ""
    values = {**call.values, "area": area_of(call), CASE_NUMBER: call.values.get(CASE, ""), **(more or {})}
    if not saying.whole(prompt, values, language=language, fallback=fallback, site=call.site):
        return ()
    return saying.clips_of(prompt, values, language=language, fallback=fallback, site=call.site)
