"""Whom a caller belongs to, and so who is rung for him before the team is.

Of these the first that there is: the client's assigned manager (clients.csv); the manager whom this number was given by
the rule table on an earlier call; the one whom the table gives it now; where the team says so, whoever spoke with this
number last. In the place of a manager who is away a deputy is rung; he stays the owner all the same, in the record and
in the figures.

What is remembered is a fold over facts: CallEnded tells who spoke with whom (after a transfer: the last one who did,
numbers outside not counted), ManagerAssigned who was given whom. Trials of drafts add nothing to it and read nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from gateway.core.facts.calls import CallEnded
from gateway.core.facts.owner import LastSpokeWith, ManagerAbsent, ManagerAssigned
from gateway.core.numbers import is_outside
from gateway.core.site.absences import absence_at, stand_in

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.calls import CallRecord
    from gateway.core.site.owners import OwnerRule
    from gateway.core.site.site import Site, Team

_T = TypeVar("_T")
Role = Literal["manager", "deputy", "last_spoke"]

SPOKE_MAX = 20_000
"""Numbers of which is known who spoke with them last; beyond that those go that were not heard of for longest."""
ASSIGNED_MAX = 50_000
"""Numbers that were given a manager; the oldest go first."""


class First(NamedTuple):
    """Who is rung before the team, as what, and why. `owner` is the assigned manager, also when `person` is another;
    `reason` is that of the first stage if the person can be rung. `told` is to be noted before that stage."""

    owner: str = ""
    person: str = ""
    role: Role = "manager"
    reason: str = "no_manager"
    told: ManagerAbsent | LastSpokeWith | None = None


NOBODY = First()


class Spoke(NamedTuple):
    """An agent, and when that talk's call ended (Unix seconds)."""

    agent: str
    at: float


class Owners:
    """What past calls tell. Feed it every fact, in order."""

    __slots__ = ("assigned", "spoke")

    def __init__(self) -> None:
        self.spoke: dict[str, Spoke] = {}
        """By the caller's number, whoever was heard of last behind the others."""
        self.assigned: dict[str, ManagerAssigned] = {}
        """By the caller's number."""

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        match fact:
            case CallEnded(record=record) if not record.draft:
                number = record.called if record.direction == "out" else record.caller
                agent = _last_speaker(record)
                if number and agent:
                    _put(self.spoke, number, Spoke(agent, fact.at), SPOKE_MAX)
            case ManagerAssigned():
                _put(self.assigned, fact.number, fact, ASSIGNED_MAX)
            case _:
                pass

    def clients_of(self, site: Site) -> dict[str, int]:
        """How many clients each manager has: those of clients.csv, and the numbers given since that are not in it."""
        known = {number for client in site.clients.values() for number in client.numbers}
        owners = [client.manager for client in site.clients.values()]
        owners += [fact.manager for number, fact in self.assigned.items() if number not in known]
        count: dict[str, int] = {}
        for owner in owners:
            count[owner] = count.get(owner, 0) + 1
        return count


def _last_speaker(record: CallRecord) -> str:
    """Who of the office spoke with the other side last; empty: nobody did."""
    if record.direction == "out" and record.outcome != "answered":
        return ""
    spoke = (*(agent for agent, _, _ in record.segments), *(() if record.segments else (record.answered_by,)))
    return next((agent for agent in reversed(spoke) if agent and not is_outside(agent)), "")


def _put(found: dict[str, _T], key: str, value: _T, most: int) -> None:
    """Set a value, and count it as the youngest."""
    found.pop(key, None)
    found[key] = value
    if len(found) > most:
        del found[next(iter(found))]


def first_of(ex: Exchange, call: Call, team: Team, *, by_client: bool) -> First:
    """Who is rung before `team`. With `by_client` the caller was sent to his own people, else to the team itself. A
    manager may be assigned here, which is noted."""
    owner = _owner(ex, call, team) if by_client else ""
    if owner:
        return for_owner(ex, call, owner)
    if call.client is None and team.last_spoke_s and not call.draft:
        return _last_spoke(ex, call, team, anybody=by_client)
    return NOBODY


def for_owner(ex: Exchange, call: Call, owner: str) -> First:
    """Who is rung for the clients of a manager: himself, or who stands in for him."""
    away = stand_in(ex.site, owner, ex.turn.now)
    if away is None:
        return First(owner, owner, reason="manager_free")
    person = away.person if _may_ring(ex, call, away.person) else ""
    told = ManagerAbsent(at=ex.turn.now, call=call.id, manager=owner, deputy=person, until=away.until)
    return First(owner, person, "deputy", "manager_absent_deputy" if person else "manager_absent", told)


def _may_ring(ex: Exchange, call: Call, person: str) -> bool:
    """Whether the person is there to be rung; in a trial, whether he takes part in it."""
    rings = ex.site.draft.rings if ex.site.draft is not None else ()
    return person in ex.site.agents and (not call.draft or person in rings)


def _owner(ex: Exchange, call: Call, team: Team) -> str:
    if call.client is not None:
        return call.client.manager
    number = call.values.get("caller", "")
    if not number or call.draft:
        return ""
    known = ex.owners.assigned.get(number)
    if known is not None and known.manager in ex.site.agents:
        return known.manager
    rule = next((rule for rule in ex.site.new_clients if _fits(rule, call)), None)
    return _assign(ex, call, team, number, rule) if rule is not None else ""


def _fits(rule: OwnerRule, call: Call) -> bool:
    values = call.values
    asked = (
        (rule.called, values.get("called", "")),
        (rule.languages, call.language),
        (rule.areas, values.get("area", "")),
        (rule.industries, values.get("industry", "")),
    )
    return all(not wanted or value in wanted for wanted, value in asked)


def _assign(ex: Exchange, call: Call, team: Team, number: str, rule: OwnerRule) -> str:
    """The manager with the fewest clients, of those who are not away if there are such."""
    now, count = ex.turn.now, ex.owners.clients_of(ex.site)
    there = [agent for agent in rule.managers if absence_at(ex.site, agent, now) is None]
    manager = min(there or rule.managers, key=lambda agent: count.get(agent, 0))
    had = count.get(manager, 0)
    fact = ManagerAssigned(
        at=now, call=call.id, number=number, manager=manager, rule=rule.name, team=team.id, clients=had
    )
    call.note(fact)
    ex.owners.apply(fact)  # another caller of the same turn counts it already
    return manager


def _last_spoke(ex: Exchange, call: Call, team: Team, *, anybody: bool) -> First:
    """Whoever spoke with the caller last; for a caller who was sent to one team, only if he is of it."""
    spoke = ex.owners.spoke.get(call.values.get("caller", ""))
    if spoke is None or ex.turn.now - spoke.at > team.last_spoke_s:
        return NOBODY
    person = spoke.agent
    if not _may_ring(ex, call, person) or not (anybody or person in ex.roster.members(team.id)):
        return NOBODY
    told = LastSpokeWith(at=ex.turn.now, call=call.id, agent=person, spoke_at=spoke.at)
    if absence_at(ex.site, person, ex.turn.now) is not None:
        return First("", "", "last_spoke", "last_spoke_absent", told)
    return First("", person, "last_spoke", "last_spoke_with", told)
