"""The fact of a look-up; part of `AnyFact` (all.py)."""

from __future__ import annotations

from gateway.core.facts.base import Fact
from gateway.core.service_model import LookupOutcome, LookupReason


class LookupAnswered(Fact, frozen=True, kw_only=True):
    """A flow looked something up: in an HTTP service, or (`service` "client") in the site's own list of clients.
    `took_ms` is the caller's wait for it; what was asked and answered is not here."""

    step: str
    service: str
    outcome: LookupOutcome
    reason: LookupReason = ""
    took_ms: int = 0
    cached: bool = False
