"""The states of a leg: one table. A step that is not in it raises and changes nothing.

offered  --ring-->    ringing    an INVITE of the far end; 180 sent
offered, ringing --answer--> accepted --confirmed--> answered
dialled  --rings-->   ringing    our INVITE; 18x came
dialled, ringing --confirmed--> answered
any --end--> ending              over; the library still holds the leg until it is freed
"""

from __future__ import annotations

from typing import Literal

from gateway.errors import TransitionError

State = Literal["offered", "dialled", "ringing", "accepted", "answered", "ending"]
Step = Literal["ring", "answer", "confirmed", "rings", "end"]
Direction = Literal["in", "out"]

_TABLE: dict[tuple[Direction, State, Step], State] = {
    ("in", "offered", "ring"): "ringing",
    ("in", "ringing", "ring"): "ringing",
    ("in", "offered", "answer"): "accepted",
    ("in", "ringing", "answer"): "accepted",
    ("in", "accepted", "confirmed"): "answered",
    ("in", "offered", "end"): "ending",
    ("in", "ringing", "end"): "ending",
    ("in", "accepted", "end"): "ending",
    ("in", "answered", "end"): "ending",
    ("out", "dialled", "rings"): "ringing",
    ("out", "ringing", "rings"): "ringing",
    ("out", "dialled", "confirmed"): "answered",
    ("out", "ringing", "confirmed"): "answered",
    ("out", "dialled", "end"): "ending",
    ("out", "ringing", "end"): "ending",
    ("out", "answered", "end"): "ending",
}

_SHOWN: dict[State, Literal["offered", "dialled", "ringing", "answered", "ending"]] = {
    "offered": "offered",
    "dialled": "dialled",
    "ringing": "ringing",
    "accepted": "answered",
    "answered": "answered",
    "ending": "ending",
}


def after(direction: Direction, state: State, step: Step) -> State:
    """The state after a step. Raises TransitionError when the table does not have it."""
    try:
        return _TABLE[direction, state, step]
    except KeyError:
        raise TransitionError(f"leg ({direction})", state, step) from None


def allows(direction: Direction, state: State, step: Step) -> bool:
    return (direction, state, step) in _TABLE


def shown(state: State) -> Literal["offered", "dialled", "ringing", "answered", "ending"]:
    """The state as a snapshot names it: a leg that we have answered counts as answered before the ACK."""
    return _SHOWN[state]
