"""What each kind of step does: on entering it, on a key, when its sound is over, when its time is over.

Each function returns where to go next, or None to wait. A new kind of step is one case in each `match`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from gateway.core import expr
from gateway.core.actions import Echo, Tone
from gateway.core.facts import InputTaken
from gateway.core.flow_model import (
    AnyStep,
    Branch,
    Collect,
    EchoTest,
    Goto,
    HangUpStep,
    Menu,
    Queue,
    Say,
    SetValues,
    ToneTest,
)

if TYPE_CHECKING:
    from typing import Literal

    from gateway.core.flow import Walk
    from gateway.core.flow_model import Exit, Prompt, Retry


class Move(NamedTuple):
    """Where to go: a step of the present flow, or the start of another one (`flow`, with `to` naming a step of it).
    Both empty: the call ends with the site's goodbye."""

    to: str = ""
    flow: str = ""


def verb_of(step: AnyStep) -> str:
    """The word for the step in the flow language."""
    match step:
        case Say():
            return step.verb
        case Menu():
            return "menu"
        case Collect():
            return "collect"
        case Branch():
            return "branch"
        case SetValues():
            return "set"
        case Goto():
            return "goto"
        case Queue():
            return "queue"
        case EchoTest():
            return "echo"
        case ToneTest():
            return "tone"
        case HangUpStep():
            return "hang_up"
    assert_never(step)


def enter(walk: Walk, step: AnyStep) -> Move | None:
    """The caller comes to `step`."""
    call = walk.call
    match step:
        case Say():
            skipped = step.barge_in and bool(walk.ahead)
            return None if not skipped and walk.say(step.prompt, barge_in=step.barge_in) else Move(step.then)
        case Menu() | Collect():
            return _ask(walk, step, step.prompt)
        case Branch():
            for rule in step.rules:
                if expr.holds(rule.condition, call.values):
                    return _take(walk, rule.exit)
            call.trouble("no_rule")
            return None
        case SetValues():
            call.values.update(step.values)
            return Move(step.then)
        case Goto():
            return Move(step.then, step.flow)
        case Queue():
            walk.ahead.clear()
            return call.enqueue(step)
        case EchoTest():
            call.stop_play()
            call.order(Echo(leg=call.id, on=True))
            walk.wait(step.length_s)
            return None
        case ToneTest():
            call.stop_play()
            call.order(Tone(leg=call.id, hz=step.hz, level_dbm0=step.level_dbm0))
            call.sounding = True
            walk.wait(step.length_s)
            return None
        case HangUpStep():
            if step.prompt is None or not walk.say(step.prompt):
                call.hang_up(by="flow", reason="hang_up")
            return None
    assert_never(step)


def key(walk: Walk, step: AnyStep, pressed: str) -> Move | None:
    """The caller pressed a key while in `step`."""
    call = walk.call
    match step:
        case Menu():
            call.stop_play()
            return _chosen(walk, step, pressed)
        case Collect():
            call.stop_play()
            return _collected(walk, step, pressed)
        case Say():
            walk.ahead.append(pressed)
            if step.barge_in and call.playing:
                call.stop_play()
                return play_ended(walk, step)
            return None
        case HangUpStep():
            if call.playing:
                call.stop_play()
                return play_ended(walk, step)
            return None
        case EchoTest() | ToneTest():
            return _tested(walk, step)
        case Branch() | SetValues() | Goto() | Queue():
            walk.ahead.append(pressed)
            return None
    assert_never(step)


def play_ended(walk: Walk, step: AnyStep) -> Move | None:
    """What the step said has been heard, or was stopped."""
    match step:
        case Say():
            walk.stop_waiting()
            return Move(step.then)
        case Menu() | Collect():
            walk.wait(step.first_key_s)
            return None
        case HangUpStep():
            walk.call.hang_up(by="flow", reason="hang_up")
            return None
        case Branch() | SetValues() | Goto() | Queue() | EchoTest() | ToneTest():
            return None
    assert_never(step)


def due(walk: Walk, step: AnyStep) -> Move | None:
    """The step's time is over."""
    if walk.call.playing:  # the end of the prompt was never reported
        walk.call.stop_play()
        return play_ended(walk, step)
    match step:
        case Menu():
            return _missed(walk, step, "no_input", step.no_input)
        case Collect():
            if not walk.typed:
                return _missed(walk, step, "no_input", step.no_input)
            return _complete(walk, step)
        case EchoTest() | ToneTest():
            return _tested(walk, step)
        case Say() | HangUpStep() | Branch() | SetValues() | Goto() | Queue():
            return None
    assert_never(step)


def _ask(walk: Walk, step: Menu | Collect, prompt: Prompt) -> Move | None:
    """Say what is asked and wait; keys pressed ahead answer without it."""
    while walk.ahead:
        pressed = walk.ahead.popleft()
        move = _chosen(walk, step, pressed) if isinstance(step, Menu) else _collected(walk, step, pressed)
        if move is not None or walk.call.playing or walk.step is not step:
            return move
    if not walk.typed and not walk.say(prompt):
        walk.wait(step.first_key_s)
    return None


def _take(walk: Walk, chosen: Exit) -> Move:
    walk.call.values.update(chosen.set)
    return Move(chosen.then)


def _chosen(walk: Walk, step: Menu, pressed: str) -> Move | None:
    chosen = step.choices.get(pressed)
    if chosen is None:
        return _missed(walk, step, "no_match", step.no_match, pressed)
    walk.stop_waiting()
    _input(walk, step, pressed, "match")
    return _take(walk, chosen)


def _collected(walk: Walk, step: Collect, pressed: str) -> Move | None:
    """One key more of a collect. Keys that are neither a digit nor the last key mean nothing here."""
    if pressed == step.finish_on:
        return _complete(walk, step)
    if not pressed.isdigit():
        if not walk.typed:
            walk.wait(step.first_key_s)
        return None
    walk.typed += pressed
    if len(walk.typed) >= step.digits_max:
        if step.finish_on:
            walk.swallow(step.finish_on, step.next_key_s)
        return _complete(walk, step)
    walk.wait(step.next_key_s)
    return None


def _complete(walk: Walk, step: Collect) -> Move | None:
    typed = walk.typed
    found = len(typed) >= step.digits_min
    if found and step.find == "client":
        found = walk.call.identify_by_key(typed)
    if not found:
        return _missed(walk, step, "no_match", step.no_match, typed)
    walk.stop_waiting()
    walk.call.values[step.variable] = typed
    _input(walk, step, typed, "match", step.variable)
    return Move(step.then)


def _missed(
    walk: Walk, step: Menu | Collect, how: Literal["no_input", "no_match"], retry: Retry, typed: str = ""
) -> Move | None:
    """No key, or none that means anything: ask again, or go where the step says when the tries are used up. What was
    pressed ahead is forgotten, it answered a question that was not understood."""
    _input(walk, step, typed, how, step.variable if isinstance(step, Collect) else "")
    walk.ahead.clear()
    walk.typed = ""
    walk.stop_waiting()
    if how == "no_input":
        walk.no_input += 1
        tried = walk.no_input
    else:
        walk.no_match += 1
        tried = walk.no_match
    if tried >= retry.tries:
        return Move(retry.then)
    return _ask(walk, step, retry.prompt if retry.prompt is not None else step.prompt)


def _input(
    walk: Walk,
    step: Menu | Collect,
    typed: str,
    outcome: Literal["match", "no_match", "no_input"],
    name: str = "",
) -> None:
    call = walk.call
    call.note(InputTaken(at=call.now, call=call.id, step=step.name, keys=typed, outcome=outcome, name=name))


def _tested(walk: Walk, step: EchoTest | ToneTest) -> Move:
    """The end of an echo or of a tone."""
    call = walk.call
    walk.stop_waiting()
    if isinstance(step, EchoTest):
        call.order(Echo(leg=call.id, on=False))
    else:
        call.stop_play()
    return Move(step.then)
