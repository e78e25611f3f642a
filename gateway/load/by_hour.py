"""The figures of every hour of the runs, for the picture: those of `core/kpi`, with the hour for its day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gateway.core.kpi.kpi import OFFICE, Kpi
from gateway.load.hours import HOUR_S, Hour
from gateway.load.interval import estimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.core.facts.all import AnyFact
    from gateway.core.kpi.figures import Figures
    from gateway.core.site.site import Site
    from gateway.load.hours import Hours


class HourFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One hour of the runs, all runs together; None: there was nothing to tell of."""

    hour: int
    """From 0, the first that is counted."""
    offered: float
    """A run."""
    sl: float | None
    waiting: float
    """Callers at once, on average."""
    waiting_max: int
    occupancy: float | None


class HourlyKpi:
    """A fold that keeps every hour of a run that began at `begins_at`, a full hour in Unix seconds."""

    def __init__(self, site: Site, begins_at: float) -> None:
        self._kpi = Kpi(site, day_start=lambda at: at - at % HOUR_S)
        self._begins_at = begins_at
        self._present = begins_at
        self.hours: dict[int, Figures] = {}

    def apply(self, fact: AnyFact) -> None:
        """One fact more."""
        self._kpi.apply(fact)
        if fact.at >= self._present + HOUR_S:
            self._keep()
            self._present = fact.at - fact.at % HOUR_S

    def finish(self) -> None:
        """There are no more."""
        self._keep()

    def _keep(self) -> None:
        """Hours are folded in order: the present one is complete when a fact of a later one has come."""
        self.hours[int((self._present - self._begins_at) // HOUR_S)] = self._kpi.figures(OFFICE, at=self._present)


def weight_of_sl(figures: Figures) -> float:
    """Of how many contacts `sl` is a share."""
    flow_outs = figures.overflowed + figures.voicemail + figures.called_back
    return figures.answered + figures.abandoned - figures.abandoned_short + flow_outs


def pooled(runs: Sequence[tuple[dict[int, Figures], Hours]], hours: Iterable[int]) -> tuple[HourFigures, ...]:
    """These hours of all runs together, numbered from 0."""
    return tuple(
        _pooled(
            number,
            [figures[hour] for figures, _ in runs if hour in figures],
            [fold.hours.get(hour) or Hour() for _, fold in runs],
        )
        for number, hour in enumerate(hours)
    )


def _pooled(number: int, figures: Sequence[Figures], hours: Sequence[Hour]) -> HourFigures:
    level = estimate([(one.sl, weight_of_sl(one)) for one in figures])
    on, idle = sum(hour.on_contact_s for hour in hours), sum(hour.idle_s for hour in hours)
    return HourFigures(
        hour=number,
        offered=sum(one.offered for one in figures) / len(hours),
        sl=level.mean if level is not None else None,
        waiting=sum(hour.waiting_s for hour in hours) / HOUR_S / len(hours),
        waiting_max=max(hour.waiting_max for hour in hours),
        occupancy=on / (on + idle) if on + idle > 0 else None,
    )
