"""Facts of the box itself: its lines, its trunks, its own start and end."""

from __future__ import annotations

from gateway.core.facts.base import Fact


class LineStarted(Fact, frozen=True, kw_only=True):
    line: str
    boot: str
    legs_max: int
    callers_max: int


class LineLost(Fact, frozen=True, kw_only=True):
    line: str
    reason: str
    calls_lost: int


class TrunkReported(Fact, frozen=True, kw_only=True):
    line: str
    trunk: str
    up: bool
    code: int = 0
    reason: str = ""


class GatewayStarted(Fact, frozen=True, kw_only=True):
    """A control process began with this version of the site."""

    site: str
    site_version: str
    version: str


class GatewayStopped(Fact, frozen=True, kw_only=True):
    reason: str
