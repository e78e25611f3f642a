"""Lines that come, go and come back, and calls that outlive this program.

After a restart the journal tells which calls did not end (CallsRecovered), and each line tells which legs it has
(LineUp). What becomes of a recovered call:

- its caller's leg talks with an agent's: the talk goes on as if nothing had happened;
- its caller's leg is up but talks with nobody: the flow starts anew. A contact that was in the queue stays open in
  the books (no QueueLeft): when the caller comes back to the same team, place and wait clock are the old ones and
  nothing is offered twice; if he hangs up before, he has abandoned it; if he goes to another team or the flow ends,
  it has overflowed. So conservation holds, and nobody is counted as lost who is still on the telephone;
- its caller heard music while the agent asked or rang somebody: caller and agent are joined again, the other is let
  go. A caller who was handed on, or parked, and whom nobody has yet, begins his flow anew;
- it talked, and the agent's leg ended while nobody looked: the caller's leg is ended too, unless he was on hold, who
  begins his flow anew;
- its caller's leg is gone, or its line does not come back within RECOVER_S: it ends as lost.

Agents are what they last were: off, paused, in after-call work for what is left of it, idle since when. Who was rung or
talked is idle until a line shows the talk, but is not rung before that line has told (`agents/awaited.py`); a pause or
logout that waited for its end holds until then, too.

Legs to agents that talk with nobody are hung up, and so is a client whom the box has called; that call lasts until its
leg has gone. A caller's leg that the journal does not know (its first facts were not yet on disk) begins as a new call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.core.actions import Bridge, StopPlay, Unbridge
from gateway.core.agents import awaited
from gateway.core.board import wire
from gateway.core.board.exchange import GUARD_S
from gateway.core.call import loose_ends
from gateway.core.call.record import Story
from gateway.core.call_back import call_backs
from gateway.core.call_back import dial as call_back_dial
from gateway.core.call_back import virtual as call_back_virtual
from gateway.core.facts.agents import AgentChanged, AgentTold
from gateway.core.facts.calls import CallBridged, CallEnded, CallStarted, QueueLeft, TalkEnded
from gateway.core.facts.lines import LineLost, LineStarted
from gateway.core.legs import trunk_legs
from gateway.core.legs.legs import Leg
from gateway.core.queue import leaving
from gateway.core.site.directory import e164
from gateway.core.talk import recordings, talk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.events import CallsRecovered, LegSnapshot, LineDown, LineUp
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.calls import Outcome
    from gateway.core.facts.talk import Afterwards
    from gateway.core.legs.legs import LegState


def agents(ex: Exchange, facts: Iterable[AnyFact]) -> None:
    """The journal's last word on each agent."""
    talked: dict[tuple[str, str], tuple[str, float, float]] = {}
    teams: dict[tuple[str, str], str] = {}
    last: dict[str, AgentChanged] = {}
    for fact in facts:
        match fact:
            case AgentChanged():
                last[fact.agent] = fact
            case AgentTold() if fact.agent in last:
                last[fact.agent] = _put_off(last[fact.agent], fact)
            case CallBridged():
                teams[fact.call, fact.agent] = fact.team
            case TalkEnded():
                key = fact.call, fact.agent
                talked[key] = teams.get(key, ""), fact.talk_s, fact.hold_s
            case _:
                pass
    ex.tallies.recover(ex.site, facts)
    for agent, fact in last.items():
        ex.roster.recover(fact, talked.get((fact.reason, agent)))
    ex.roster.introduce(agent for agent in ex.site.agents if agent not in last)


def _put_off(last: AgentChanged, told: AgentTold) -> AgentChanged:
    """What an agent was, with what he was told since."""
    if told.how == "later" and (told.command == "pause" or told.command == "logout"):  # noqa: PLR1714 - narrows it
        return replace(last, then=told.command, then_reason=told.reason)
    return replace(last, then="", then_reason="") if told.how == "now" else last


def recovered(ex: Exchange, event: CallsRecovered) -> None:
    """The journal's open calls: kept until their line greets."""
    for facts in event.calls:
        try:
            story = Story.of(facts)
        except ValueError:
            continue
        record = story.record
        if story.ended or record.call in ex.calls:
            continue
        ex.recovered.setdefault(record.line, {})[record.call] = story
        trunk_legs.recovered(ex, facts, record.team)
    awaited.begin(ex, event.lines)


def recovered_due(ex: Exchange, line: str) -> None:
    """The line did not come back."""
    trunk_legs.settle(ex, line)
    for story in ex.recovered.pop(line, {}).values():
        _lost(ex, story, "line did not come back")
    freed = ex.roster.told(line)
    ex.roster.settled()
    awaited.over(ex, freed)


def line_up(ex: Exchange, event: LineUp) -> None:
    """A line greets. Its legs are compared with ours, then with the journal's."""
    line = ex.line(event.line)
    if line.boot and line.boot != event.boot and line.legs:
        line_lost(ex, event.line, "started anew")
    if line.boot != event.boot:
        ex.turn.note(
            LineStarted(
                at=ex.turn.now,
                line=event.line,
                boot=event.boot,
                legs_max=event.legs_max,
                callers_max=event.callers_max,
            )
        )
    line.boot, line.up = event.boot, False  # nobody is dialled on it until the comparing is done
    line.legs_max, line.callers_max = event.legs_max, event.callers_max
    line.codecs, line.listening = event.codecs, event.listening
    seen = {snapshot.leg: snapshot for snapshot in event.legs}
    for leg in sorted(line.legs.values(), key=lambda leg: not leg.waits):
        if leg.id in ex.legs and leg.id not in seen:
            wire.close(ex, leg, None, reason="gone from the line")
    for leg in list(line.legs.values()):
        if seen[leg.id].state == "answered" and leg.state in {"offered", "dialled", "ringing"}:
            wire.answered(ex, leg.id)
    stories = ex.recovered.pop(event.line, {})
    ex.turn.cancel("recovered", event.line)
    freed = ex.roster.told(event.line)
    strangers = [snapshot for snapshot in event.legs if snapshot.leg not in ex.legs]
    talking = {story.talk.leg for story in stories.values() if story.talk is not None}
    for snapshot in strangers:
        if snapshot.direction == "in" and snapshot.leg not in talking:
            _adopt(ex, event.line, snapshot, stories.pop(snapshot.leg, None), seen)
    for snapshot in strangers:
        if snapshot.direction == "out" and not snapshot.agent:
            _adopt_out(ex, event.line, snapshot, stories.pop(snapshot.leg, None), seen)
    for snapshot in strangers:
        if (snapshot.direction == "out" or snapshot.leg in talking) and snapshot.leg not in ex.legs:
            _let_go(ex, event.line, snapshot)
    trunk_legs.settle(ex, event.line)
    for story in stories.values():
        _lost(ex, story, "gone from the line")
    line.up = True
    ex.roster.settled()
    ex.leg_freed(event.line)
    awaited.over(ex, freed)


def line_down(ex: Exchange, event: LineDown) -> None:
    """A line is gone with every leg."""
    line_lost(ex, event.line, event.reason)


def line_lost(ex: Exchange, name: str, reason: str) -> None:
    """End every call of the line; calls on other lines are not touched. Whoever waits is lost first: the end of a talk
    may take the last agent out of the office, and he would overflow by that."""
    line = ex.line(name)
    line.up = False
    line.boot = ""
    legs = sorted(line.legs.values(), key=lambda leg: not leg.waits)
    for leg in legs:
        ex.drop_leg(leg)
    calls = [leg.call for leg in legs if not leg.agent and leg.call is not None]
    for call in calls:
        call.gone(None, reason=f"line lost: {reason}")
    call_backs.line_lost(ex, name)
    ex.turn.note(LineLost(at=ex.turn.now, line=name, reason=reason, calls_lost=len(calls)))
    for leg in legs:
        if leg.agent:
            ex.agent_let_go(leg)


def _adopt(ex: Exchange, line: str, snapshot: LegSnapshot, story: Story | None, seen: dict[str, LegSnapshot]) -> None:
    """A caller's leg that was up before this program started."""
    found = ex.directory_of(ex.site).dialled(story.record.called if story is not None else snapshot.called)
    flow = story.record.flow if story is not None else found[1] if found is not None else ""
    leg = Leg(snapshot.leg, line=line, state="offered", at=ex.turn.now)
    leg.held, leg.codec = snapshot.held, snapshot.codec
    caller = story.record.caller if story is not None else e164(snapshot.caller, ex.site.country)
    called = story.record.called if story is not None else found[0] if found is not None else snapshot.called
    call = wire.add_call(ex, leg, flow=flow, caller=caller, called=called)
    call.adopted = True
    if story is None:
        call.note(
            CallStarted(
                at=ex.turn.now,
                call=call.id,
                line=line,
                caller=caller,
                caller_name=snapshot.caller_name,
                called=called,
                flow=flow,
                site_version=ex.site.version,
                withheld=not caller,
            )
        )
        client = ex.directory_of(ex.site).by_number(caller)
        if client is not None:
            call.identify(client, "caller_id")
    else:
        _restore(call, story, seen)
        call.draft = story.record.draft
    if call.draft and call.story.talk is None:
        _close(call, "gone")
        call.hang_up(by="line", reason="a draft ends with the program that loaded it")
        return
    if snapshot.state in {"offered", "ringing", "dialled"}:
        ex.answer_leg(leg)
        return
    if snapshot.state == "ending":
        _close(call, "gone")
        call.hang_up(by="line", reason="ending at restart")
        return
    leg.advance("answered")
    call.advance("answered")
    recordings.stop_left_over(call)
    told = call.story.talk
    other = _free(ex, told, seen.get(snapshot.bridged_with))
    mine = _free(ex, told, seen.get(told.leg)) if told is not None else None
    if other is not None:
        _adopt_talk(ex, call, other)
    elif mine is not None:
        _join_again(call, mine)
        _adopt_talk(ex, call, mine)
    elif told is not None and "agent" not in call.story.holds:
        _end_talk(call)
        _close(call, "gone")
        call.hang_up(by="line", reason="talk ended at restart")
    else:
        _end_talk(call)
        _close(call, "anew")
        call.walk.begin(call.flow)


def _adopt_out(
    ex: Exchange, line: str, snapshot: LegSnapshot, story: Story | None, seen: dict[str, LegSnapshot]
) -> None:
    """The leg of a client whom the box has called: a talk goes on, anything before it is over. The call lasts until
    the network has let go of the leg, so that nobody dials the client meanwhile."""
    state: LegState = "answered" if snapshot.state == "answered" else "dialled"
    leg = Leg(snapshot.leg, line=line, state=state, at=ex.turn.now)
    leg.held, leg.codec = snapshot.held, snapshot.codec
    out = call_back_virtual.adopted(ex, snapshot.leg, story)
    call = wire.add_call(ex, leg, flow="", caller=out.number, called=out.number)
    call.adopted, call.out = True, out
    if story is not None:
        _restore(call, story, seen)
    other = _free(ex, None, seen.get(snapshot.bridged_with))
    if story is not None and other is not None and state == "answered":
        _adopt_talk(ex, call, other)
        call_back_dial.reached(ex, call, other.agent)
    else:
        _end_talk(call)
        _close(call, "gone")
        call.hang_up(by="line", reason="no talk at restart")


def _free(ex: Exchange, told: CallBridged | None, other: LegSnapshot | None) -> LegSnapshot | None:
    """An agent's leg that is up and that nobody has adopted. One that called in, to take back a parked caller, is known
    by the talk of which the journal tells."""
    if other is None or other.state != "answered" or other.leg in ex.legs:
        return None
    return other if other.direction == "out" or (told is not None and told.leg == other.leg) else None


def _join_again(call: Call, agent: LegSnapshot) -> None:
    """Caller and agent are up and do not hear each other: the agent was asking somebody, or rang somebody for him."""
    if agent.bridged_with:
        call.order(Unbridge(leg=agent.leg, other=agent.bridged_with))
    for leg, held in ((call.id, agent.held), (agent.leg, call.leg.held)):
        if not held:  # else the music that plays is that of the hold
            call.order(StopPlay(leg=leg))
    call.order(Bridge(leg=call.id, other=agent.leg))


def _restore(call: Call, story: Story, seen: dict[str, LegSnapshot]) -> None:
    """What the journal knows of the call stays true: its record, its client. Phones that rang for it do no more."""
    call.story = story
    record = story.record
    if record.area:
        call.values["area"] = record.area
    client = call.site.clients.get(record.client)
    if client is not None:
        call.know(client)
    numbers = (snapshot.leg.rpartition(".")[2] for snapshot in seen.values() if snapshot.call == call.id)
    call.dialled = max(len(record.offered), *(int(number) for number in numbers if number.isdigit()), 0)
    rang = {snapshot.agent: snapshot.leg for snapshot in seen.values() if snapshot.call == call.id}
    for fact in loose_ends.offers(story, call.now, rang):
        call.note(fact)


def _adopt_talk(ex: Exchange, call: Call, other: LegSnapshot) -> None:
    """Caller and agent talk: go on from there."""
    story = call.story
    agent = other.agent or (story.talk.agent if story.talk is not None else "")
    leg = Leg(other.leg, line=call.leg.line, state="answered", at=call.now, call=call, agent=agent or "?")
    leg.held, leg.codec = other.held, other.codec
    ex.add_leg(leg)
    call.state = "bridged"
    team = call.site.teams.get(story.record.team)
    moved = story.talk is not None and story.talk.leg != leg.id
    if moved:
        _end_talk(call)
    _close(call, "stays", agent)
    if story.talk is None:
        waited = call.now - story.contact.at if story.contact is not None else 0.0
        call.note(
            CallBridged(
                at=call.now,
                call=call.id,
                agent=leg.agent,
                leg=leg.id,
                stage="manager" if leg.agent == story.record.manager else "team",
                team=story.record.team,
                wait_s=waited,
                after="transfer" if moved else "",
            )
        )
    leaving.close_contact(call, "answered")
    bridged = story.talk
    started_at = bridged.at if bridged is not None else call.now
    leg.team = bridged.team if bridged is not None else story.record.team
    call.talk = talk.Talk(
        call.id, leg, team=leg.team, started_at=started_at, music=team.music if team is not None else ""
    )
    ex.roster.adopt(leg.agent, leg=leg.id, call=call.id, talking=True)
    for side, held in ((call.leg, call.leg.held), (leg, leg.held)):
        (talk.held if held else talk.resumed)(call, side)


def _let_go(ex: Exchange, line: str, snapshot: LegSnapshot) -> None:
    """An agent's phone that rings, or talks with nobody."""
    leg = Leg(snapshot.leg, line=line, state="dialled", at=ex.turn.now, agent=snapshot.agent or "?")
    ex.add_leg(leg)
    ex.roster.adopt(leg.agent, leg=leg.id, call=snapshot.call, talking=False)
    ex.hang_up_leg(leg)
    ex.turn.after(GUARD_S, "guard", leg.id)


def _end_talk(call: Call) -> None:
    bridged = call.story.talk
    if bridged is not None:
        call.note(loose_ends.talk(call.story, bridged, call.now))


def _close(call: Call, then: Afterwards, agent: str = "") -> None:
    for fact in loose_ends.handing(call.story, call.now, then, agent=agent):
        call.note(fact)


def _lost(ex: Exchange, story: Story, reason: str) -> None:
    """A call of the journal that no line has any more."""
    now = ex.turn.now
    facts: list[AnyFact] = [*loose_ends.offers(story, now, {}), *loose_ends.handing(story, now, "gone")]
    if story.talk is not None:
        facts.append(loose_ends.talk(story, story.talk, now))
    if story.contact is not None:
        contact = story.contact
        facts.append(
            QueueLeft(at=now, call=story.record.call, team=contact.team, outcome="lost", wait_s=now - contact.at)
        )
    for fact in facts:
        story.apply(fact)
        ex.turn.note(fact)
    recordings.close_all(ex, story)
    unreached = story.record.direction == "out" and story.record.bridged_at is None
    outcome: Outcome = "not_reached" if unreached else "lost"
    ex.turn.note(
        CallEnded(
            at=now,
            call=story.record.call,
            record=replace(story.record, ended_at=now, outcome=outcome, ended_by="line", end_reason=reason),
        )
    )
