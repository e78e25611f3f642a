"""An office that uses everything a queue can do, for the calls with faults: three teams with strategies of their own,
skills, priorities, assigned managers with deputies and absences, phones that accept by key, whispers, announcements,
key exits, call-backs that are dialled, a number outside as the last resort.

Which caller comes to which queue a split decides, so that one number is enough. Each agent has a number of his own,
too: who answers there at the end is not stuck.
"""

from __future__ import annotations

from msgspec.structs import replace

from gateway.core.flow.base import Exit, Part, Prompt, Retry
from gateway.core.flow.model import CallBack, Flow, HangUpStep, Queue, Split, Voicemail
from gateway.core.flow.queue_order import Order, Wish
from gateway.core.flow.queue_waiting import POSITION, WAIT, Announce, Periodic, Waiting
from gateway.core.site.call_backs import PARTS, CallBacks
from gateway.core.site.owners import Absence, OverflowStage, OwnerRule
from gateway.core.site.site import Agent, Client, Site, Team
from gateway.core.speech.clips import clip_for
from gateway.load.driver import BEGINS_AT
from gateway.load.office import NUMBER
from tests.core.call.rig import WORDS

AGENTS = 12
STRATEGIES = (
    "longest_idle", "ring_all", "fewest_calls", "least_recent", "round_robin", "random", "weighted", "linear"
)  # fmt: skip
TEAMS = {"first": range(1, 6), "second": range(5, 9), "third": range(8, 11)}
"""Agents 5 and 8 are in two teams; 11 and 12 are managers who are in none."""
CLIENTS = 60
KEY_MESSAGE, KEY_CALL_BACK, KEY_NOTHING = "1", "2", "5"
_LANGUAGE = "en"
_HOUR_S, _AWAY_S = 3600.0, 600.0


def agent(number: int) -> str:
    return f"agent{number}"


def desk(number: int) -> str:
    """The number that rings this agent alone."""
    return f"9{number:02}"


def client_number(number: int) -> str:
    return f"+48221{number:06}"


def whole_office(seed: int) -> Site:
    """Another seed, other strategies."""
    agents = [_agent(number) for number in range(1, AGENTS + 1)]
    teams = [_team(name, people, seed + 3 * number) for number, (name, people) in enumerate(TEAMS.items())]
    teams += [_alone(number) for number in range(1, AGENTS + 1)]
    clients = [_client(number) for number in range(1, CLIENTS + 1)]
    flows = [_flow(), *(_flow_of(number) for number in range(1, AGENTS + 1))]
    return Site(
        name="whole",
        version=f"whole-{seed}",
        numbers={NUMBER: "main", **{desk(number): desk(number) for number in range(1, AGENTS + 1)}},
        flows={flow.id: flow for flow in flows},
        agents={one.id: one for one in agents},
        teams={team.id: team for team in teams},
        clients={client.id: client for client in clients},
        joining=WORDS,
        call_backs=CallBacks(
            trunk="provider", listed=("+48*",), retries=2, retry_after_s=120.0, ring_s=20.0, press=bool(seed % 2),
            said={name: _prompt(name) for name in PARTS},
        ),
        new_clients=(OwnerRule(name="all", managers=(agent(11), agent(1))),) if seed % 3 == 0 else (),
    )  # fmt: skip


def _agent(number: int) -> Agent:
    begins = [BEGINS_AT + (4 * turn + number % 4) * _AWAY_S for turn in range(60)]
    deputy = agent(1 + number % AGENTS) if number % 2 else ""
    away = tuple(Absence(since=at, until=at + _AWAY_S, deputy=deputy) for at in begins)
    return Agent(
        id=agent(number),
        name=f"Agent {number}",
        uri=f"sip:agent{number}@127.0.0.1",
        skills={"tax": 1 + number % 9} if number % 2 else {"law": 1 + number % 7, "tax": 3},
        wrap_up_s=20.0 if number % 3 == 0 else 0.0,
        accept="key" if number % 4 == 0 else "",
        accept_within_s=8.0,
        deputy=deputy,
        absences=away if number > 9 else (),
        auto_pause_after=4 if number % 5 == 0 else None,
    )


def _team(name: str, people: range, turn: int) -> Team:
    behind = {"first": ("second", "third"), "second": ("third",), "third": ()}[name]
    stages = [OverflowStage(team=team, for_s=20.0) for team in behind]
    if name != "second":
        stages.append(OverflowStage(number="+48225550000", uri="sip:away@127.0.0.1", for_s=15.0))
    return Team(
        id=name,
        name=name.title(),
        agents=tuple(agent(number) for number in people),
        manager_ring_s=12.0,
        agent_ring_s=12.0,
        max_wait_s=45.0,
        overflow=tuple(stages),
        last_spoke_s=_HOUR_S if turn % 2 else 0.0,
        whisper=name != "third",
        say_name=name == "first",
        order=Order(
            strategy=STRATEGIES[turn % len(STRATEGIES)],
            weights={agent(number): number for number in people},
            ageing_s=30.0,
            areas={},
            relax_every_s=15.0,
            prefer_for_s=20.0,
        ),
        waiting=Waiting(
            queue_max=5 if name == "first" else 0,
            ewt_max_s=900.0 if name == "second" else 0.0,
            join_empty="nobody_free_soon" if name == "third" else "nobody_logged_in",
            leave_empty="nobody_free_soon" if name == "second" else "nobody_logged_in",
            announce=Announce(
                position=_prompt("place", POSITION), wait=_prompt("wait", WAIT), thanks=_prompt("thanks"),
                first_s=4.0, every_s=12.0, while_ringing=name == "third",
            ),
            periodic=Periodic(texts=(_prompt("one"), _prompt("two")), every_s=9.0),
        ),
        auto_pause_after=5,
    )  # fmt: skip


def _alone(number: int) -> Team:
    return Team(id=desk(number), name=desk(number), agents=(agent(number),), agent_ring_s=30.0)


def _client(number: int) -> Client:
    return Client(
        id=str(1000 + number),
        name=f"Client {number}",
        numbers=(client_number(number),),
        manager=agent(12 - number % 5),
        team=tuple(TEAMS)[number % 3],
        priority=number % 10 if number % 2 else None,
        do_not_call_back=number % 11 == 0,
    )


def _prompt(words: str, variable: str = "") -> Prompt:
    parts: list[Part] = [Part(clip=clip_for(words, language=_LANGUAGE, voice="en"))]
    if variable:
        parts.append(Part(variable=variable))
    return Prompt(parts={_LANGUAGE: tuple(parts)})


def _flow() -> Flow:
    keys = {KEY_MESSAGE: Exit(then="message"), KEY_CALL_BACK: Exit(then="call_back")}
    ways = {"client": 4, "first": 3, "urgent": 1, "skilled": 2, "second": 2, "short": 1, "third": 1}
    wait = {"gave_up": "otherwise", "keys": keys}
    retry = Retry(tries=2, then="goodbye")
    steps = (
        Split(name="which", split="which", ways={way: way for way in ways}, shares=ways),
        Queue(name="client", to="by_client", team="first", **wait),
        Queue(name="first", to="first", **wait),
        Queue(name="urgent", to="first", priority=9, **wait),
        Queue(name="skilled", to="first", wish=Wish(needs={"tax": 3}, prefers={"law": 3}), **wait),
        Queue(name="second", to="second", priority=2, wish=Wish(needs={"law": 4}), full="goodbye", **wait),
        Queue(name="short", to="second", max_wait_s=15.0, waited="third", **wait),
        Queue(name="third", to="third", **wait),
        Split(
            name="otherwise",
            split="otherwise",
            ways={"a": "message", "b": "call_back", "c": "goodbye"},
            shares={"a": 1, "b": 2, "c": 1},
        ),
        Voicemail(
            name="message", to="first", whose="team", prompt=_prompt("message"), then="goodbye",
            too_short=Retry(tries=2, then="goodbye"),
        ),
        CallBack(
            name="call_back", to="by_client", whose="agent", team="first", prompt=_prompt("number"),
            another=_prompt("another"), no_input=retry, no_match=retry, then="goodbye",
        ),
        HangUpStep(name="goodbye", prompt=_prompt("goodbye")),
    )  # fmt: skip
    return _of("main", *steps)


def _flow_of(number: int) -> Flow:
    return _of(desk(number), Queue(name="wait", to=desk(number), gave_up=""))


def _of(name: str, *steps: object) -> Flow:
    return Flow(
        id=name,
        language=_LANGUAGE,
        languages=(_LANGUAGE,),
        start=steps[0].name,
        steps={step.name: step for step in steps},
    )


def without_absences(site: Site) -> Site:
    """The same when everybody is there."""
    return replace(site, agents={name: replace(one, absences=()) for name, one in site.agents.items()})
