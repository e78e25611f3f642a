"""A line for the tests of a module, and phones that hang up behind themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway.core.actions import Answer, Bridge, Dial, HangUp
from gateway.core.events import CallOffered, LegAnswered, LegDialog, LegEnded, LegFreed, LegProceeded
from tests.sip.harness import LineUnderTest
from tests.sip.phone import Phone


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LineUnderTest]:
    with LineUnderTest(tmp_path_factory.mktemp("line")) as running:
        yield running


@pytest.fixture
def phone(request: pytest.FixtureRequest) -> Iterator[Callable[..., Phone]]:
    """Makes phones; after the test the module's line, if it was used, hangs up before they are unplugged."""
    made: list[Phone] = []

    def make(*arguments: Any, **settings: Any) -> Phone:
        made.append(Phone(*arguments, **settings))
        return made[-1]

    yield make
    if "line" in request.fixturenames:
        _empty(request.getfixturevalue("line"))
    for one in made:
        one.close()


def _empty(running: LineUnderTest) -> None:
    """Hang up what the test left."""
    kinds = (CallOffered, LegProceeded, LegDialog)
    running.gather(0.01)
    begun = {event.leg for event in running.seen if isinstance(event, kinds)}
    freed = {event.leg for event in running.seen if isinstance(event, LegFreed)}
    ended = {event.leg for event in running.seen if isinstance(event, LegEnded)}
    for leg in begun - freed:
        if leg not in ended:
            running.do(HangUp(leg=leg))
        running.expect(LegFreed, leg=leg)
    running.forget()


class Talk:
    """A caller and an agent on one line, answered; bridged unless told otherwise."""

    def __init__(self, running: LineUnderTest, caller: Phone, agent: Phone, *, bridged: bool = True) -> None:
        self.line, self.caller, self.agent = running, caller, agent
        caller.invite(running.uri("200", tcp=caller.tcp))
        self.caller_leg = running.offered().leg
        running.do(Answer(leg=self.caller_leg))
        assert caller.finish_invite().code == 200
        running.expect(LegAnswered, leg=self.caller_leg)
        self.agent_leg = f"{self.caller_leg}-agent"
        running.do(Dial(leg=self.agent_leg, call=self.caller_leg, line=running.config.line, uri=agent.uri))
        running.expect(LegAnswered, leg=self.agent_leg)
        if bridged:
            running.do(Bridge(leg=self.caller_leg, other=self.agent_leg))
            running.settle()

    def end(self) -> tuple[LegEnded, LegEnded]:
        """Both legs are hung up and freed."""
        legs = (self.caller_leg, self.agent_leg)
        self.line.do(*(HangUp(leg=leg) for leg in legs))
        ended = tuple(self.line.expect(LegEnded, leg=leg) for leg in legs)
        for leg in legs:
            self.line.expect(LegFreed, leg=leg)
        return ended
