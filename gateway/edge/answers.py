"""Answers of services, kept for as long as the admin allows: by service and address, the least recently used go first.

Only what a service has said is kept, that there is no such thing included; a failure is asked again."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.core.service_model import Service
    from gateway.core.steps.services import Answer

ENTRIES_MAX = 1000


class Answers:
    """`now` is seconds of any clock that does not go back."""

    def __init__(self, entries_max: int = ENTRIES_MAX) -> None:
        self._entries: OrderedDict[tuple[str, str], tuple[float, Service, Answer]] = OrderedDict()
        self._entries_max = entries_max

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, service: Service, url: str, now: float) -> Answer | None:
        """The answer that is still good. One to another version of the service's declaration is not."""
        key = (service.name, url)
        entry = self._entries.get(key)
        if entry is None:
            return None
        until, asked, answer = entry
        if now >= until or asked != service:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return answer

    def keep(self, service: Service, url: str, answer: Answer, now: float) -> None:
        """Keep an answer for `cache_s`."""
        if service.cache_s <= 0 or answer.outcome == "failed":
            return
        key = (service.name, url)
        self._entries[key] = (now + service.cache_s, service, answer)
        self._entries.move_to_end(key)
        while len(self._entries) > self._entries_max:
            self._entries.popitem(last=False)
