"""A case that is late goes up: to its manager when the limit is near, to the team's leader when it is over, to the
director when it is still open some time later. Each step is a fact, once a case; a level that has nobody is left out.

The times follow from the case (`warn_at`, `resolve_by`) and from `cases: escalation:` of the present version of the
site, so a new version moves the steps that are still to come. They go on by the clock while a case is closed, as its
own clock does: one that is reopened late goes up at once. A box that was off tells every step that it has missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from gateway.core.facts.desk import CaseClosed, CaseEscalated, CaseOpened, CaseReopened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.board.exchange import Exchange
    from gateway.core.desk.cases import Case
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.desk import CaseLevel
    from gateway.core.site.site import Site, Team


class Step(NamedTuple):
    """Before whom a case comes, and when, in Unix seconds."""

    level: CaseLevel
    at: float
    to: str
    why: Literal["limit_near", "limit_over", "still_open"]


def steps(site: Site, case: Case) -> Iterator[Step]:
    """The chain of a case, in order; nothing for one without a limit."""
    opened = case.opened
    if opened.resolve_by is None:
        return
    team, client = team_of(site, case), site.clients.get(opened.client)
    manager = opened.to if opened.whose == "agent" else client.manager if client is not None else ""
    if opened.warn_at is not None:
        yield Step("manager", opened.warn_at, manager, "limit_near")
    leader = team.leader if team is not None else ""
    yield Step("leader", opened.resolve_by + site.cases.leader_after_s, leader, "limit_over")
    yield Step("director", opened.resolve_by + site.cases.director_after_s, site.cases.director, "still_open")


def team_of(site: Site, case: Case) -> Team | None:
    """Whose leader the case goes to: the team that has it, the client's, or the first in which its agent is."""
    opened, client = case.opened, site.clients.get(case.opened.client)
    if opened.whose == "team":
        return site.teams.get(opened.to)
    if client is not None:
        return site.teams.get(client.team)
    return next((team for team in site.teams.values() if opened.to in team.agents), None)


def follow(ex: Exchange, fact: AnyFact) -> None:
    """What a fact means to the chain, after it was folded."""
    match fact:
        case CaseOpened() | CaseReopened() | CaseEscalated() | CaseClosed():
            _set(ex, fact.case)
        case _:
            pass


def resume(ex: Exchange) -> None:
    """After a start, or with a new version of the site: the next step of every case."""
    for case in ex.desk.cases.unsolved():
        _set(ex, case.opened.case)


def due(ex: Exchange, number: str) -> None:
    """The time of a step has come."""
    case = ex.desk.cases.by_number.get(number)
    if case is None or case.closed is not None:
        return
    for step in _left(ex.site, case):
        if step.at <= ex.turn.now:
            ex.turn.note(CaseEscalated(at=ex.turn.now, case=number, to=step.to, level=step.level, why=step.why))


def _left(site: Site, case: Case) -> list[Step]:
    """The steps that are still to come."""
    done = {fact.level for fact in case.escalated}
    return [step for step in steps(site, case) if step.level not in done and step.to in site.agents]


def _set(ex: Exchange, number: str) -> None:
    case = ex.desk.cases.by_number.get(number)
    left = _left(ex.site, case) if case is not None and case.closed is None else []
    if left:
        ex.turn.after(min(step.at for step in left) - ex.turn.now, "escalate", number)
    else:
        ex.turn.cancel("escalate", number)
