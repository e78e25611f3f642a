"""When a quarter of an hour is over in which a team's service level was below its target, that is written down with its
cause (IntervalMissed): `sl` as the figures of that quarter have it, of `alarms: contacts:` contacts at least."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.alarms import wait_causes
from gateway.core.facts.calls import QueueLeft
from gateway.core.facts.usual import IntervalMissed
from gateway.core.kpi.kpi import INTERVAL_S, Key

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.facts.all import AnyFact

TIMER = "quarter:"
"""Begins the name of its deadlines; then comes the team."""


def follow(ex: Exchange, fact: AnyFact) -> None:
    """A contact that came out badly makes the end of its quarter worth a look."""
    if isinstance(fact, QueueLeft) and fact.team in ex.site.teams:
        _expect(ex, fact.team)


def recovered(ex: Exchange) -> None:
    """After a start, when the contacts of this quarter are known again."""
    for team in ex.site.teams:
        _expect(ex, team)


def due(ex: Exchange, name: str) -> None:
    """A quarter is over."""
    team = ex.site.teams.get(name.removeprefix(TIMER))
    if team is None:
        return
    end = ex.turn.now - ex.turn.now % INTERVAL_S
    figures = ex.alarms.kpi.figures(Key("team", team.id), "interval", at=end - INTERVAL_S)
    flow_outs = figures.overflowed + figures.voicemail + figures.called_back
    contacts = figures.answered + figures.abandoned - figures.abandoned_short + flow_outs
    if figures.sl is None or figures.sl >= team.sl_target or contacts < ex.site.alarms.contacts_min:
        return
    ex.turn.note(
        IntervalMissed(
            at=ex.turn.now,
            team=team.id,
            start=end - INTERVAL_S,
            sl=figures.sl,
            target=team.sl_target,
            contacts=contacts,
            cause=wait_causes.look(ex, team.id, end),
        )
    )


def _expect(ex: Exchange, team: str) -> None:
    if ex.alarms.kpi.standing(Key("team", team)).lost:
        now = ex.turn.now
        ex.turn.after(now - now % INTERVAL_S + INTERVAL_S - now, "alarm", f"{TIMER}{team}")
