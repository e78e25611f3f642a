"""Who somebody at a telephone is: an agent, by his code and PIN, or by his own phone and PIN.

A PIN is asked for even from his own phone: the number or name that an INVITE shows (From) is whatever the sender wrote
there, so it tells who somebody says he is, and proves nothing. The PIN is the proof; the phone only saves him the code.

Wrong PINs lock: AGENT_MISSES_MAX of one agent within an hour make none of his right until an hour has gone by, and
ALL_MISSES_MAX of all agents (and of codes that nobody has) make no PIN right, so that a machine which tries one PIN
with every code gets no further either. Login by command line and MQTT goes on meanwhile.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import unquote

from gateway.core.agents.pins import PinGuard, digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.facts.pins import Lock
    from gateway.core.site.site import Agent, Site

CODE_DIGITS = (2, 8)
AGENT_MISSES_MAX = 5
ALL_MISSES_MAX = 50


def digest_of(pin: str, agent: str, site: str) -> str:
    """What the site keeps of an agent's PIN (`Agent.pin`); the same PIN of two agents looks different."""
    return digest(pin, f"{agent}@{site}")


def by_code(site: Site, code: str) -> Agent | None:
    """The agent with this code."""
    return next((agent for agent in site.agents.values() if agent.code == code), None) if code else None


def by_phone(site: Site, caller: str) -> Agent | None:
    """The agent whose phone a call seems to come from: `caller` is the number (E.164) or the SIP user that it shows.
    None for a stranger, and for a SIP user that several agents have at different addresses."""
    found = [agent for agent in site.agents.values() if caller and caller == _user(agent)]
    return found[0] if len(found) == 1 else None


class CodeGuard:
    """Judges codes and PINs of agents, for all calls together."""

    __slots__ = ("_all", "_of")

    def __init__(self) -> None:
        self._all = PinGuard(ALL_MISSES_MAX, forgives=False)
        self._of: dict[str, PinGuard] = {}

    def who(self, site: Site, code: str, pin: str, now: float) -> Agent | None:
        """The agent with this code and this PIN; None: not so, or no PIN is right at present. A wrong one counts."""
        agent = by_code(site, code)
        if agent is None:
            self._all.judge(right=False, now=now)
            return None
        return agent if self.is_his(site, agent, pin, now) else None

    def is_his(self, site: Site, agent: Agent, pin: str, now: float) -> bool:
        """Whether this is the agent's PIN; no digits are when he has none. A wrong one counts."""
        right = bool(agent.pin) and hmac.compare_digest(digest_of(pin, agent.id, site.name), agent.pin)
        passed = self._guard(agent.id).judge(right=right, now=now)
        return self._all.judge(right=right, now=now) and passed

    def locked(self, now: float, agent: str = "") -> bool:
        """Whether no PIN is right for now: of anybody, or of the agent with this id."""
        return any(True for _ in self.locks(now, agent))

    def locks(self, now: float, agent: str = "") -> Iterator[tuple[Lock, str, float]]:
        """What keeps the PIN of the agent with this id from being right: (lock, whose PIN, until when)."""
        own = self._of.get(agent)
        if own is not None and own.locked(now):
            yield "agent", agent, own.until
        if self._all.locked(now):
            yield "everybody", "", self._all.until

    def lock(self, until: float, agent: str = "") -> None:
        """No PIN is right until then (Unix seconds): of the agent with this id; without one, of anybody."""
        (self._guard(agent) if agent else self._all).lock(until)

    def _guard(self, agent: str) -> PinGuard:
        return self._of.setdefault(agent, PinGuard(AGENT_MISSES_MAX))


def _user(agent: Agent) -> str:
    """What a call from the agent's phone shows."""
    if not agent.uri.startswith("sip:"):
        return agent.uri
    return unquote(agent.uri.removeprefix("sip:").partition("@")[0])
