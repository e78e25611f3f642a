"""A rig that checks each order about sound against a line's table of connections, as `gateway/line/perform.py` would:
what a line refuses (a leg that is over, a leg that is bridged with another) fails the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import Bridge, HangUp, Hear, KeepKeys, Play, Refuse, SendKeys, TellTransfer, Unbridge, Unhear
from gateway.core.events import CallOffered, LegAnswered, LegEnded, LineUp, TransferRequested

from .factory import Rig

if TYPE_CHECKING:
    from gateway.core.board.turn import Outcome
    from gateway.core.switchboard import BoardEvent


class Wired(Rig):
    """`edges` is who hears whom now: (source, sink)."""

    def __init__(self, *arguments: object, **settings: object) -> None:
        self.answered: set[str] = set()
        self.bridged: dict[str, str] = {}
        self.hears: set[tuple[str, str]] = set()
        self.asking: set[str] = set()
        super().__init__(*arguments, **settings)

    @property
    def edges(self) -> set[tuple[str, str]]:
        return set(self.bridged.items()) | self.hears

    def tell(self, event: BoardEvent) -> Outcome:
        match event:
            case LegAnswered():
                self.answered.add(event.leg)
            case LegEnded():
                self._over(event.leg)
            case TransferRequested():
                self.asking.add(event.leg)
            case LineUp():
                for leg in event.legs:
                    if leg.state == "answered":
                        self.answered.add(leg.leg)
                    if leg.bridged_with:
                        self.bridged[leg.leg] = leg.bridged_with
            case CallOffered():
                pass
            case _:
                pass
        return super().tell(event)

    def _came(self, outcome: Outcome) -> Outcome:
        for action in outcome.actions:
            self._perform(action)
        return super()._came(outcome)

    def _over(self, leg: str) -> None:
        self.answered.discard(leg)
        self.asking.discard(leg)
        other = self.bridged.pop(leg, None)
        if other is not None:
            self.bridged.pop(other, None)
        self.hears = {edge for edge in self.hears if leg not in edge}

    def _perform(self, action: object) -> None:
        match action:
            case Bridge(leg=one, other=other):
                assert {one, other} <= self.answered, action
                assert self.bridged.get(one, other) == other, (action, self.bridged)
                assert self.bridged.get(other, one) == one, (action, self.bridged)
                self.bridged[one], self.bridged[other] = other, one
            case Unbridge(leg=one, other=other):
                assert self.bridged.get(one) == other, (action, self.bridged)
                del self.bridged[one], self.bridged[other]
            case Hear(leg=one, other=other):
                assert {one, other} <= self.answered, action
                self.hears.add((one, other))
            case Unhear(leg=one, other=other):
                assert {one, other} <= self.answered, action
                self.hears.discard((one, other))
            case Play() | SendKeys() | KeepKeys():
                assert action.leg in self.answered, action
            case TellTransfer():
                assert action.leg in self.asking, action
                if action.code >= 200:
                    self.asking.discard(action.leg)
            case HangUp() | Refuse():
                pass
            case _:
                pass
