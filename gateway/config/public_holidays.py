"""The public holidays of a country as dates with their names: the only door to the `holidays` library.

All of YEARS are written out when a site is read, whatever the clock says: the same files give the same site, and a box
that runs for years does not come to the end of what it knows.
"""

from __future__ import annotations

import functools

YEARS = range(1990, 2100)
NAMES = ("pl", "en")
"""Languages in which a holiday is named where the library can, beside the country's own."""


@functools.lru_cache(maxsize=4)
def public_holidays(country: str) -> dict[str, dict[str, str]] | None:
    """Date ("2026-12-25") -> language -> name, in order; None for a country whose holidays nobody has written down."""
    import holidays  # noqa: PLC0415 - a tenth of a second that a site without hours does not pay

    try:
        known = holidays.country_holidays(country)
    except NotImplementedError:
        return None
    own = known.default_language or ""
    found: dict[str, dict[str, str]] = {}
    for language in (own, *NAMES):
        # Always named: without a name the library takes the language of the machine it runs on.
        spoken = next((name for name in known.supported_languages if name.partition("_")[0] == language), None)
        if spoken is None and language != own:
            continue
        for day, name in holidays.country_holidays(country, years=YEARS, language=spoken or own or None).items():
            found.setdefault(day.isoformat(), {})[language.partition("_")[0] or "en"] = name
    return {day: found[day] for day in sorted(found)}
