"""Holds a live call against its script: what was heard, who heard whom, and all that the simulator's check looks at."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

from gateway.core.facts.calls import CallBridged, CallEnded, StepEntered, TalkEnded
from gateway.demo.hearing import find_pilot
from gateway.live.actors import AGENT_HZ, CALLER_HZ
from gateway.live.recognise import Heard, Strange
from gateway.simulate.script_check import Difference, differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.live.g711 import Samples
    from gateway.live.trial import Played
    from gateway.simulate.plan import Run
    from gateway.simulate.script import Script

SLACK_S = 1.0
"""A length that a script expects may differ by that much: a real machine takes its time, a simulated one none."""
TALK_SHARE = 0.5
"""Who talks hears the other for at least that share of the talk (a pilot is measured in windows of 250 ms)."""
TALK_MIN_S = 1.0
"""Shorter talks prove nothing."""
NEAR_HZ = 30.0
"""Two tones that are as near as that are one."""
ECHO_EDGE_S = 1.0
STRANGE_MIN_S = 0.3
"""Shorter sounds that fit nothing are the end of a prompt that was cut."""
CLIPS_MAX = 12
"""A piece of text that is expected runs over at most so many clips."""
ALTERNATIVES_MAX = 64


def verdict(script: Script, played: Played) -> tuple[Difference, ...]:
    """All differences; none: as the script says."""
    if played.problem:
        told = Difference(what="the call", expected="to be played", got=played.problem, place=script.place)
        return (told, *_judged(script, played)) if played.run.facts else (told,)
    return tuple(_judged(script, played))


def _judged(script: Script, played: Played) -> Iterator[Difference]:
    def hears(script: Script, _: Run) -> Iterator[Difference]:
        return _hears(script, played.heard)

    yield from differences(script, played.run, hears=hears, slack_s=SLACK_S)
    yield from _strange(script, played)
    yield from _talks(script, played)
    yield from _tests(script, played)


def _hears(script: Script, heard: list[Heard | Strange]) -> Iterator[Difference]:
    """The pieces in their order; a piece may run over several clips, and over one that was cut."""
    clips = [each for each in heard if isinstance(each, Heard) and not each.music]
    at, inside = 0, ""
    for piece, place in script.expected.hears:
        found = _find(piece, clips, at)
        if found is None:
            yield Difference(
                what=f'hears, after "{inside}"' if inside else "hears",
                expected=f'"{piece}"',
                got=" | ".join(shown(clip) for clip in clips[at:]) or "nothing more",
                place=place,
            )
            return
        inside, at = clips[found].words[0], found + 1


def _find(piece: str, clips: list[Heard], at: int) -> int | None:
    """The clip with which `piece` is complete, from `at` on."""
    for first in range(at, len(clips)):
        for last in range(first, min(first + CLIPS_MAX, len(clips))):
            if any(_fits(piece, words, cut=clips[last].cut) for words in _texts(clips[first : last + 1])):
                return last
    return None


def _texts(clips: list[Heard]) -> Iterator[str]:
    """Every way to read them."""
    for number, words in enumerate(product(*(clip.words for clip in clips))):
        if number >= ALTERNATIVES_MAX:
            return
        yield " ".join(words)


def _fits(piece: str, words: str, *, cut: bool) -> bool:
    """Whether `piece` was heard in `words`, or was begun in their last clip, which was cut."""
    if piece in words:
        return True
    return cut and any(words.endswith(piece[:size]) for size in range(len(piece) - 1, 3, -1) if piece[size] == " ")


def _strange(script: Script, played: Played) -> Iterator[Difference]:
    echoes = _echoes(played.run)
    for each in played.heard:
        if isinstance(each, Strange) and any(first <= each.start_s and each.end_s <= last for first, last in echoes):
            continue  # the own voice, with the holes that keys make in it
        if isinstance(each, Strange) and not each.hz and each.end_s - each.start_s >= STRANGE_MIN_S:
            yield Difference(
                what=f"at {clock(each.start_s)} something is heard that is no prompt",
                expected="prompts, music and tones of this site",
                got=shown(each),
                place=script.place,
            )


def _echoes(run: Run) -> list[tuple[float, float]]:
    """When an echo sounded, in seconds of the recording, which begins with the first step (to ECHO_EDGE_S)."""
    facts = [fact for fact in run.facts if isinstance(fact, StepEntered | CallEnded)]
    if not facts:
        return []
    began = facts[0].at
    return [
        (fact.at - began - ECHO_EDGE_S, after.at - began + ECHO_EDGE_S)
        for fact, after in pairwise(facts)
        if isinstance(fact, StepEntered) and fact.verb == "echo"
    ]


def _talks(script: Script, played: Played) -> Iterator[Difference]:
    """Each talk: the caller has heard that agent, and the agent the caller."""
    facts = played.run.facts
    for bridged in (fact for fact in facts if isinstance(fact, CallBridged)):
        ended = next((fact for fact in facts if isinstance(fact, TalkEnded) and fact.at >= bridged.at), None)
        if ended is None or ended.talk_s < TALK_MIN_S:
            continue
        needed = TALK_SHARE * ended.talk_s
        agents = [talk for talk in played.talks if talk.agent == bridged.agent]
        there = max((_heard_s(talk.recording, CALLER_HZ) for talk in agents), default=0.0)
        here = _heard_s(played.recording, agents[-1].pilot_hz) if agents and played.recording is not None else 0.0
        if there < needed or here < needed:
            yield Difference(
                what=f"the talk with {bridged.agent}",
                expected=f"both hear each other for {ended.talk_s:.1f} s",
                got=f"the caller heard {bridged.agent} for {here:.1f} s, {bridged.agent} the caller for {there:.1f} s",
                place=script.place,
            )


def _tests(script: Script, played: Played) -> Iterator[Difference]:
    """Echo: the caller has heard the own pilot. Tone: a steady one was heard."""
    facts = [fact for fact in played.run.facts if isinstance(fact, StepEntered | CallEnded)]
    for verb, heard_s in (("echo", _echo_s(played)), ("tone", _tone_s(played))):
        there_s = sum(
            after.at - fact.at for fact, after in pairwise(facts) if isinstance(fact, StepEntered) and fact.verb == verb
        )
        if there_s >= 2 * TALK_MIN_S and heard_s < TALK_SHARE * (there_s - TALK_MIN_S):
            yield Difference(
                what=f"the {verb}",
                expected=f"heard for {there_s:.1f} s",
                got=f"heard for {heard_s:.1f} s",
                place=script.place,
            )


def _echo_s(played: Played) -> float:
    return _heard_s(played.recording, CALLER_HZ) if played.recording is not None else 0.0


def _tone_s(played: Played) -> float:
    pilots = (CALLER_HZ, *AGENT_HZ)
    tones = (each for each in played.heard if isinstance(each, Strange) and each.hz)
    return sum(each.end_s - each.start_s for each in tones if all(abs(each.hz - hz) > NEAR_HZ for hz in pilots))


def _heard_s(recording: Samples, hz: int) -> float:
    return find_pilot(recording.astype(float), float(hz)).heard_s


def shown(each: Heard | Strange) -> str:
    """What was heard, for people."""
    if isinstance(each, Heard):
        words = "music" if each.music else " or ".join(f'"{words}"' for words in each.words)
        return words + (" (cut off)" if each.cut and not each.music else "")
    length = f"{each.end_s - each.start_s:.1f} s"
    if each.hz:
        return f"a tone of {each.hz:.0f} Hz, {length}"
    return f"a sound of {length}" + (f', nearest to "{each.near}" ({each.score:.2f})' if each.near else "")


def clock(seconds: float) -> str:
    """Minutes and seconds since the first sound."""
    minutes, rest = divmod(max(round(seconds, 1), 0.0), 60)
    return f"{int(minutes)}:{rest:04.1f}"
