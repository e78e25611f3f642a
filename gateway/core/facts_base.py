"""The root of all facts, apart from them so that several modules can have some. `facts.AnyFact` knows them all."""

from __future__ import annotations

import msgspec


class Fact(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Root of all facts."""

    at: float
    call: str = ""
