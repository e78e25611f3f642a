"""The root of all facts, apart from them so that several modules can have some. `all.AnyFact` knows them all."""

from __future__ import annotations

import msgspec


class Fact(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Root of all facts."""

    at: float
    call: str = ""


class SideFact(Fact, frozen=True, kw_only=True):
    """Root of facts that leave a call's record as it is, and open and close no contact: decisions on the way, and what
    happens beside calls."""
