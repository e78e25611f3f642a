"""What a site says of who stands behind a client: absences and deputies, the rule table for new clients, and what comes
after the team. Parts of `site.py`, frozen like all of it."""

from __future__ import annotations

import msgspec


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time in which an agent is not there: `since` <= t < `until`, in Unix seconds."""

    since: float
    until: float
    deputy: str = ""
    """Who is rung in the agent's place; empty: nobody, the team is rung at once."""


class OverflowStage(msgspec.Struct, frozen=True, kw_only=True):
    """One step of what comes after the team: another team, or one number outside (`number` as people know it, `uri`
    what is dialled for it if that is another; `trunk` is empty for a SIP address)."""

    team: str = ""
    number: str = ""
    trunk: str = ""
    uri: str = ""
    for_s: float = 120.0


class OwnerRule(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table that gives new clients a manager. A condition without values always holds; the first row of
    which all hold counts. Of `managers` the one with the fewest clients is taken, the first of them on a tie."""

    name: str
    managers: tuple[str, ...]
    called: tuple[str, ...] = ()
    """Dialled numbers, as `Site.numbers` has them."""
    languages: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    """Values of the flow's variable `area`."""
    industries: tuple[str, ...] = ()
    """Values of the flow's variable `industry`."""
