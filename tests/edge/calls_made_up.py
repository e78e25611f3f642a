"""Facts of whole calls as the core writes them, made up from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import (
    AgentDeclined,
    AgentOffered,
    CallBridged,
    CallEnded,
    CallRecord,
    CallStarted,
    LegMeasured,
    QueueEntered,
    QueueLeft,
    StageEntered,
    StepEntered,
    TalkEnded,
    WrapUpEnded,
)
from gateway.core.facts.media import MediaStats
from gateway.core.site.site import Site, Team

MONDAY = 1_795_420_800.0
"""2026-11-23 08:00 UTC."""


SITE = Site(
    name="demo",
    version="v1",
    numbers={},
    flows={},
    agents={},
    teams={
        "care": Team(id="care", name="Customer care", agents=("anna", "piotr")),
        "technical": Team(id="technical", name="Technical", agents=("ewa",), threshold_s=30.0, short_abandon_s=3.0),
    },
    clients={},
)


def step(at: float, name: str, call: str = "") -> StepEntered:
    """A small fact that can be told from others by `name`."""
    return StepEntered(at=at, call=call, flow="reception", step=name, verb="say")


def call(number: int, at: float, *, seed: int = 0, team: str = "care") -> list[AnyFact]:
    """One call from offer to end: answered (by manager or team), abandoned early or late, or overflowed."""
    chance = random.Random(f"{seed}/{number}")
    name = f"call-{number}"
    wait = chance.choice([2.0, 4.5, 8.0, 19.0, 20.0, 26.0, 70.0])
    fate = chance.choice(["answered", "answered", "answered", "abandoned", "overflowed"])
    queued = at + 6.0
    facts: list[AnyFact] = [
        CallStarted(at=at, call=name, line="line0", caller="+48221234567", called="+48229876543", flow="reception"),
        StepEntered(at=at + 0.1, call=name, flow="reception", step="welcome", verb="say"),
        QueueEntered(at=queued, call=name, team=team, manager="anna", position=1),
        StageEntered(at=queued, call=name, stage="manager", team=team, reason="assigned"),
        AgentOffered(at=queued, call=name, agent="anna", leg=f"{name}/a", stage="manager", team=team),
    ]
    left = queued + wait
    record = CallRecord(call=name, started_at=at, queued_at=queued, ended_at=left, wait_s=wait, team=team, outcome=fate)
    if fate != "answered":
        facts += [
            AgentDeclined(at=left, call=name, agent="anna", leg=f"{name}/a", why="cancelled", code=487, rang_s=wait),
            QueueLeft(at=left, call=name, team=team, outcome=fate, wait_s=wait),
            CallEnded(at=left, call=name, record=record),
        ]
        return facts
    talk, wrap = chance.uniform(20, 400), chance.uniform(0, 60)
    over = left + talk
    stats = MediaStats(codec="PCMA/8000", rx_packets=int(talk * 50), rx_lost=3, rx_jitter_ms=1.5)
    facts += [
        CallBridged(at=left, call=name, agent="anna", leg=f"{name}/a", stage="manager", team=team, wait_s=wait),
        QueueLeft(at=left, call=name, team=team, outcome="answered", wait_s=wait),
        AgentChanged(at=left, agent="anna", state="talking", reason=name),
        TalkEnded(at=over, call=name, agent="anna", talk_s=talk, hold_s=0.0, by="caller"),
        LegMeasured(at=over, call=name, leg=f"{name}/a", role="agent", agent="anna", media=stats, mos=4.3),
        CallEnded(at=over, call=name, record=record),
        WrapUpEnded(at=over + wrap, agent="anna", team=team, talk_s=talk, hold_s=0.0, wrap_up_s=wrap),
    ]
    return facts


def day(calls: int, *, seed: int = 0, teams: tuple[str, ...] = ("care", "technical"), gap_s: float = 40.0):
    """All facts of `calls` calls that overlap, in the order of their time."""
    facts = [
        (fact.at, number, index, fact)
        for number in range(calls)
        for index, fact in enumerate(call(number, MONDAY + number * gap_s, seed=seed, team=teams[number % len(teams)]))
    ]
    return [fact for *_, fact in sorted(facts, key=lambda entry: entry[:3])]


def endless(seed: int = 0) -> Iterator[AnyFact]:
    """Calls one after the other, for ever."""
    number = 0
    while True:
        yield from call(number, MONDAY + number * 40.0, seed=seed)
        number += 1
