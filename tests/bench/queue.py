"""What a full queue costs: one routing decision either way, and the memory of a caller who waits."""

from __future__ import annotations

import gc
import time
import tracemalloc

from msgspec.structs import replace

from gateway.core.events import AgentCommanded, LegAnswered, LegEnded
from gateway.core.flow.model import HangUpStep, Queue
from gateway.core.flow.queue_order import Order, Wish
from gateway.core.site.site import Agent, Team
from tests.bench.calls import Row
from tests.bench.process import percentile
from tests.core.factory import MAIN, Rig, flow, prompt, site

WAITING = 1000
AGENTS = 200
ROUNDS = 500
TECHNICAL = "+48221234599"


def rows() -> list[Row]:
    """All of this file."""
    return [*decisions(), memory()]


def decisions() -> list[Row]:
    """The worst of both ways. A thousand callers wait for a skill that the one who has it cannot give just now, and
    all two hundred others are asked for each who comes; and one of these gets free and may have only the last."""
    found = []
    for strategy in ("longest_idle", "fewest_calls", "random"):
        rig = _office(Order(strategy=strategy))
        spent = []
        for _ in range(ROUNDS):
            rig.now += 1
            leg = rig.offer()
            spent.append(_timed(rig, LegAnswered(leg=leg)))
            _over(rig, leg)
        found.append(_row(f"a caller comes, {strategy}", spent))
    rig, spent = _office(Order()), []
    for agent in range(AGENTS):
        rig.tell(AgentCommanded(agent=f"a{agent}", command="pause"))
    for number in range(ROUNDS):
        rig.now += 1
        leg = rig.call()
        spent.append(_timed(rig, AgentCommanded(agent=f"a{number % AGENTS}", command="unpause")))
        _over(rig, leg)
        rig.tell(AgentCommanded(agent=f"a{number % AGENTS}", command="pause"))
    return [*found, _row("an agent gets free, the last may have him", spent)]


def memory() -> Row:
    """Callers who came through the welcome and the menu, each with the whole story of the call."""
    rig = Rig(legs_max=1_000_000)
    for _ in range(20):
        _waits(rig)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(WAITING):
        _waits(rig)
    gc.collect()
    spent = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert sum(call.state == "queued" for call in rig.board.view().calls) >= WAITING
    return Row(f"memory of a caller who waits ({WAITING} of them)", f"{spent / WAITING / 1000:.2f} kB", "below 4 kB")


def _office(order: Order) -> Rig:
    """Two hundred free agents, one with a pause who has the skill, and a thousand who need it."""
    people = {
        f"a{number}": Agent(id=f"a{number}", name=f"Agent {number}", uri=f"sip:a{number}@127.0.0.1", skills={"pl": 5})
        for number in range(AGENTS)
    }
    people["tech"] = Agent(id="tech", name="Tech", uri="sip:tech@127.0.0.1", skills={"technical": 9})
    office = Team(id="office", name="Biuro", agents=tuple(people), order=order, max_wait_s=86_400.0)
    end = HangUpStep(name="end", prompt=prompt("Pa."))
    plain = flow(Queue(name="q", to="office", gave_up="end", wish=Wish(needs={"pl": 3})), end)
    technical = flow(
        Queue(name="q", to="office", gave_up="end", wish=Wish(needs={"technical": 1})), end, id="technical"
    )
    of = replace(site(), agents=people, teams={"office": office}, clients={},
                 flows={"reception": plain, "technical": technical},
                 numbers={MAIN: "reception", TECHNICAL: "technical"})  # fmt: skip
    rig = Rig(of, legs_max=1_000_000)
    rig.tell(AgentCommanded(agent="tech", command="pause"))
    for _ in range(WAITING):
        rig.call(called=TECHNICAL)
    assert len(rig.board.view().queues[0].calls) == WAITING
    return rig


def _timed(rig: Rig, event: LegAnswered | AgentCommanded) -> float:
    begin = time.perf_counter()
    outcome = rig.board.receive(event, now=rig.now)
    spent = 1000 * (time.perf_counter() - begin)
    rig.actions = list(outcome.actions)
    return spent


def _over(rig: Rig, leg: str) -> None:
    """The caller is gone, and the phone that rang for him."""
    rung = rig.dialled().leg
    rig.tell(LegEnded(leg=leg, code=200, reason="", by="far"))
    rig.end(rung, code=487)
    rig.actions.clear()
    rig.facts.clear()


def _waits(rig: Rig) -> None:
    rig.queue()
    rig.actions.clear()
    rig.new.clear()
    rig.facts.clear()
    rig.now += 0.01


def _row(what: str, spent_ms: list[float]) -> Row:
    return Row(
        f"a routing decision, {WAITING} waiting and {AGENTS} agents: {what}",
        f"p50 {percentile(spent_ms, 0.5):.3f} ms, p99 {percentile(spent_ms, 0.99):.3f} ms (n = {len(spent_ms)})",
        "below 1 ms",
    )
