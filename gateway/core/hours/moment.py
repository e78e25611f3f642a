"""What a flow can read of the clock: the site's own day, time and day of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.hours.calendar import wall

if TYPE_CHECKING:
    from gateway.core.site.site import Site

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DATE, TIME, WEEKDAY = "now.date", "now.time", "now.weekday"


def clock_values(site: Site, at: float) -> dict[str, str]:
    """The variables of the clock at a moment: `2026-11-23`, `09:05`, `monday`."""
    local = wall(site, at)
    return {DATE: f"{local:%Y-%m-%d}", TIME: f"{local:%H:%M}", WEEKDAY: WEEKDAYS[local.weekday()]}
