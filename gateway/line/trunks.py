"""The trunks of a line: which there are, how they are, and registering again where the library gives up.

The library tries again by itself after a time-out or a 5xx; after any other refusal (403 while the provider repairs its
database) it would stay unregistered for ever. Here it is tried again, ever more slowly, with jitter, without end.

Trunks can come, go and change while calls are up. An account that is not wanted any more unregisters first, and only
when that is answered its successor registers: both have the same Contact, and the other way round the provider would
forget the new one. It is let go when no call uses it.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from gateway.core.events import TrunkChanged
from gateway.core.line_config import Trunk
from gateway.line.pj import Error, why

log = logging.getLogger(__name__)

_FIRST_S, _LONGEST_S = 2.0, 300.0
_JITTER = 0.2
_LIBRARY_RETRIES = frozenset({408, 480, 500, 502, 503, 504})
_GOODBYE_S = 4.0
"""A provider that has not answered the end of a registration within that is not waited for."""


class Trunks:
    """`take` says which are wanted, `changed` is told by the accounts, `look` is called by the loop.

    `make` gives the account of a trunk and raises pj.Error; `in_use` tells whether a call needs an account.
    """

    def __init__(self, make: Callable[[Trunk], Any], in_use: Callable[[Any], bool]) -> None:
        self._make, self._in_use = make, in_use
        self.accounts: dict[str, Any] = {}
        self.told: dict[str, TrunkChanged] = {}
        """The last news of each trunk."""
        self._failures: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._wanted: dict[str, Trunk] = {}
        """Those whose account cannot be made yet."""
        self._leaving: list[tuple[Any, float]] = []
        """Accounts that unregister, or that a call still needs; and until when their goodbye is waited for."""
        self._past: list[Any] = []
        """Their objects are kept for good: pjsua2's destructor deletes whatever account has their number by then."""

    def take(self, trunks: Iterable[Trunk]) -> tuple[str, ...]:
        """Have these trunks and no other; gives the names of those that are gone."""
        wanted = {trunk.id: trunk for trunk in trunks}
        gone = []
        for name, account in list(self.accounts.items()):
            trunk = wanted.get(name)
            if trunk is not None and _same_account(trunk, account.trunk):
                account.trunk = trunk
                continue
            self._retire(name)
            if trunk is None:
                gone.append(name)
        self._wanted = {name: trunk for name, trunk in wanted.items() if name not in self.accounts}
        self.look()
        return tuple(gone)

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

    def look(self) -> None:
        """What is due: registering again, letting go of accounts, making those that had to wait."""
        now = time.monotonic()
        for name in [name for name, due in self._due.items() if due <= now]:
            del self._due[name]
            try:
                self.accounts[name].setRegistration(True)
            except Error as error:
                log.warning("trunk %s cannot be registered: %s", name, why(error))
                self._again_later(name)
        self._leaving = [(account, until) for account, until in self._leaving if not self._let_go(account, until, now)]
        said = {account.trunk.id for account, until in self._leaving if account.registered and now < until}
        for name in [name for name in self._wanted if name not in said]:
            trunk = self._wanted.pop(name)
            try:
                self.accounts[name] = self._make(trunk)
            except Error as error:
                log.error("trunk %s cannot be set up: %s", name, why(error))  # noqa: TRY400 - a line that says enough

    def _retire(self, name: str) -> None:
        account = self.accounts.pop(name)
        self.told.pop(name, None)
        self._due.pop(name, None)
        self._failures.pop(name, None)
        account.retire()
        self._leaving.append((account, time.monotonic() + _GOODBYE_S))

    def _let_go(self, account: Any, until: float, now: float) -> bool:
        if (account.registered and now < until) or self._in_use(account):
            return False
        try:
            account.shutdown()
        except Error as error:
            log.warning("the account of trunk %s stays: %s", account.trunk.id, why(error))
        self._past.append(account)
        return True

    def _again_later(self, trunk: str) -> None:
        failures = self._failures[trunk] = self._failures.get(trunk, 0) + 1
        wait_s = min(_FIRST_S * 2 ** min(failures - 1, 10), _LONGEST_S)
        wait_s *= random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads load, keeps no secret
        self._due[trunk] = time.monotonic() + wait_s
        log.info("trunk %s is registered again in %.0f s", trunk, wait_s)


def _same_account(new: Trunk, old: Trunk) -> bool:
    """Whether the library needs no word of the change: the number shown on outgoing calls is set for each call."""
    return new == old or (bool(new.user) and replace(new, from_user=old.from_user) == old)
