"""A made-up month of the example office: the facts that its box would have written, made by the core itself."""

from __future__ import annotations

import random

from msgspec.structs import replace

from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import CallEnded, CallRecord, CallStarted
from gateway.replay.office import ReplayOffice
from gateway.replay.past import Input, Past, PastCall, Ringing, Spoken, Talk, read
from tests.simulate.office import AT, ENGLISH, KNOWN, LENGTHS, POLISH, SITE, STRANGER

KEYED = (
    ("nothing", "1"), ("nothing", "2"), ("nothing", "0"), ("1002", "1"), ("1005", "0"), ("0", ""),
    ("nothing", "nothing"),
)  # fmt: skip
SPOKEN = (
    (Spoken(seconds=0.0, sound_s=0.0, how="leg_over"),),
    (Spoken(seconds=6.0, sound_s=5.0, how="leg_over"),),
    (Spoken(seconds=8.0, sound_s=8.0, how="stopped"),),
    (Spoken(seconds=1.0, sound_s=0.2, how="stopped"), Spoken(seconds=4.0, sound_s=3.0, how="stopped")),
    (Spoken(seconds=180.0, sound_s=100.0, how="longest"),),
)
"""Behind the beeps of a message, if it comes to that."""


def invented(number, *, seed=1, apart_s=120.0):
    """Callers, agents and what they did, drawn by lot."""
    lot = random.Random(seed)
    calls = []
    at = AT
    for count in range(number):
        at += lot.expovariate(1 / apart_s)
        caller = lot.choice((KNOWN, "+48220000202", "+48220000205", STRANGER, STRANGER, ""))
        started = CallStarted(
            at=at, call=f"c{count:05}", line="l1", caller=caller, called=lot.choice((POLISH, ENGLISH)),
            withheld=not caller,
        )  # fmt: skip
        inputs = []
        for step, keys in zip(("client_number", "matter"), lot.choice(KEYED), strict=True):
            silent = keys == "nothing"
            for _ in range(1 if step == "client_number" or not silent else 2):
                inputs.append(
                    Input(
                        step=step, name="client_number" if step == "client_number" else "",
                        keys="" if silent else keys, outcome="no_input" if silent else "match",
                        after_s=lot.uniform(1.0, 9.0),
                    )
                )  # fmt: skip
        impatient = lot.random() < 0.3
        outcome, wait_s = ("abandoned", lot.uniform(5.0, 60.0)) if impatient else ("answered", 5.0)
        record = CallRecord(call=started.call, started_at=at, ended_at=at + 100.0, outcome=outcome, wait_s=wait_s)
        talks = [Talk(seconds=lot.expovariate(1 / 150.0), by=lot.choice(("caller", "agent")))]
        spoken = list(SPOKEN[count % len(SPOKEN)])
        calls.append(PastCall(started=started, record=record, inputs=inputs, talks=talks, spoken=spoken))
    ringings = {
        agent: [
            Ringing(
                call="", at=AT + 3600.0 * hour, seconds=lot.uniform(2.0, 15.0),
                how=lot.choice(("answered", "answered", "answered", "no_answer", "refused")),
            )
            for hour in range(8)
        ]
        for agent in SITE.agents
    }  # fmt: skip
    agents = [AgentChanged(at=AT + 1800.0, agent="anna", state="paused", reason="lunch"),
              AgentChanged(at=AT + 3000.0, agent="anna", state="idle")]  # fmt: skip
    return Past(calls=calls, skipped={}, ringings=ringings, agents=agents, overrides=[], cases=[])


def facts_of(past, site=SITE):
    """The journal that the box would have written."""
    facts = []
    ReplayOffice(site, past, lengths=LENGTHS, watch=facts.append).run()
    return facts


def month(number=60, **more):
    """(facts, what is read of them)."""
    facts = facts_of(invented(number, **more))
    return facts, read(facts)


def ended(facts):
    """Call -> its record."""
    return {fact.call: fact.record for fact in facts if isinstance(fact, CallEnded)}


def renamed(fact, call):
    """The fact in another call."""
    changed = replace(fact, call=call)
    return replace(changed, record=replace(fact.record, call=call)) if isinstance(fact, CallEnded) else changed
