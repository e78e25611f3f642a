"""cost_per_call = (wages + trunk minutes x tariff + fixed) / handled, of the present day up to now.

wages   hours logged in x the wage of each agent; a pause is paid. Somebody in n teams costs each of them 1/n
trunks  the seconds of every leg over a trunk, from its answer to its end or that of its call (TrunkLegEnded), booked on
        the day of that: callers' legs inbound; mobiles, numbers that are rung or handed on to, and call-backs outbound
fixed   the part of the day's fixed costs that has passed; of a month, the day's is 1/28 to 1/31. The office bears all
        of it, a team by its heads, somebody in n teams being 1/n of a head
handled contacts whose after-call work ended (`kpi.py`)

Money is exact: fractions up to the amounts that are shown, each rounded half up to 1/100 of the currency once, and the
cost is the sum of the amounts as shown. None where nothing was handled. All amounts are by the rules of the version
that runs now. The fold is over TrunkLegEnded; the hours are those of `kpi.agents`, handled those of `kpi.kpi`.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from gateway.core.facts.costs import TrunkLegEnded
from gateway.core.hours.calendar import zone_of
from gateway.core.kpi.figures import utc_day
from gateway.core.site.costs import Tariff

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.costs import Direction
    from gateway.core.site.costs import CostRules
    from gateway.core.site.site import Site

CENT = Decimal("0.01")
HOUR_MS, MINUTE_MS = 3_600_000, 60_000
DAYS_KEPT = 40
_LONGEST_DAY_S = 26 * 3600.0
"""Longer than any day and shorter than two, clocks set or not."""


class CostFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the office or of a team. Amounts in the currency of the rules, to 1/100."""

    start: float
    """Of the day, in Unix seconds."""
    until: float
    """Wages and fixed costs up to here."""
    paid_s: float
    """Time logged in that is paid for; of a team its part."""
    inbound_s: float
    """Answered legs over trunks."""
    outbound_s: float
    wages: Decimal
    trunks: Decimal
    fixed: Decimal
    cost: Decimal
    """wages + trunks + fixed."""
    handled: int
    cost_per_call: Decimal | None
    """cost / handled."""


class CostKpi:
    """Feed it every fact in the journal's order. `day_start` tells when the day of a moment began."""

    def __init__(self, site: Site, *, day_start: Callable[[float], float] = utc_day) -> None:
        self._day_start = day_start
        self._legs_ms: dict[float, dict[tuple[str, str, Direction], int]] = {}
        """Day -> (team, trunk, direction) -> milliseconds."""
        self.load(site)

    def load(self, site: Site) -> None:
        """A new version: its costs from now on, for all of the day."""
        self._site = site
        self._parts = Counter(agent for team in site.teams.values() for agent in set(team.agents))
        """Agent of a team -> in how many teams."""

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        if not isinstance(fact, TrunkLegEnded):
            return
        day = self._legs_ms.setdefault(self._day_start(fact.at), {})
        if len(self._legs_ms) > DAYS_KEPT:
            del self._legs_ms[next(iter(self._legs_ms))]
        key = fact.team, fact.trunk, fact.direction
        day[key] = day.get(key, 0) + round(fact.up_s * 1000)

    def figures(
        self, rules: CostRules, team: str | None, *, at: float, logged_in_s: Mapping[str, float], handled: int
    ) -> CostFigures:
        """The day that holds `at`, up to `at`, of a team, or (None) of the office. `logged_in_s`: of each agent in that
        time; `handled` of the same team or office."""
        start = self._day_start(at)
        paid = {agent: self._share(agent, team) * round(s * 1000) for agent, s in logged_in_s.items()}
        wages = sum((Fraction(rules.wage_of(agent, self._site)) * ms for agent, ms in paid.items()), Fraction())
        legs = [
            (direction, ms, _tariff(rules, trunk, direction))
            for (whose, trunk, direction), ms in self._legs_ms.get(start, {}).items()
            if team is None or whose == team
        ]
        parts = (
            _money(wages / HOUR_MS),
            _money(sum((ms * tariff for _, ms, tariff in legs), Fraction()) / MINUTE_MS),
            _money(self._fixed(rules, start, at) * self._heads(team)),
        )
        cost = sum(parts, Decimal(0))
        return CostFigures(
            start=start,
            until=at,
            paid_s=float(sum(paid.values(), Fraction()) / 1000),
            inbound_s=sum(ms for direction, ms, _ in legs if direction == "in") / 1000,
            outbound_s=sum(ms for direction, ms, _ in legs if direction == "out") / 1000,
            wages=parts[0],
            trunks=parts[1],
            fixed=parts[2],
            cost=cost,
            handled=handled,
            cost_per_call=_money(Fraction(cost) / handled) if handled else None,
        )

    def _share(self, agent: str, team: str | None) -> Fraction:
        """Of an agent, that the team (None: the office) pays for."""
        if team is None:
            return Fraction(1)
        mine = agent in self._site.teams[team].agents
        return Fraction(1, self._parts[agent]) if mine else Fraction()

    def _heads(self, team: str | None) -> Fraction:
        """The part of the fixed costs that is the team's."""
        if team is None:
            return Fraction(1)
        return sum((self._share(agent, team) for agent in self._parts), Fraction()) / max(len(self._parts), 1)

    def _fixed(self, rules: CostRules, start: float, at: float) -> Fraction:
        """Of the day, as much of it as has passed."""
        whole = Fraction(rules.fixed)
        if rules.fixed_per == "month":
            day = dt.datetime.fromtimestamp(start, zone_of(self._site)).date()
            whole /= monthrange(day.year, day.month)[1]
        length_s = self._day_start(start + _LONGEST_DAY_S) - start
        return whole * Fraction(round((at - start) * 1000), round(length_s * 1000))


def _tariff(rules: CostRules, trunk: str, direction: Direction) -> Fraction:
    """For a minute."""
    tariff = rules.trunks.get(trunk, Tariff())
    return Fraction(tariff.inbound if direction == "in" else tariff.outbound)


def _money(exact: Fraction) -> Decimal:
    """To 1/100, half up; exact before that."""
    hundreds = exact * 100
    rounded = (2 * hundreds.numerator + hundreds.denominator) // (2 * hundreds.denominator)
    return (Decimal(rounded) / 100).quantize(CENT, rounding=ROUND_HALF_UP)
