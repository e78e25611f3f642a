"""What a waiting caller is told: his place and the estimated wait, which only ever fall, and texts by turns.

An announcement never begins while somebody who has answered is being joined to the caller (nor while a phone rings for
him, unless the team wants it so), and one that plays is cut by the joining: it never delays a bridge. After each the
music goes on. The lowest numbers that were told stand in the call's story, so they outlive this program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core.facts.queue import WaitTold
from gateway.core.flow.queue_waiting import POSITION, POSITION_MAX, WAIT, rounded_up
from gateway.core.queue import waiting
from gateway.core.speech import saying

if TYPE_CHECKING:
    from gateway.core.actions import Clip
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.flow.base import Prompt
    from gateway.core.flow.queue_waiting import Announce, Periodic
    from gateway.core.queue.queue import Waiter

AGAIN_S = 1.0
"""An announcement that cannot begin now is tried again after that."""

NEVER = float("inf")


class Telling:
    """What one caller is told, and when next (Unix seconds). `turn` counts the periodic texts."""

    __slots__ = ("announce", "numbers_at", "periodic", "text_at", "turn")

    def __init__(self, announce: Announce | None, periodic: Periodic | None, now: float) -> None:
        self.announce, self.periodic = announce, periodic
        self.numbers_at = now + announce.first_s if announce is not None else NEVER
        self.text_at = now + periodic.every_s if periodic is not None else NEVER
        self.turn = 0


def begin(ex: Exchange, waiter: Waiter) -> None:
    """A caller waits from now on: set when he is told something first, if his step or his team has anything to tell."""
    step, team = waiter.step, waiter.team.waiting
    announce = step.announce if step is not None and step.announce is not None else team.announce
    periodic = step.periodic if step is not None and step.periodic is not None else team.periodic
    if announce is not None and announce.position is None and announce.wait is None:
        announce = None
    if periodic is not None and not periodic.texts:
        periodic = None
    if announce is not None or periodic is not None:
        waiter.telling = Telling(announce, periodic, ex.turn.now)
        _next(ex, waiter, waiter.telling)


def due(ex: Exchange, call: Call) -> None:
    """It is time to tell the caller something, if it may begin now."""
    waiter = call.waiter
    telling = waiter.telling if waiter is not None else None
    if waiter is None or telling is None:
        return
    if call.playing or not _may(waiter, telling):
        ex.turn.after(AGAIN_S, "announce", call.id)
        return
    now = ex.turn.now
    if telling.announce is not None and telling.numbers_at <= now:
        telling.numbers_at = now + telling.announce.every_s
        _numbers(ex, waiter, telling.announce)
    elif telling.periodic is not None and telling.text_at <= now:
        telling.text_at = now + telling.periodic.every_s
        texts = telling.periodic.texts
        _say(waiter, _clips(call, texts[telling.turn % len(texts)]), "text")
        telling.turn += 1
    _next(ex, waiter, telling)


def _next(ex: Exchange, waiter: Waiter, telling: Telling) -> None:
    ex.turn.after(min(telling.numbers_at, telling.text_at) - ex.turn.now, "announce", waiter.call.id)


def _may(waiter: Waiter, telling: Telling) -> bool:
    """Whether an announcement may begin now."""
    if waiter.call.joining is not None:
        return False
    while_ringing = telling.announce is not None and telling.announce.while_ringing
    return while_ringing or not waiter.rings


def _numbers(ex: Exchange, waiter: Waiter, announce: Announce) -> None:
    """The place and the estimate, each only if it is not more than what was told before."""
    call, story = waiter.call, waiter.call.story
    place: int | None = ex.room.position(waiter)
    if place is not None and (place > POSITION_MAX or place > (story.told_place or place)):
        place = None
    estimate = waiting.estimate_s(ex, waiter)
    wait_s = rounded_up(estimate) if estimate is not None else None
    if wait_s is not None and wait_s > (story.told_wait_s or wait_s):
        wait_s = None
    said = _clips(call, announce.position, POSITION, place)
    if not said:
        place = None
    more = _clips(call, announce.wait, WAIT, wait_s)
    if not more:
        wait_s = None
    if said or more:
        _say(waiter, (*said, *more), "numbers", place, wait_s)
    else:
        _say(waiter, _clips(call, announce.thanks), "thanks")


def _clips(call: Call, prompt: Prompt | None, variable: str = "", value: int | None = None) -> tuple[Clip, ...]:
    """What `prompt` sounds like in the caller's language; nothing in a language that it does not have, nor without the
    value of its `variable`."""
    language = call.language
    if prompt is None or language not in prompt.parts or (variable and value is None):
        return ()
    values = call.walk.readings().beside({variable: str(value)} if variable else None)
    return saying.clips_of(prompt, values, language=language, fallback=language, site=call.site)


def _say(
    waiter: Waiter,
    clips: tuple[Clip, ...],
    what: Literal["numbers", "thanks", "text"],
    place: int | None = None,
    wait_s: int | None = None,
) -> None:
    call = waiter.call
    if not clips:
        return
    call.play(clips, barge_in=False)
    call.ex.turn.after(saying.PLAY_GUARD_S, "step", call.id)
    call.note(WaitTold(at=call.now, call=call.id, team=waiter.team.id, what=what, position=place, ewt_s=wait_s))
