"""From the agent who has taken a call-back to the talk: the client is dialled, hears who calls, and presses 1.

    agent on the telephone -> [he hears whom he calls] -> the client is dialled, the agent hears music
      -> answered -> greeting -> [1] -> bridge
      -> busy, no answer, no key: the agent is told and free again; another try later, or it is a task for people

An agent who hangs up before the client has answered ends the try, and the next agent is sought at once; one who hangs
up after it leaves the client with the music, as a caller who waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import Clip, Dial, Play
from gateway.core.call import joining
from gateway.core.call_back import hours as call_back_hours
from gateway.core.call_back import request as call_back_request
from gateway.core.call_back import virtual as call_back_virtual
from gateway.core.facts.call_back import OURS, CallBackGivenUp, CallBackMissed, CallBackTried
from gateway.core.facts.desk import CallBackClosed
from gateway.core.hours import override
from gateway.core.legs import phones
from gateway.core.queue import leaving
from gateway.core.site import dial_rules

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.call_back.virtual import Outgoing
    from gateway.core.events import LegEnded
    from gateway.core.facts.call_back import Missed
    from gateway.core.legs.legs import Leg

YES = "1"
ASK_MAX = 2
NO_LEG_S = 60.0
"""A line without a free leg is tried again after that."""
FAREWELL_S = 15.0
"""An agent who was told that nobody answered is hung up by then, heard or not."""
GUARD_S = 45.0
"""A sentence to the client is over by then."""
LEASE_S = 300.0
"""An agent stays reserved for a client who is dialled at most that long beyond the ringing."""


def begin(ex: Exchange, call: Call, leg: Leg) -> None:
    """The agent on `leg` is ready: dial the client, or go on where a client is who has answered before."""
    out, rules = call.out, call.site.call_backs
    if out is None or rules is None:
        return
    if call.waiter is not None and call.waiter.team.music:
        music = Clip(key=call.waiter.team.music)
        ex.turn.order(Play(leg=leg.id, play=f"{leg.id}/music", clips=(music,), loop=True, barge_in=False))
    ex.turn.after(rules.ring_s + LEASE_S, "lease", leg.agent)
    if out.phase != "waiting":
        return
    progress = ex.desk.call_back_book.open.get(out.call_back)
    client = ex.site.clients.get(progress.requested.client) if progress is not None else None
    forced = override.current(ex, rules.hours, ex.turn.now) if rules.hours else None
    allowed = call_back_hours.look(ex.site, rules, client, ex.turn.now, forced)
    talks = progress is not None and call_back_request.on_the_telephone(ex, progress, but=call)
    if progress is None or talks or not allowed.now or dial_rules.why_not(out.number, ex.site, rules.listed):
        _let_go(ex, call)  # closed, calling, forbidden or out of hours since; looked at anew, it is kept or given up
        call_back_virtual.end_planned(ex, call, allowed.reason or "withdrawn")
        return
    out.phase, out.attempt, out.dialled_at = "dialling", progress.tries + 1, ex.turn.now
    ex.turn.note(
        CallBackTried(
            at=ex.turn.now,
            call=progress.requested.call,
            call_back=out.call_back,
            attempt=out.attempt,
            agent=leg.agent,
            trunk=rules.trunk,
            outbound=call.id,
        )
    )
    call.leg.advance("dialled")
    call.leg.dialled_at, call.leg.trunk = ex.turn.now, rules.trunk
    ex.add_leg(call.leg)
    ex.turn.order(
        Dial(
            leg=call.id,
            line=call.leg.line,
            call=call.id,
            uri=out.number,
            from_user=rules.caller_id,
            trunk=rules.trunk,
        )
    )
    ex.turn.after(ex.site.dial_no_answer_s, "outbound", call.id)


def proceeded(ex: Exchange, call: Call) -> None:
    """The network has taken the number: it is rung for its time."""
    out, rules = call.out, call.site.call_backs
    if out is not None and rules is not None and out.phase == "dialling":
        ex.turn.after(out.dialled_at + rules.ring_s - ex.turn.now, "outbound", call.id)


def due(ex: Exchange, call: Call) -> None:
    """The "outbound" deadline."""
    out = call.out
    if out is None:
        return
    if out.phase == "dialling":
        _missed(ex, call, out, "no_answer" if call.leg.state == "ringing" else "unreachable", 0)
        call.hang_up(by="box", reason="no_answer")
    elif out.phase == "asking" and out.asked < ASK_MAX:
        _ask(ex, call, out, greet=False)
    elif out.phase == "asking":
        _missed(ex, call, out, "no_key", 0)
        call.hang_up(by="box", reason="no_key")


def answered(ex: Exchange, call: Call) -> None:
    """The client's telephone was picked up, by whomever."""
    out = call.out
    if out is None:
        return
    if out.phase != "dialling":
        ex.hang_up_leg(call.leg)
        return
    out.phase = "asking"
    _ask(ex, call, out, greet=True)


def said(ex: Exchange, call: Call) -> None:
    """The client has heard what was said to him."""
    out, rules = call.out, call.site.call_backs
    ex.turn.cancel("step", call.id)
    if out is None or rules is None:
        return
    if out.phase == "asking":
        if _must_press(call, out):
            ex.turn.after(rules.press_s, "outbound", call.id)
        else:
            _ready(ex, call, out)
    elif out.phase == "ready":
        call.music()


def key(ex: Exchange, call: Call, pressed: str) -> None:
    """A key on the client's telephone."""
    out = call.out
    if out is not None and out.phase == "asking" and pressed == YES and _must_press(call, out):
        _ready(ex, call, out)


def refused(ex: Exchange, call: Call, code: int, *, no_leg: bool) -> None:
    """The line could not dial the client."""
    out = call.out
    if out is not None and out.phase == "dialling":
        _missed(ex, call, out, "no_leg" if no_leg else _why(code), code)


def client_gone(call: Call, ended: LegEnded | None) -> None:
    """The client's leg is no more, before any talk: the try is over. After it, and where we have hung up, nothing is
    new."""
    out, ex = call.out, call.ex
    if out is None:
        return
    if call.state == "queued" and out.phase != "over":
        code = ended.code if ended is not None else 0
        if ended is None or ended.by == "line":
            why: Missed = "line_lost"
        else:
            why = "hung_up" if out.up else _why(code)
        _missed(ex, call, out, why, code)
        call.end_as("line" if why == "line_lost" else "caller", why, lost=why == "line_lost")
    call_back_virtual.gone(ex, call)
    ex.virtual.look_at(*(one.requested.call_back for one in ex.desk.call_back_book.of_number(out.number)))


def agent_gone(ex: Exchange, call: Call, leg: Leg) -> bool:
    """The agent who had the call has hung up. True: that was while the client was rung, so this try is over, and the
    next agent is sought with a new one."""
    out, waiter = call.out, call.waiter
    if out is None or waiter is None or out.phase != "dialling":
        return False
    phones.note_declined(ex, call, leg, "refused", 0)
    ex.roster.released(leg.agent, moved_back=True)
    waiter.legs.pop(leg.id, None)
    joining.stop(ex, call)
    ex.virtual.declined[out.call_back] = {**waiter.declined, leg.agent: ex.turn.now}
    _missed(ex, call, out, "no_agent", 0)
    call.hang_up(by="agent", reason="no_agent")
    return True


def gave_up(ex: Exchange, call: Call) -> None:
    """The queue has let go of it: nobody is there, or nobody has taken it."""
    out, rules = call.out, call.site.call_backs
    if out is None or not out.up or rules is None:
        call_back_virtual.gave_up(ex, call)
        return
    _missed(ex, call, out, "no_agent", 0)
    call.say_last("box", "no_agent", rules.said.get("sorry"))


def reached(ex: Exchange, call: Call, agent: str) -> None:
    """They talk."""
    out = call.out
    if out is None:
        return
    out.phase = "over"
    ex.turn.cancel("outbound", call.id)
    progress = ex.desk.call_back_book.open.get(out.call_back)
    if progress is not None:
        requested = progress.requested
        ex.turn.note(
            CallBackClosed(at=ex.turn.now, call=requested.call, call_back=out.call_back, result="reached", who=agent)
        )


def brief(call: Call) -> tuple[Clip, ...]:
    """To the agent, after the whisper: that the box dials, and which number."""
    rules = call.site.call_backs
    prompt = rules.said.get("brief") if rules is not None and call.out is not None and not call.out.up else None
    return call.walk.clips(prompt) if prompt is not None else ()


def farewell(leg: Leg) -> str:
    """Id of the Play that tells an agent that the client was not reached."""
    return f"{leg.id}/not-reached"


def _ask(ex: Exchange, call: Call, out: Outgoing, *, greet: bool) -> None:
    """Who calls, and the key."""
    rules = call.site.call_backs
    words = rules.said if rules is not None else {}
    wanted = ("cut_off" if out.cut_off else "greeting",) if greet else ()
    out.asked += 1
    wanted = (*wanted, "press") if _must_press(call, out) else wanted
    clips = tuple(clip for name in wanted if name in words for clip in call.walk.clips(words[name]))
    ex.turn.cancel("outbound", call.id)
    if clips:
        call.play(clips)
        ex.turn.after(GUARD_S, "step", call.id)
    else:
        said(ex, call)


def _must_press(call: Call, out: Outgoing) -> bool:
    rules = call.site.call_backs
    return out.cut_off or (rules is not None and rules.press)


def _ready(ex: Exchange, call: Call, out: Outgoing) -> None:
    """The client wants to talk: with the agent who is there, or with the next one."""
    out.phase = "ready"
    ex.turn.cancel("outbound", call.id)
    ex.turn.cancel("step", call.id)
    call.stop_play()
    if call.joining is not None and not call.joining.play:
        joining.bridge(ex, call)
    else:
        call.music()


def _missed(ex: Exchange, call: Call, out: Outgoing, why: Missed, code: int) -> None:
    """The try is over: the agent is told and let go, and the next try is settled."""
    rules, now = call.site.call_backs, ex.turn.now
    out.phase = "over"
    ex.turn.cancel("outbound", call.id)
    _let_go(ex, call, tell=True)
    progress = ex.desk.call_back_book.open.get(out.call_back)
    if progress is None or rules is None:
        return
    counted = progress.counted + (why not in OURS)
    again_s = {"no_leg": NO_LEG_S, "no_agent": 0.0}.get(why, rules.retry_after_s)
    last = counted > rules.retries
    ex.turn.note(
        CallBackMissed(
            at=now,
            call=progress.requested.call,
            call_back=out.call_back,
            attempt=out.attempt,
            why=why,
            code=code,
            rang_s=now - out.dialled_at,
            next_at=None if last else now + again_s,
            outbound=call.id,
        )
    )
    if last:
        ex.turn.note(CallBackGivenUp(at=now, call=progress.requested.call, call_back=out.call_back, reason="retries"))


def _let_go(ex: Exchange, call: Call, *, tell: bool = False) -> None:
    """The agent who waits for the client is free, and with `tell` hears why; the virtual caller is out of the queue."""
    waiter, joined = call.waiter, call.joining
    if waiter is None:
        return
    if joined is not None and joined.leg.id in waiter.legs:
        leg = waiter.legs.pop(joined.leg.id)
        joining.stop(ex, call)
        phones.note_declined(ex, call, leg, "cancelled", 0)
        if tell:
            ex.roster.not_reached(leg.agent)
        else:
            ex.roster.released(leg.agent, moved_back=False)
        _send_off(ex, call, leg, tell=tell)
    leaving.leave(ex, waiter, "overflowed")


def _send_off(ex: Exchange, call: Call, leg: Leg, *, tell: bool) -> None:
    rules = call.site.call_backs
    prompt = rules.said.get("not_reached") if rules is not None and tell else None
    clips = call.walk.clips(prompt) if prompt is not None else ()
    if not clips or leg.state != "answered":
        ex.hang_up_leg(leg)
        return
    ex.turn.order(Play(leg=leg.id, play=farewell(leg), clips=clips, barge_in=False))
    ex.turn.after(FAREWELL_S, "farewell", leg.id)


def _why(code: int) -> Missed:
    """What a final answer to our INVITE says of the client's telephone (RFC 3261, 21)."""
    if code in {486, 600}:
        return "busy"
    if code in {480, 408, 487}:
        return "no_answer"
    return "refused" if code in {403, 603} else "unreachable"
