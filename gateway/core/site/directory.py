"""Who is calling, and which number was dialled: the lookups of one version of the site, each O(1)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from gateway.core import numbers

if TYPE_CHECKING:
    from gateway.core.site.site import Client, Site

e164 = lru_cache(maxsize=4096)(numbers.e164)
"""`numbers.e164`, remembered: the numbering plans cost more than all the rest of an event."""


class Directory:
    """Clients by number and by client number, flows by dialled number."""

    __slots__ = ("_by_number", "_site")

    def __init__(self, site: Site) -> None:
        self._site = site
        self._by_number: dict[str, Client] = {
            number: client for client in site.clients.values() for number in client.numbers
        }

    def by_number(self, number: str) -> Client | None:
        """The client that calls from `number` (E.164 with "+"); None for a stranger and for a withheld number."""
        return self._by_number.get(number) if number else None

    def by_client_number(self, keyed: str) -> Client | None:
        """The client with this client number, as it was keyed."""
        return self._site.clients.get(keyed)

    def dialled(self, called: str) -> tuple[str, str] | None:
        """(number as the site writes it, flow id) of a request URI's user part; None when nothing answers there.

        Tried in this order: as it came, as E.164 by the site's country, the same without "+", and with "+" put
        before what some trunks send without it.
        """
        table = self._site.numbers
        if called in table:
            return called, table[called]
        return next(((n, table[n]) for n in spellings(called, self._site.country) if n in table), None)


def spellings(called: str, country: str) -> tuple[str, ...]:
    """How a site may have written the number that a request URI's user part names, the most exact first."""
    plain = called.removeprefix("+")
    full = e164(called, country)
    return tuple(number for number in (called, full, full.removeprefix("+"), plain, f"+{plain}") if number)
