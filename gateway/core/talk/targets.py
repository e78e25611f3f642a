"""Whom or what an agent means who transfers a caller: by what was keyed behind the code, or by the address in a REFER.

In this order: an extension of `features:`, an agent's code, the phone or name of an agent and the name of a team (in a
REFER), one of the office's own numbers (which leads to a flow), and a number outside, if `dial:` lists it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from gateway.core.agents.codes import by_code
from gateway.core.numbers import e164
from gateway.core.site import dial_rules

if TYPE_CHECKING:
    from gateway.core.call.call import Call
    from gateway.core.facts.talk import TargetKind, TransferReason
    from gateway.core.site.site import Site


class Target(NamedTuple):
    """`to`: id of an agent, a team or a flow, or a number in E.164; what was asked for when nothing has that name."""

    kind: TargetKind
    to: str
    reason: TransferReason | None = None
    """Why nobody is rung there, whatever the hour."""


def keyed(site: Site, digits: str) -> Target:
    """The target of these digits."""
    return _short(site, digits) or _number(site, digits)


def named(site: Site, uri: str) -> Target:
    """The target of a SIP or tel URI."""
    plain = uri.partition("?")[0].partition(";")[0]
    agent = next((a.id for a in site.agents.values() if a.uri.partition(";")[0] == plain), "")
    if agent:
        return Target("agent", agent)
    scheme, _, rest = plain.partition(":")
    user = unquote(rest.partition("@")[0] if scheme.lower() != "tel" else rest)
    if user in site.agents:
        return Target("agent", user)
    if user in site.teams:
        return Target("team", user)
    return _short(site, user) or _number(site, user)


def why_not(call: Call, target: Target, by: str, *, consult: bool) -> TransferReason | None:
    """Why the caller cannot be transferred there by `by` now; None when he can."""
    roster, draft = call.ex.roster, call.ex.site.draft
    match target:
        case Target(reason=str() as reason):
            return reason
        case Target("agent", to) if to == by:
            return "self"
        case Target("agent", to):
            if call.draft and (draft is None or to not in draft.rings):
                return "draft"
            return roster.why_not(to) or None
        case Target("team" | "number") if call.draft:
            return "draft"
        case Target("team", to):
            others = [member for member in roster.members(to) if member != by]
            if all(roster.why_not(member) == "off" for member in others):
                return "off"
            return "busy" if consult and free_of(call, to, by) == "" else None
        case Target("flow") if consult:
            return "consult_first"
        case _:
            return None


def free_of(call: Call, team: str, by: str) -> str:
    """Who of a team would be asked now; empty when nobody can be."""
    return next((agent for agent in call.ex.roster.free_of(team) if agent != by), "")


def _short(site: Site, text: str) -> Target | None:
    name = site.features.extensions.get(text, "")
    if name in site.agents:
        return Target("agent", name)
    if name in site.teams:
        return Target("team", name)
    agent = by_code(site, text)
    if agent is not None:
        return Target("agent", agent.id)
    flow = site.numbers.get(text) or site.numbers.get(e164(text, site.country), "")
    return Target("flow", flow) if flow else None


def _number(site: Site, text: str) -> Target:
    if dial_rules.is_emergency(text, site.country):
        return Target("unknown", text, "emergency")
    number = e164(text, site.country)
    why = dial_rules.why_not(number, site, site.features.dial)
    if why == "no_number":
        return Target("unknown", text, "unknown_target")
    if why == "agents_phone":
        return Target("agent", next(agent.id for agent in site.agents.values() if agent.uri == number))
    return Target("number", number, "not_allowed" if why or not site.features.trunk else None)
