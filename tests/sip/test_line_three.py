"""Three far ends on one bridge: one way by Hear, beside a bridge and without one."""

from __future__ import annotations

import pytest

from gateway.core.actions import Bridge, Dial, HangUp, Hear, Unbridge, Unhear
from gateway.core.events import ActionFailed, LegAnswered, LegEnded, LegFreed, LegMediaChanged
from tests.sip.conftest import Talk
from tests.sip.rtp import sine

pytestmark = pytest.mark.sip

CALLER_HZ, AGENT_HZ, THIRD_HZ = 700, 1100, 1900


class Three(Talk):
    """A talk, and a third phone that is answered and hears nothing yet."""

    def __init__(self, running, caller, agent, third):
        super().__init__(running, caller, agent)
        self.third, self.third_leg = third, f"{self.caller_leg}-third"
        running.do(Dial(leg=self.third_leg, call=self.caller_leg, line=running.config.line, uri=third.uri))
        running.expect(LegAnswered, leg=self.third_leg)
        for one, hz in ((caller, CALLER_HZ), (agent, AGENT_HZ), (third, THIRD_HZ)):
            one.rtp.say(sine(hz, -15, 1), loop=True)

    def end(self):
        self.line.do(HangUp(leg=self.third_leg))
        self.line.expect(LegEnded, leg=self.third_leg)
        self.line.expect(LegFreed, leg=self.third_leg)
        return super().end()


@pytest.fixture
def three(line, phone):
    made = Three(line, phone("caller"), phone("agent"), phone("third"))
    yield made
    made.end()


def hears(phone, *hz):
    """Whether the phone hears these of the three tones, and no other."""
    for one in (CALLER_HZ, AGENT_HZ, THIRD_HZ):
        if one in hz:
            assert phone.rtp.level(one) == pytest.approx(-15, abs=1.5), one
        else:
            assert phone.rtp.falls_silent(one), one


def test_a_third_hears_both_and_is_not_heard_then_whispers_then_speaks_to_all(line, three):
    caller, agent, third = three.caller_leg, three.agent_leg, three.third_leg
    line.do(Hear(leg=caller, other=third), Hear(leg=agent, other=third))
    hears(three.third, CALLER_HZ, AGENT_HZ)
    hears(three.caller, AGENT_HZ)
    line.do(Hear(leg=third, other=agent))
    hears(three.agent, CALLER_HZ, THIRD_HZ)
    hears(three.caller, AGENT_HZ)
    line.do(Hear(leg=third, other=caller))
    hears(three.caller, AGENT_HZ, THIRD_HZ)
    line.do(Unhear(leg=third, other=caller), Unhear(leg=third, other=agent))
    hears(three.caller, AGENT_HZ)
    hears(three.agent, CALLER_HZ)


def test_what_is_heard_one_way_stays_when_the_bridge_goes_and_through_a_hold(line, three):
    caller, agent = three.caller_leg, three.agent_leg
    line.do(Hear(leg=caller, other=agent), Unbridge(leg=caller, other=agent))
    hears(three.agent, CALLER_HZ)
    hears(three.caller)
    for direction, held in (("sendonly", True), ("sendrecv", False)):
        assert three.caller.reinvite(direction).code == 200
        line.expect(LegMediaChanged, leg=caller, held=held)
    hears(three.agent, CALLER_HZ)
    line.do(Bridge(leg=caller, other=agent), Unhear(leg=caller, other=agent))
    hears(three.agent, CALLER_HZ)
    hears(three.caller, AGENT_HZ)


def test_a_leg_that_is_not_there_and_a_leg_with_itself(line, three):
    line.do(Hear(leg=three.caller_leg, other="nobody"))
    assert line.expect(ActionFailed, action="Hear").code == 481
    line.do(Hear(leg=three.caller_leg, other=three.caller_leg))
    assert line.expect(ActionFailed, action="Hear").code == 400
