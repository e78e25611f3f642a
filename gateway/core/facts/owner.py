"""Facts of who looks after a caller: part of `AnyFact` (all.py). They tell why somebody is rung before the team; that
the phone was rung, AgentOffered tells."""

from __future__ import annotations

from gateway.core.facts.base import SideFact


class ManagerAssigned(SideFact, frozen=True, kw_only=True):
    """A caller who is no client got a manager by the rule table, for this call and the next ones from the same number
    (until clients.csv names it). `rule` is the row's name, `clients` how many the manager had before."""

    number: str
    manager: str
    rule: str
    team: str
    clients: int


class ManagerAbsent(SideFact, frozen=True, kw_only=True):
    """The assigned manager is away until a moment (Unix seconds). `deputy` is rung instead; empty: nobody, the team is
    at once."""

    manager: str
    deputy: str
    until: float


class LastSpokeWith(SideFact, frozen=True, kw_only=True):
    """The caller has no manager, and spoke last with this agent, at `spoke_at` (Unix seconds)."""

    agent: str
    spoke_at: float


AnyOwnerFact = ManagerAssigned | ManagerAbsent | LastSpokeWith
