"""Who or what is to be reached: a person, a team, or a step; and how a call shows that it has come there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from gateway.config.checks.graph import Graph, Node
from gateway.config.problems import nearest
from gateway.core.facts.calls import AgentOffered, QueueEntered, StageEntered, StepEntered
from gateway.core.flow.model import Queue, Voicemail
from gateway.core.queue.overflow import stages_of
from gateway.errors import SettingError

if TYPE_CHECKING:
    from gateway.core.site.site import Site
    from gateway.simulate.plan import Happening


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is an agent's or a team's id; a step has `flow` and `name`."""

    kind: Literal["person", "team", "step"]
    name: str
    flow: str = ""

    def met(self, happened: Happening) -> bool:
        """Whether this is the moment in which a call has come there."""
        match self.kind:
            case "person":
                return isinstance(happened, AgentOffered) and happened.agent == self.name
            case "team":
                return isinstance(happened, StageEntered | QueueEntered | AgentOffered) and happened.team == self.name
            case "step":
                return isinstance(happened, StepEntered) and (happened.flow, happened.step) == (self.flow, self.name)

    def nodes(self, site: Site, graph: Graph) -> frozenset[Node]:
        """The steps at which it may happen; no other step can lead to it."""
        if self.kind == "step":
            return frozenset({Node(self.flow, self.name)})
        return frozenset(
            node
            for node in graph.nodes()
            if (step := graph.step(node)).HUMAN
            and not isinstance(step, Voicemail)
            and (not isinstance(step, Queue) or self._served(site, step))
        )

    def _served(self, site: Site, step: Queue) -> bool:
        """Whether the queue can ring the person or the team."""
        clients = site.clients.values() if step.to == "by_client" else ()
        teams = {client.team for client in clients} | {step.team if step.to == "by_client" else step.to}
        known = [site.teams[team] for team in tuple(teams) if team in site.teams]
        teams |= {stage.team for team in known for stage in stages_of(team)}
        if self.kind == "team":
            return self.name in teams
        managers = {client.manager for client in clients}
        return self.name in managers or any(
            self.name in site.teams[team].agents for team in teams if team in site.teams
        )


def read_target(site: Site, text: str) -> Target:
    """The target that somebody typed. Raises SettingError for nothing of the site."""
    if text in site.agents:
        return Target(kind="person", name=text)
    if text in site.teams:
        return Target(kind="team", name=text)
    if text in site.flows:
        return Target(kind="step", flow=text, name=site.flows[text].start)
    flow, _, step = text.partition("/")
    if flow in site.flows and step in site.flows[flow].steps:
        return Target(kind="step", flow=flow, name=step)
    steps = tuple(f"{flow.id}/{name}" for flow in site.flows.values() for name in flow.steps)
    ending = [name for name in steps if name.partition("/")[2] == text]
    if len(ending) == 1:
        return read_target(site, ending[0])
    if ending:
        raise SettingError(f"--reach: several flows have a step '{text}'; say which: {', '.join(ending)}")
    near = nearest(text, (*site.agents, *site.teams, *site.flows, *steps))
    raise SettingError(
        f"--reach: '{text}' is no agent, team, flow or step of this site; "
        + (f"did you mean {near}?" if near else f"it has the agents {', '.join(site.agents) or '(none)'}")
    )
