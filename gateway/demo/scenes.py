"""The five calls of the demo: who calls, who answers, how it ends, and what must have been seen and heard."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from gateway.demo.act import Act, OverError
from gateway.demo.pcm import RATE, read_recording, write_wav
from gateway.demo.script import Script, read_script
from gateway.demo.voice import key_tones
from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.site.site import Agent, Client
    from gateway.demo.parties import Party
    from gateway.demo.stage import Stage

FLOW = "reception_pl"
RING_S = 5.5
"""Long enough to hear who is being called, and music."""
TALK_S = 3.0
PATIENCE_S = 5.5
STRANGER = "+482200003{}"
"""Numbers that no client has; the last digits name the scene."""
SETTLE_S = 0.3
"""Music and voices need that long to be there after a switch; spans are cut by it."""


class Casting:
    """Which clients, managers and numbers the scenes use, chosen from the site so that no two scenes share a client."""

    def __init__(self, stage: Stage) -> None:
        site = stage.site
        self.script: Script = read_script(site.flows[FLOW])
        self.did = stage.did(FLOW)
        by_manager: dict[str, Client] = {}
        for client in site.clients.values():
            colleagues = [agent for agent in site.teams[client.team].agents if agent != client.manager]
            if client.numbers and colleagues and client.language in {"", self.script.flow.language}:
                by_manager.setdefault(client.manager, client)
        if len(by_manager) < 2:
            raise SettingError("the demo needs clients of two managers, each with a team of two or more")
        self.first, self.second = list(by_manager.values())[:2]

    def act(self, stage: Stage, title: str) -> Act:
        return Act(stage, title, self.script.flow, self.did)


def manager_answers(stage: Stage, casting: Casting, act: Act) -> None:
    """A known client calls; the assigned manager answers; the client hangs up."""
    client = casting.first
    manager = stage.site.agents[client.manager]
    stage.phones[manager.id].answer_after_s = RING_S
    caller = act.caller(client.name, client.numbers[0])
    queued_at = _to_the_queue(act, casting.script, caller)
    phone = act.rings(manager)
    act.hears_voice(caller, phone)
    act.answered(client.team, phone, queued_at=queued_at)
    time.sleep(TALK_S)
    caller.hang_up()
    act.over([caller, phone])
    act.hung_up(caller, phone)
    _judge_talk(act, casting, caller, manager, client, stage_="manager", ended_by="caller")
    act.verdict.record_says(act.record, {"client": client.id, "identified_by": "caller_id"})
    act.free_again(manager)


def team_answers(stage: Stage, casting: Casting, act: Act) -> None:
    """A known client calls; the manager's phone rings unanswered; a colleague answers, and hangs up."""
    client = casting.second
    site = stage.site
    manager = site.agents[client.manager]
    colleagues = [site.agents[name] for name in site.teams[client.team].agents if name != manager.id]
    for agent in colleagues:
        stage.phones[agent.id].answer_after_s = RING_S / 4
    caller = act.caller(client.name, client.numbers[0])
    queued_at = _to_the_queue(act, casting.script, caller)
    act.rings(manager)
    agent, phone = act.first_to_answer(colleagues)
    act.hears_voice(caller, phone)
    act.answered(client.team, phone, queued_at=queued_at)
    time.sleep(TALK_S)
    phone.hang_up()
    act.over([caller, phone])
    act.hung_up(phone, caller)
    rung = stage.phones[manager.id].sip(act.since)
    act.verdict.that(f"{manager.name}'s phone stopped ringing (CANCEL)", [m for m in rung if m.method == "CANCEL"])
    act.phone_showed(manager, client, client.numbers[0])
    _judge_talk(act, casting, caller, agent, client, stage_="team", ended_by="agent")
    offered = [[manager.id, "no_answer"], [agent.id, "answered"]]
    act.verdict.record_says(act.record, {"client": client.id, "manager": manager.id, "offered": offered})
    act.free_again(manager)
    act.free_again(agent)


def keyed_rfc4733(stage: Stage, casting: Casting, act: Act) -> None:
    """A stranger keys a client number, after having heard out what is asked, as RFC 4733 events."""
    _keyed(stage, casting, act, inband=False)


def keyed_inband(stage: Stage, casting: Casting, act: Act) -> None:
    """A stranger keys a client number as tones in the voice, into the middle of the question."""
    _keyed(stage, casting, act, inband=True)


def gives_up(stage: Stage, casting: Casting, act: Act) -> None:
    """A known client waits, nobody answers, the client hangs up; the phone that rang falls silent."""
    client = casting.first
    manager = stage.site.agents[client.manager]
    caller = act.caller(client.name, client.numbers[0])
    queued_at = _to_the_queue(act, casting.script, caller)
    phone = act.rings(manager)
    time.sleep(PATIENCE_S)
    act.abandoned(client.team, queued_at=queued_at)
    caller.hang_up()
    act.over([caller, phone])
    verdict, ear = act.verdict, act.ear(caller)
    cancelled = [m for m in phone.sip(act.since) if m.method == "CANCEL" and not m.sent]
    verdict.that(f"{manager.name}'s phone stopped ringing (CANCEL)", cancelled)
    verdict.that(f"{manager.name} did not answer", not phone.seen("CALL_ESTABLISHED", act.since))
    said_until = _judge_prompts(act, casting.script, caller, known=True)
    act.phone_showed(manager, client, client.numbers[0])
    verdict.heard_music(
        ear.span(said_until + SETTLE_S, ear.pcm.size / RATE), stage.music(stage.site.teams[client.team])
    )
    verdict.heard_nobody(ear)
    expected = {"outcome": "abandoned", "ended_by": "caller", "answered_by": "", "client": client.id}
    verdict.record_says(act.record, expected | {"offered": [[manager.id, "cancelled"]], "team": client.team})
    act.said_seconds("wait_s", act.wait_seen_s)
    act.free_again(manager)


SCENES: dict[str, tuple[str, Callable[[Stage, Casting, Act], None]]] = {
    "gives_up": ("a known client gives up waiting", gives_up),
    "manager": ("a known client, whose manager answers", manager_answers),
    "team": ("a known client, whose manager does not answer and whose team does", team_answers),
    "rfc4733": ("an unknown caller keys a client number by RFC 4733", keyed_rfc4733),
    "inband": ("an unknown caller keys a client number in-band", keyed_inband),
}
"""In the order in which they are played: who was left ringing in the first must be able to answer in the second."""


def _keyed(stage: Stage, casting: Casting, act: Act, *, inband: bool) -> None:
    client = casting.second if inband else casting.first
    manager = stage.site.agents[client.manager]
    stage.phones[manager.id].answer_after_s = RING_S
    script = casting.script
    number = STRANGER.format("04" if inband else "03")
    caller = act.caller("Nieznajomy" if inband else "Nieznajoma", number)
    (question,) = stage.spoken(script.ask_number.prompt, script.flow)
    keys = client.id + ("" if len(client.id) == script.ask_number.digits_max else script.ask_number.finish_on)
    if inband:
        act.hears_beginning(caller, question)
    else:
        act.hears_end(caller, question)
    _press(caller, keys, inband=inband)
    if script.menu is not None:
        act.hears_beginning(caller, stage.spoken(script.menu.prompt, script.flow)[0])
        _press(caller, script.key, inband=inband)
    queued_at = time.time()
    phone = act.rings(manager)
    act.hears_voice(caller, phone)
    act.answered(client.team, phone, queued_at=queued_at)
    time.sleep(TALK_S)
    caller.hang_up()
    act.over([caller, phone])
    act.hung_up(caller, phone)
    act.verdict.heard_prompt(act.ear(caller), *question, cut_short=inband)
    _judge_talk(act, casting, caller, manager, client, stage_="manager", ended_by="caller")
    act.verdict.record_says(act.record, {"client": client.id, "identified_by": "keyed"})
    said = dict(act.record.get("keys") or [])
    act.verdict.equal("record says the keys", said.get(script.ask_number.variable), client.id)


def _to_the_queue(act: Act, script: Script, caller: Party) -> float:
    """A known caller listens to the greeting, then waits. Returns when the waiting began (Unix time)."""
    act.hears_end(caller, act.stage.spoken(script.greeting.prompt, script.flow)[-1])
    return time.time()


def _press(caller: Party, keys: str, *, inband: bool) -> None:
    """Press keys, as RFC 4733 events or as tones in the voice, which goes on after them."""
    if not inband:
        caller.keys(keys)
        return
    tones = key_tones(keys)
    file = write_wav(
        caller.folder / f"keys-{time.time():.0f}.wav", np.concatenate([tones, read_recording(caller.voice)])
    )
    caller.speak(file, f"{keys} in tones, then goes on talking")
    time.sleep(tones.size / RATE)


def _judge_prompts(act: Act, script: Script, caller: Party, *, known: bool) -> float:
    """What was said to the caller. Returns where the last words ended, in seconds of the recording."""
    stage, verdict, ear = act.stage, act.verdict, act.ear(caller)
    ended = 0.0
    for clip in stage.spoken(script.greeting.prompt, script.flow):
        ended = max(ended, verdict.heard_prompt(ear, *clip).end_s)
    if script.menu is not None and not known:
        for clip in stage.spoken(script.menu.prompt, script.flow):
            ended = max(ended, verdict.heard_prompt(ear, *clip, cut_short=True).end_s)
    if known:
        (question,) = stage.spoken(script.ask_number.prompt, script.flow)
        verdict.heard_not(ear, *question)
    if script.queue.prompt is not None:
        for clip in stage.spoken(script.queue.prompt, script.flow, {"manager": str(act.record.get("manager", ""))}):
            ended = max(ended, verdict.heard_prompt(ear, *clip).end_s)
    return ended


def _judge_talk(
    act: Act,
    casting: Casting,
    caller: Party,
    agent: Agent,
    client: Client,
    *,
    stage_: str,
    ended_by: str,
) -> None:
    verdict, stage = act.verdict, act.stage
    phone = stage.phones[agent.id]
    said_until = _judge_prompts(act, casting.script, caller, known=caller.user in client.numbers)
    act.phone_showed(agent, client, caller.user)
    talk_from = act.talked(agent, caller)
    waited = act.ear(caller).span(said_until + SETTLE_S, talk_from - SETTLE_S)
    verdict.heard_music(waited, stage.music(stage.site.teams[client.team]))
    verdict.record_says(
        act.record,
        {
            "outcome": "answered",
            "caller": caller.user,
            "called": casting.did,
            "manager": client.manager,
            "team": client.team,
            "answered_by": agent.id,
            "answered_stage": stage_,
            "ended_by": ended_by,
        },
    )
    answered, closed = phone.seen("CALL_ESTABLISHED", act.since), caller.seen("CALL_CLOSED", act.since)
    act.said_seconds("wait_s", act.wait_seen_s)
    act.said_seconds("talk_s", closed.at - answered.at if answered and closed else 0.0)
    act.media()


def play(stage: Stage, casting: Casting, name: str) -> Act:
    """Play one scene; what goes wrong is in the act's verdict."""
    title, scene = SCENES[name]
    act = casting.act(stage, title)
    try:
        scene(stage, casting, act)
    except OverError:
        pass
    finally:
        act.end()
    return act
