"""Which ways lead to a person, a team or a step. Every way that is answered was played by the simulator and came there.

The graph of the flows gives the ways, the shortest first; callers, moments, keys and what services and agents do are
then tried, until the very core goes that way. What the graph does not lead to cannot be reached; what it leads to
without any trial coming there is called so, and not more.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import replace

from gateway.config.checks.graph import Graph, Node
from gateway.core.alarms.surge import SURGE
from gateway.core.flow.model import AskService, CaseDesk, CaseStatus, Collect, Ring, Transfer, Voicemail
from gateway.graph.answers import CASE, answers, compared_in
from gateway.graph.moments import clocked, moments, sorts_of_clients, stranger
from gateway.graph.paths import Paths
from gateway.graph.player import follow, proved
from gateway.simulate.lengths import Lengths
from gateway.simulate.phones import Habit, Phone
from gateway.simulate.plan import Plan
from gateway.simulate.replies import Reply
from gateway.simulate.script_files import with_test_pin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.site.site import Site
    from gateway.graph.answers import Answer
    from gateway.graph.paths import Path
    from gateway.graph.target import Target

Others = Literal["", "silent", "off", "busy", "unreachable", "paused"]
TRIALS_MAX = 1500
"""For one number."""
CHOICES_MAX = 24
"""Combinations of answers that are tried on one way with one caller at one moment."""
PATIENCE_S = 3600.0


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way: this plan comes there, along these leads."""

    number: str
    path: Path
    plan: Plan
    others: Others = ""
    """What the other agents do."""
    callers: tuple[str, ...] = ()
    """One caller of each sort for whom it is the same; `anybody`: of every sort."""
    anybody: bool = False
    times: tuple[float, ...] = ()
    """One moment of each sort at which it is the same; `any_time`: of every sort."""
    any_time: bool = False


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one number. "unproved": the graph leads there, and no call that was tried came there."""

    number: str
    flow: str
    verdict: Literal["reached", "cannot", "unproved"]
    ways: tuple[Way, ...] = ()


def reach(
    site: Site, target: Target, *, at: float, most: int = 3, numbers: tuple[str, ...] = ()
) -> tuple[Reached, ...]:
    """For each number of the site (or `numbers`), at most `most` ways. `at`: the moment from which times are sought."""
    site = with_test_pin(site)
    graph = Graph(site.flows, site.numbers.values())
    when = moments(site, at)
    ends = target.nodes(site, graph)
    found = []
    for number in numbers or tuple(site.numbers):
        flow = site.numbers[number]
        start = graph.start(flow)
        paths = Paths(graph, start, ends) if start is not None else None
        if paths is None or start is None or not paths.any:
            found.append(Reached(number=number, flow=flow, verdict="cannot"))
            continue
        search = _Search(site, graph, target, number=number, start=start)
        search.when = when
        ways = tuple(itertools.islice(search.ways(paths), most))
        found.append(Reached(number=number, flow=flow, verdict="reached" if ways else "unproved", ways=ways))
    return tuple(found)


class _Search:
    """Finds the ways of one number."""

    def __init__(self, site: Site, graph: Graph, target: Target, *, number: str, start: Node) -> None:
        self._site, self._graph, self._target, self._number, self._start = site, graph, target, number, start
        self.when: tuple[float, ...] = ()
        """Moments to try."""
        self._clients = sorts_of_clients(site)
        known = tuple(client.numbers[0] for client in self._clients if client.numbers)
        self._callers = (stranger(site), "", *known)
        self._lengths = Lengths()
        self._trials = 0
        asked = any(each.variable == SURGE for each in clocked(tuple(site.flows.values())))
        self._surges = (False, True) if asked else (False,)
        """Whether a surge is tried, too: where a flow reads of it."""
        self._compared = tuple(dict.fromkeys(compared_in([s for f in site.flows.values() for s in f.steps.values()])))

    def ways(self, paths: Paths) -> Iterator[Way]:
        """Every way that could be played."""
        for path in paths:
            far = 0
            for plan, others, chosen in self._plans(path):
                self._trials += 1
                if self._trials > TRIALS_MAX:
                    return
                trial = follow(
                    self._site, plan, self._target, self._lengths, start=self._start, path=path, chosen=chosen
                )
                far = max(far, trial.far)
                way = Way(number=self._number, path=path, plan=replace(plan, deeds=trial.deeds), others=others)
                if trial.came and self._comes(way.plan, path):
                    yield self._widened(way)
                    break
            else:
                if far < len(path):
                    paths.forbid(path[: far + 1])

    def _comes(self, plan: Plan, path: Path) -> bool:
        return proved(self._site, plan, self._target, self._lengths, start=self._start, path=path)

    def _widened(self, way: Way) -> Way:
        """The way, and who else may take it when: of every sort of callers and of moments one was played."""
        callers = tuple(caller for caller in self._callers if self._comes(replace(way.plan, caller=caller), way.path))
        times = tuple(at for at in self.when if self._comes(replace(way.plan, at=at), way.path))
        return replace(
            way,
            callers=callers,
            anybody=len(callers) == len(self._callers),
            times=times,
            any_time=len(times) == len(self.when),
        )

    def _plans(self, path: Path) -> Iterator[tuple[Plan, Others, dict[int, Answer]]]:
        """The calls to try."""
        taken = [self._graph.step(node) for node in (self._start, *(lead.to for lead in path))]
        asked = dict(self._asked(path))
        combinations = list(itertools.islice(itertools.product(*asked.values()), CHOICES_MAX))
        keyed = any(isinstance(step, Collect) and step.find for step in taken)
        for others in self._others(path):
            for caller in self._callers[:2] if keyed else self._callers:
                for at in self.when:
                    for surge in self._surges:
                        plan = replace(self._plan(path, caller, at, others), surge=surge)
                        for combination in combinations:
                            yield plan, others, dict(zip(asked, combination, strict=True))

    def _asked(self, path: Path) -> Iterator[tuple[int, tuple[Answer, ...]]]:
        here = self._start
        clients = tuple(client.id for client in self._clients)
        codes = tuple(agent.code for agent in self._site.agents.values() if agent.code and agent.pin)
        for number, lead in enumerate(path):
            if lead.edge is not None:
                some = answers(self._graph.step(here), lead.edge, clients, self._compared, codes)
                if some:
                    yield number, some
            here = lead.to

    def _full_queues(self, path: Path) -> tuple[str, ...]:
        """Every queue, where the way leads through one that is full."""
        full = any(lead.edge is not None and lead.edge.option == "full" for lead in path)
        return tuple(self._site.teams) if full else ()

    def _others(self, path: Path) -> tuple[Others, ...]:
        exits = {lead.edge.option for lead in path if lead.edge is not None}
        if "no_agents" in exits:
            return ("off",)
        steps = [self._graph.step(lead.to) for lead in path]
        if any(isinstance(step, Ring | Transfer) for step in steps):
            return ("", "silent", "busy", "off", "unreachable")
        if "full" in exits:
            return ("paused",)
        if exits & {"gave_up", "waited", "keys"}:
            return ("silent", "busy")
        return ("",) if self._target.kind == "step" else ("", "silent", "off")

    def _plan(self, path: Path, caller: str, at: float, others: Others) -> Plan:
        behaves = Habit((Phone(others, 0.0),)) if others else Habit()
        mine = {self._target.name: Habit()} if self._target.kind == "person" and others else {}
        here = self._start
        services: dict[str, tuple[Reply, ...]] = {}
        cases: dict[str, bool] = {}
        served, full = False, False
        for lead in path:
            step, edge = self._graph.step(here), lead.edge
            if edge is not None:
                if isinstance(step, AskService):
                    services[step.service] = (*services.get(step.service, ()), self._reply(step, edge.option))
                if isinstance(step, CaseStatus | CaseDesk):
                    cases[CASE] = edge.option == "closed"
                full = full or (isinstance(step, Voicemail) and edge.option == "failed")
                served = served or edge.option == "served"
            here = lead.to
        return Plan(
            called=self._number,
            caller=caller,
            at=at,
            everyone=behaves,
            habits=mine,
            hang_up_after_s=PATIENCE_S,
            agent_hangs_up=served,
            services=services,
            cases=cases,
            disk_full=full,
            full_queues=self._full_queues(path),
        )

    def _reply(self, step: AskService, exit_: str) -> Reply:
        if exit_ != "found":
            return Reply(outcome="not_found" if exit_ == "not_found" else "failed")
        fields = self._site.services[step.service].answer
        return Reply(outcome="found", values={field.name: _example(field.kind, field.one_of) for field in fields})


def _example(kind: str, one_of: tuple[str, ...]) -> str:
    examples = {"date": "2026-12-01", "time": "12:30", "money": "12.50 PLN"}
    return one_of[0] if one_of else examples.get(kind, "1")
