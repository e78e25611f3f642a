"""The site of a live call is the site, but for what must not reach the outside."""

from __future__ import annotations

import time

import msgspec
import pytest

from gateway.clock import SteadyClock
from gateway.config.load import load_site
from gateway.core.line_config import Trunk
from gateway.core.site.directory import Directory
from gateway.core.switchboard import Switchboard
from gateway.live.spec import BoxSpec, number_of, settings_for, talk_number
from gateway.shipped import example_site
from gateway.simulate.script_files import NUMBER

SPEC = BoxSpec(
    folder="x", state="y", at=0, sip_port=5060, rtp_port=4000, agents={"anna": "sip:anna@127.0.0.1:9"}, talkers=("ewa",)
)


@pytest.fixture(scope="module")
def settings():
    return load_site(example_site())


def test_nothing_goes_outside(settings):
    agents = {name: msgspec.structs.replace(agent, trunk="t") for name, agent in settings.site.agents.items()}
    outside = msgspec.structs.replace(
        settings,
        trunks=(Trunk(id="t", host="sip.example.net"),),
        site=msgspec.structs.replace(settings.site, agents=agents),
    )
    live = settings_for(outside, SPEC)
    assert (live.trunks, live.broker, live.sip.bind, live.reload) == ((), None, "127.0.0.1", "command")
    assert {agent.trunk for agent in live.site.agents.values()} == {""}
    assert live.site.agents["anna"].uri == "sip:anna@127.0.0.1:9"


def test_everything_else_is_as_the_admin_wrote_it(settings):
    live = settings_for(settings, SPEC)
    for name, flow in settings.site.flows.items():
        assert live.site.flows[name] == flow
    for name, team in settings.site.teams.items():
        assert live.site.teams[name] == team
    assert live.site.clients == settings.site.clients
    assert live.clips == settings.clips
    assert settings.site.numbers.items() <= live.site.numbers.items()
    Switchboard(live.site)


def test_an_agent_who_is_on_another_call_has_a_number_for_it(settings):
    live = settings_for(settings, SPEC)
    assert live.sip.lines == 2
    called, flow = Directory(live.site).dialled(talk_number("ewa"))
    assert called == flow == talk_number("ewa")
    assert live.site.teams[live.site.flows[flow].steps["talk"].to].agents == ("ewa",)


def test_a_flow_without_a_number_gets_one_that_sip_can_carry(settings):
    numbers = {number: flow for number, flow in settings.site.numbers.items() if flow != "test_number"}
    site = msgspec.structs.replace(settings.site, numbers=numbers)
    live = settings_for(msgspec.structs.replace(settings, site=site), SPEC)
    dialled = number_of(NUMBER + "test_number")
    assert ":" not in dialled
    assert Directory(live.site).dialled(dialled)[1] == "test_number"
    assert number_of("+48220000100") == "+48220000100"


def test_it_crosses_to_the_process_and_back():
    assert msgspec.json.decode(msgspec.json.encode(SPEC), type=BoxSpec) == SPEC


def test_a_clock_of_another_day_follows_the_system_at_its_distance():
    clock = SteadyClock(-86_400.0)
    for _ in range(2):
        assert abs(clock() - (time.time() - 86_400)) < 60
        assert abs(clock.step_s()) < 60
        clock.follow()
