"""The office that is simulated: one team of like agents behind one number, and a flow that goes straight to its queue.

With faults the queue gives up after a while and sends callers three ways: a message, a call-back, a goodbye.
"""

from __future__ import annotations

from gateway.core.actions import Clip
from gateway.core.flow.base import Part, Prompt, Retry
from gateway.core.flow.model import CallBack, Flow, HangUpStep, Queue, Split, Voicemail
from gateway.core.site.site import Agent, Site, Team

NUMBER = "100"
TEAM = "team"
FOR_EVER_S = 1e9
RING_MIN_S = 20.0
_LANGUAGE = "en"


def office(
    agents: int,
    *,
    threshold_s: float,
    short_s: float,
    ring_s: float,
    max_wait_s: float | None = None,
    exits: bool = False,
) -> Site:
    """A site with `agents` people, each rung longer than the `ring_s` that they take to answer. `max_wait_s` None:
    nobody is given up. `exits`: who is given up may leave a message or ask for a call-back."""
    people = [Agent(id=f"agent{n}", name=f"Agent {n}", uri=f"sip:agent{n}@127.0.0.1") for n in range(1, agents + 1)]
    team = Team(
        id=TEAM,
        name="Team",
        agents=tuple(agent.id for agent in people),
        agent_ring_s=max(RING_MIN_S, 2.0 * ring_s),
        max_wait_s=FOR_EVER_S if max_wait_s is None else max_wait_s,
        threshold_s=threshold_s,
        short_abandon_s=short_s,
    )
    return Site(
        name="load",
        version="load",
        numbers={NUMBER: "load"},
        flows={"load": _flow(exits=exits)},
        agents={agent.id: agent for agent in people},
        teams={TEAM: team},
        clients={},
    )


def _flow(*, exits: bool) -> Flow:
    steps = (
        Queue(name="queue", to=TEAM, gave_up="otherwise" if exits else ""),
        *(
            (_otherwise(), _message(), _call_back(), HangUpStep(name="goodbye", prompt=_prompt("goodbye")))
            if exits
            else ()
        ),
    )
    return Flow(
        id="load", language=_LANGUAGE, languages=(_LANGUAGE,), start="queue", steps={step.name: step for step in steps}
    )


def _prompt(words: str) -> Prompt:
    return Prompt(parts={_LANGUAGE: (Part(clip=Clip(key=words, words=words)),)})


def _otherwise() -> Split:
    ways = {"a": "message", "b": "call_back", "c": "goodbye"}
    return Split(name="otherwise", split="otherwise", ways=ways, shares=dict.fromkeys(ways, 1))


def _message() -> Voicemail:
    return Voicemail(
        name="message",
        to=TEAM,
        whose="team",
        prompt=_prompt("message"),
        then="goodbye",
        too_short=Retry(tries=2, then="goodbye"),
    )


def _call_back() -> CallBack:
    retry = Retry(tries=2, then="goodbye")
    return CallBack(
        name="call_back",
        to=TEAM,
        whose="team",
        prompt=_prompt("number"),
        another=_prompt("another"),
        no_input=retry,
        no_match=retry,
        then="goodbye",
    )
