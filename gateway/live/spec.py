"""The gateway of one live call: the site as it is, with foreign telephones for its people and nothing outside.

What is changed, and only that: it listens on loopback, speaks G.711, has no trunk and no broker, its agents' telephones
and its HTTP services are those of the trial, every flow has a number, and agents who are to be on another call from the
start get one.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from gateway.config.settings import Settings, SipSettings
from gateway.core.flow.model import AnyStep, Flow, Queue
from gateway.core.flow.steps_ring import Ringer
from gateway.core.site.owners import OverflowStage
from gateway.core.site.site import Site, Team
from gateway.live.services import services_at
from gateway.live.sip import HOST
from gateway.simulate.earlier import with_away
from gateway.simulate.script_files import NUMBER, with_test_pin

CODECS = ("PCMA/8000", "PCMU/8000")
RTP_PORTS = 40
LINE_STEP = 10
"""SIP ports between two lines (gateway.box.lines.line_configs)."""
PREFIX = "live-"


class BoxSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What `python -m gateway.live` is told. `at`: Unix time that its clock shows when it starts; `agents`: id, or the
    number that a flow rings -> URI of the telephone; `talkers`: agents who need a number of their
    own, for a call that they are on already."""

    folder: str
    state: str
    at: float
    sip_port: int
    rtp_port: int
    agents: dict[str, str]
    talkers: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    """Agents who are absent that day."""
    services_port: int = 0
    """Of the HTTP server in place of the site's services; 0: the site has none."""

    @property
    def lines(self) -> int:
        """One for the call, and one for each call that is there before: a small library has four legs a line."""
        return 1 + len(self.talkers)


def number_of(called: str) -> str:
    """What is dialled for a number of a script: the made-up number of a flow that has none becomes one that SIP can
    carry."""
    return PREFIX + "flow-" + called.removeprefix(NUMBER) if called.startswith(NUMBER) else called


def talk_number(agent: str) -> str:
    """Leads to that agent alone."""
    return f"{PREFIX}talk-{agent}"


def settings_for(settings: Settings, spec: BoxSpec) -> Settings:
    """The settings that the gateway of `spec` runs with; PINs are those that scripts key."""
    site = with_test_pin(settings.site)
    numbers = dict(site.numbers)
    for flow in site.flows:
        if flow not in numbers.values():
            numbers[number_of(NUMBER + flow)] = flow
    flows = {name: _inside(flow, spec.agents) for name, flow in site.flows.items()}
    teams = {name: _overflowing_inside(team, spec.agents) for name, team in site.teams.items()}
    for agent in spec.talkers:
        name = talk_number(agent)
        numbers[name], flows[name] = name, _talk_flow(site, name)
        teams[name] = Team(id=name, name=name, agents=(agent,))
    agents = {
        name: replace(agent, uri=spec.agents.get(name, agent.uri), trunk="") for name, agent in site.agents.items()
    }
    sip = SipSettings(
        bind=HOST, port=spec.sip_port, tcp=False, rtp_port=spec.rtp_port, rtp_ports=RTP_PORTS, lines=spec.lines,
        codecs=CODECS,
    )  # fmt: skip
    services = services_at(site.services, spec.services_port) if spec.services_port else {}
    site = replace(site, numbers=numbers, flows=flows, teams=teams, agents=agents, services=services, call_backs=None)
    site = with_away(site, spec.away, spec.at)
    return replace(settings, site=site, sip=sip, broker=None, trunks=(), reload="command")


def _inside(flow: Flow, phones: dict[str, str]) -> Flow:
    """The flow with telephones of the trial behind the numbers that it rings: no call leaves this machine."""

    def step_of(step: AnyStep) -> AnyStep:
        if not isinstance(step, Ringer) or step.target != "number":
            return step
        return replace(step, uri=phones.get(step.to) or f"sip:nobody@{HOST}:9", trunk="")

    return replace(flow, steps={name: step_of(step) for name, step in flow.steps.items()})


def _overflowing_inside(team: Team, phones: dict[str, str]) -> Team:
    """The team with telephones of the trial behind the numbers of its overflow."""

    def stage_of(stage: OverflowStage) -> OverflowStage:
        if not stage.number:
            return stage
        return replace(stage, uri=phones.get(stage.number) or f"sip:nobody@{HOST}:9", trunk="")

    return replace(team, overflow=tuple(stage_of(stage) for stage in team.overflow))


def _talk_flow(site: Site, name: str) -> Flow:
    language = next(iter(site.flows.values())).language if site.flows else "en"
    queue = Queue(name="talk", to=name)
    return Flow(id=name, language=language, languages=(language,), start="talk", steps={"talk": queue})
