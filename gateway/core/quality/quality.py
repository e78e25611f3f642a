"""The quality sample: at the end of each week some recorded talks of every agent are drawn (`draw.py`), each is a
task for somebody else, who hears it and fills the score form (`quality_form`).

The reviewer is the leader of the agent's team, else `quality: reviewer:`, else the director of cases; never the agent.
A client who is not to be recorded any more, and an agent who is gone, are not drawn, and a sample of such a client that
waits is withdrawn, as one is whose sound is deleted. A score can be given again: the last one counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.desk import RecordingDeleted, RecordingEnded, TaskClosed, TaskOpened
from gateway.core.facts.quality import QualityDrawn, QualitySampled, QualityScored
from gateway.core.site.quality_form import FormError, filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.core.board.exchange import Exchange
    from gateway.core.events_desk import DeskCommanded
    from gateway.core.facts.all import AnyFact
    from gateway.core.quality.book import Sample
    from gateway.core.quality.draw import Candidate
    from gateway.core.site.quality_form import QualityRules
    from gateway.core.site.site import Site

TIMER = "week"


def follow(ex: Exchange, fact: AnyFact) -> None:
    """What a fact means to the samples, after it was folded."""
    ex.quality.apply(fact)
    match fact:
        case RecordingEnded():
            _set(ex)
        case RecordingDeleted():
            sample = ex.desk.quality.with_file(fact.file)
            if sample is not None:
                _withdraw(ex, sample)
        case _:
            pass


def recovered(ex: Exchange, facts: Iterable[AnyFact]) -> None:
    """After a start: the talks that wait for their draw. A week whose end was missed is drawn at once."""
    for fact in facts:
        ex.quality.apply(fact)
    _draw(ex)
    _set(ex)


def loaded(ex: Exchange) -> None:
    """A new version of the site: other people, clients and rules."""
    ex.quality.site = ex.site
    for sample in ex.desk.quality.open():
        if _unwanted(ex.site, sample.sampled.client):
            _withdraw(ex, sample)
    _draw(ex)
    _set(ex)


def due(ex: Exchange) -> None:
    """The week is over."""
    _draw(ex)
    _set(ex)


def problem(ex: Exchange, event: DeskCommanded) -> str:
    """Why a talk cannot be scored so, and what to do; empty when it can."""
    rules, sample = ex.site.quality, ex.desk.quality.by_recording.get(event.id)
    if sample is None:
        return f"there is no sample {event.id}: `gateway quality list --all` lists them"
    if rules is None:
        return "there is no score form: gateway.yaml has no `quality:` any more"
    if sample.deleted:
        return f"the sound of {event.id} was deleted (`recordings: keep:` in gateway.yaml): it cannot be scored"
    if sample.withdrawn:
        return f"the sample {event.id} was withdrawn: it is not scored"
    if event.who == sample.sampled.agent:
        return f"{event.who} cannot score a talk of their own: {sample.sampled.reviewer} does"
    if sample.scored is not None and not event.again:
        was = sample.scored
        return f"{event.id} was scored {was.score:g} by {was.who} before; say that it is scored again (--again)"
    try:
        filled(rules.form, event.answers)
    except FormError as error:
        return str(error)
    return ""


def score(ex: Exchange, event: DeskCommanded) -> None:
    """Take a filled form; `problem` has found nothing."""
    rules, sample = ex.site.quality, ex.desk.quality.by_recording[event.id]
    if rules is None:  # `problem` has looked
        return
    result = filled(rules.form, event.answers)
    ex.turn.note(
        QualityScored(
            at=ex.turn.now,
            call=sample.sampled.call,
            recording=event.id,
            agent=sample.sampled.agent,
            team=sample.sampled.team,
            score=result.score,
            answers=result.answers,
            critical=result.critical,
            who=event.who,
            again=sample.scored is not None,
            site_version=ex.site.version,
        )
    )
    if sample.scored is None:
        ex.turn.note(TaskClosed(at=ex.turn.now, task=sample.sampled.task, result="done", who=event.who))


def team_of(site: Site, agent: str, team: str) -> str:
    """Whose talk it was: the team of the talk if the agent is in it, else the agent's first; empty for one in none."""
    known = site.teams.get(team)
    if known is not None and agent in known.agents:
        return team
    return next((one.id for one in site.teams.values() if agent in one.agents), "")


def reviewer_of(site: Site, rules: QualityRules, agent: str, team: str) -> str:
    """Who hears the agent's talks; empty: nobody is there but the agent."""
    known = site.teams.get(team)
    leader = known.leader if known is not None else ""
    chain = (leader, rules.reviewer, site.cases.director)
    return next((one for one in chain if one in site.agents and one != agent), "")


def _unwanted(site: Site, client: str) -> bool:
    known = site.clients.get(client)
    return known is not None and known.do_not_record


def _withdraw(ex: Exchange, sample: Sample) -> None:
    if sample.open:
        ex.turn.note(TaskClosed(at=ex.turn.now, task=sample.sampled.task, result="cancelled"))


def _set(ex: Exchange) -> None:
    """The end of the first week that has talks; without rules nobody waits for it."""
    end = ex.quality.next_end() if ex.site.quality is not None else None
    if end is None:
        ex.turn.cancel("quality", TIMER)
    else:
        ex.turn.after(end - ex.turn.now, "quality", TIMER)


def _draw(ex: Exchange) -> None:
    """Draw every week that is over."""
    rules = ex.site.quality
    if rules is None:
        return
    for week in ex.quality.over(ex.turn.now):
        pools = ex.quality.weeks[week]
        drawn = [
            (one, pool.recorded) for _, pool in sorted(pools.items()) for one in _lowest(ex.site, rules, pool.kept)
        ]
        for one, of in drawn:
            if one.recording not in ex.desk.quality.by_recording:  # the box may have died in the midst of a draw
                _sample(ex, rules, week, one, of)
        told = QualityDrawn(
            at=ex.turn.now,
            week=week,
            talks=sum(pool.recorded for pool in pools.values()),
            agents=len(pools),
            samples=len(drawn),
        )
        ex.quality.apply(told)
        ex.turn.note(told)


def _lowest(site: Site, rules: QualityRules, kept: Iterable[Candidate]) -> Iterator[Candidate]:
    """Of one agent's talks those that are drawn; none of somebody who is gone, or whom nobody else could hear."""
    left = rules.per_agent_week
    for one in kept:
        agent = one.about.agent
        if agent not in site.agents or not left:
            return
        reviewer = reviewer_of(site, rules, agent, team_of(site, agent, one.about.team))
        if reviewer and not _unwanted(site, one.about.client):
            left -= 1
            yield one


def _sample(ex: Exchange, rules: QualityRules, week: str, one: Candidate, of: int) -> None:
    about, now = one.about, ex.turn.now
    team = team_of(ex.site, about.agent, about.team)
    reviewer = reviewer_of(ex.site, rules, about.agent, team)
    sampled = QualitySampled(
        at=now,
        call=about.call,
        recording=one.recording,
        files=tuple(part.file for part in one.parts),
        agent=about.agent,
        team=team,
        reviewer=reviewer,
        client=about.client,
        week=week,
        of=of,
        recorded_at=one.ended_at,
        length_s=one.length_s,
        task=f"{one.recording}.q",
        due_at=now + rules.due_s,
    )
    ex.turn.note(sampled)
    ex.turn.note(
        TaskOpened(
            at=now,
            call=about.call,
            task=sampled.task,
            kind="quality",
            whose="agent",
            to=reviewer,
            client=about.client,
            why="sampled",
            due_at=sampled.due_at,
        )
    )
