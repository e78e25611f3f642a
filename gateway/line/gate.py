"""The gate: an INVITE that the line cannot take is answered 503 with Retry-After before the library gives it a leg.

The library's own answer to a leg too many is 486, which would tell the caller that a person is busy. The gate stands
before pjsua in PJSIP's chain of modules, so it can refuse even when every leg is in use.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from gateway.core.events import CallRefused
from gateway.core.numbers import mask
from gateway.line.capi import PjLibrary
from gateway.line.identity import identify
from gateway.line.message import read

log = logging.getLogger(__name__)


class Gate:
    """`refusal()` gives the reason why no caller can be taken now, or ""."""

    def __init__(
        self,
        library: PjLibrary,
        *,
        line: str,
        retry_after_s: int,
        refusal: Callable[[], str],
        emit: Callable[[CallRefused], None],
    ) -> None:
        self._library, self._line, self._retry_after_s = library, line, retry_after_s
        self._refusal, self._emit = refusal, emit
        self._module = 0

    def stand(self) -> None:
        """Begin to watch; for as long as the endpoint lives."""
        self._module = self._library.watch_requests("gateway-gate", self._on_request)

    def _on_request(self, rdata: int) -> bool:
        try:
            return self._judge(rdata)
        except Exception:
            # Nothing may be raised into PJSIP; pjsua then decides as it would without us.
            log.exception("the gate failed on a request")
            return False

    def _judge(self, rdata: int) -> bool:
        if " INVITE/" not in self._library.info(rdata):
            return False
        reason = self._refusal()
        if not reason:
            return False
        headers = (("Retry-After", str(self._retry_after_s)),)
        status = self._library.respond(rdata, 503, "Service Unavailable", headers, module=self._module)
        if status != 0:
            log.error("503 could not be sent: PJSIP status %d", status)
            return False
        self.tell(503, self._library.text(rdata), reason)
        return True

    def tell(self, code: int, text: str, reason: str = "the SIP library refused it") -> None:
        """A call was refused before it became a leg. `text` is its INVITE."""
        who = identify(read(text))
        log.warning("refused a call from %s to %s with %d: %s", mask(who.caller), who.called, code, reason)
        self._emit(CallRefused(line=self._line, caller=who.caller, called=who.called, code=code, reason=reason))
