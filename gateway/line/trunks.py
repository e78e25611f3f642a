"""How the trunks are, and registering again where the library gives up.

The library tries again by itself after a time-out or a 5xx; after any other refusal (403 while the provider repairs its
database) it would stay unregistered for ever. Here it is tried again, ever more slowly, with jitter, without end.
"""

from __future__ import annotations

import logging
import random
import time
from typing import Any

from gateway.core.events import TrunkChanged
from gateway.line.pj import Error, why

log = logging.getLogger(__name__)

_FIRST_S, _LONGEST_S = 2.0, 300.0
_JITTER = 0.2
_LIBRARY_RETRIES = frozenset({408, 480, 500, 502, 503, 504})


class Trunks:
    """`changed` is told by the accounts, `register_again` is called by the loop."""

    def __init__(self) -> None:
        self.accounts: dict[str, Any] = {}
        self.told: dict[str, TrunkChanged] = {}
        """The last news of each trunk."""
        self._failures: dict[str, int] = {}
        self._due: dict[str, float] = {}

    def changed(self, news: TrunkChanged) -> None:
        self.told[news.trunk] = news
        self._due.pop(news.trunk, None)
        if news.up or news.code // 100 == 2:  # registered, or unregistered by us
            self._failures.pop(news.trunk, None)
            log.info("trunk %s is %s", news.trunk, "up" if news.up else "down")
            return
        log.warning("trunk %s is down: %d %s", news.trunk, news.code, news.reason)
        if news.code not in _LIBRARY_RETRIES and news.code < 600:
            self._again_later(news.trunk)

    def register_again(self) -> None:
        """Those whose time has come."""
        now = time.monotonic()
        for trunk in [name for name, due in self._due.items() if due <= now]:
            del self._due[trunk]
            try:
                self.accounts[trunk].setRegistration(True)
            except Error as error:
                log.warning("trunk %s cannot be registered: %s", trunk, why(error))
                self._again_later(trunk)

    def _again_later(self, trunk: str) -> None:
        failures = self._failures[trunk] = self._failures.get(trunk, 0) + 1
        wait_s = min(_FIRST_S * 2 ** min(failures - 1, 10), _LONGEST_S)
        wait_s *= random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads load, keeps no secret
        self._due[trunk] = time.monotonic() + wait_s
        log.info("trunk %s is registered again in %.0f s", trunk, wait_s)
