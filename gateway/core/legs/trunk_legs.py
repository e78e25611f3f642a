"""How long each leg over a trunk was up: from its answer to its end, also over a restart of this program.

What is open stands in the journal (TrunkLegAnswered), so that a leg that ended while nobody looked is closed when its
line has told which legs it has. Trials of drafts are left out, as in all figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.costs import TrunkLegAnswered, TrunkLegEnded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.board.exchange import Exchange
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.calls import CallEnded
    from gateway.core.facts.costs import Direction
    from gateway.core.legs.legs import Leg


class TrunkLegs:
    """The answered legs over trunks that are not over: a fold over their facts."""

    def __init__(self) -> None:
        self.open: dict[str, TrunkLegAnswered] = {}
        self.teams: dict[str, str] = {}
        """Call of before a restart -> its record's team."""

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        if isinstance(fact, TrunkLegAnswered):
            self.open[fact.leg] = fact
        elif isinstance(fact, TrunkLegEnded):
            self.open.pop(fact.leg, None)


def answered(ex: Exchange, leg: Leg, direction: Direction) -> None:
    """Its minutes count from now on, if it is a trunk's."""
    call = leg.call
    if not leg.trunk or call is None or call.draft:
        return
    fact = TrunkLegAnswered(
        at=ex.turn.now, call=call.id, leg=leg.id, line=leg.line, trunk=leg.trunk, direction=direction
    )
    ex.trunk_legs.open[leg.id] = fact
    ex.turn.note(fact)


def over(ex: Exchange, leg: Leg) -> None:
    """The leg is no more."""
    began = ex.trunk_legs.open.pop(leg.id, None)
    if began is not None:
        team = leg.call.story.record.team if leg.call is not None else ""
        _end(ex, began, leg.team or team)


def call_over(ex: Exchange, fact: CallEnded) -> None:
    """Its legs are told to end with it, and end a moment later: their minutes are over now, so that no restart in that
    moment leaves one open. A leg that goes on in another call goes on."""
    for began in [one for one in ex.trunk_legs.open.values() if one.call == fact.call]:
        leg = ex.legs.get(began.leg)
        if leg is None or leg.call is None or leg.call.id == fact.call:
            del ex.trunk_legs.open[began.leg]
            _end(ex, began, (leg.team if leg is not None else "") or fact.record.team)


def recovered(ex: Exchange, facts: Iterable[AnyFact], team: str) -> None:
    """The facts of a call that did not end before this program, and its record's team."""
    for fact in facts:
        ex.trunk_legs.apply(fact)
        ex.trunk_legs.teams[fact.call] = team


def settle(ex: Exchange, line: str) -> None:
    """The line has told which legs it has, or never will: what it has not is over. Before the stories of its calls are
    forgotten."""
    for began in [one for one in ex.trunk_legs.open.values() if one.line == line and one.leg not in ex.legs]:
        del ex.trunk_legs.open[began.leg]
        _end(ex, began, ex.trunk_legs.teams.get(began.call, ""))
    if not any(one.line == line for one in ex.trunk_legs.open.values()):
        ex.trunk_legs.teams.clear()


def _end(ex: Exchange, began: TrunkLegAnswered, team: str) -> None:
    ex.turn.note(
        TrunkLegEnded(
            at=ex.turn.now,
            call=began.call,
            leg=began.leg,
            trunk=began.trunk,
            direction=began.direction,
            team=team,
            up_s=ex.turn.now - began.at,
        )
    )
