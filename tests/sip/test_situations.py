"""The most important cells of the situations table (`tests/core/situations.py`) over real SIP: what the manager's phone
does, times what the caller does. The way of each call is the one that the table has, read from the journal; who was
rung is what came to the phones. Afterwards everybody is free, no leg is left, and no contact is missing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.config.load import load_site
from gateway.core.facts.calls import CallRecord, QueueLeft
from gateway.core.kpi.kpi import Kpi
from tests.core.factory import Rig
from tests.core.situations import TABLE
from tests.core.situations_exits import TABLE as EXITS
from tests.core.test_situations import told
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Mode, Phone

pytestmark = pytest.mark.sip
OF_ANNA = '"Flower" <sip:+48220000201@127.0.0.1>'
OF_ZOE = '"Far" <sip:+48220000202@127.0.0.1>'
FLOW = """
flow: main
language: en
start: human
steps:
  human:
    queue: by_client
    team: office
    keys: {"1": out}
    gave_up: out
  out: {hang_up: "Bye."}
"""
TEAM = "ring_manager: 4s\n    ring_each: 20s\n    max_wait: 60s"


class Office:
    """One box; anna and zoe are managers in no team, jan is the office. Zoe's phone is on TCP."""

    def __init__(self, box: Box, desks: dict[str, Phone]) -> None:
        self.box, self.desks = box, desks
        self.before = 0
        """Calls that had ended before this test."""
        self.callers: list[Phone] = []

    def call(self, from_: str = OF_ANNA) -> Phone:
        """A caller, who is answered and in the queue."""
        caller = Phone("caller")
        self.callers.append(caller)
        assert caller.call(self.box.uri("100"), from_=from_).code == 200
        return caller

    def talks(self, name: str) -> None:
        wait_until(lambda: self.box.agent(name) == "talking", 20, f"{name} does not talk")

    def ended(self, count: int = 1) -> list[CallRecord]:
        """The calls of this test, when so many have ended."""
        wait_until(lambda: len(self.box.records()) >= self.before + count, 20, "no record came")
        return self.box.records()[self.before :]

    def way(self, call: str) -> str:
        return told(cast("Rig", SimpleNamespace(facts=self.box.facts())), call)

    def rung(self, name: str) -> int:
        """How many INVITEs have come to this phone, each counted once."""
        return len({m.get("Call-ID") for m in self.desks[name].received if m.method == "INVITE"})

    def quiet(self) -> None:
        """Nobody is left in any call or reserved, and every contact is accounted for."""

        def board() -> dict[str, Any]:
            return cast("dict[str, Any]", self.box.status()["board"])

        wait_until(lambda: not board()["calls"], 20, "a call is left")
        wait_until(lambda: not any(queue["calls"] for queue in board()["queues"]), 20, "somebody is left waiting")
        wait_until(lambda: board()["lines"][0]["legs"] == 0, 45, "a leg is left")
        wait_until(lambda: {seat["state"] for seat in board()["agents"]} == {"idle"}, 20, "an agent is stuck")
        assert all(seat["free"] for seat in board()["agents"])
        kpi = Kpi(load_site(self.box.folder).site)
        for fact in self.box.facts():
            kpi.apply(fact)
        assert set(kpi.conservation().values()) == {0}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    desks = {name: Phone(name, tcp=name == "zoe") for name in ("anna", "jan", "zoe")}
    folder = tmp_path_factory.mktemp("situations")
    uris = {name: desk.uri for name, desk in desks.items()}
    with Box(folder, agents=uris, flow=FLOW, team=TEAM, office=("jan",)) as box:
        yield Office(box, desks)
    for desk in desks.values():
        desk.close()


@pytest.fixture
def office(running: Office) -> Iterator[Office]:
    """The same, with everybody at work; quiet again at the end."""
    for desk in running.desks.values():
        desk.forget()
        desk.mode = "answer"
    for name in running.desks:
        if running.box.agent(name) != "idle":
            running.box.command(name, {"off": "login"}.get(running.box.agent(name), "unpause"))
    running.before = running.box.so_far()
    yield running
    for caller in running.callers:
        caller.close()
    running.callers.clear()


def nothing(_office: Office) -> None:
    """The phone does all of it by itself."""


def works_again(office: Office) -> None:
    office.box.command("anna", "unpause" if office.box.agent("anna") == "paused" else "login")


def refuses(office: Office) -> None:
    desk = office.desks["anna"]
    invite = desk.wait_for("INVITE", 20)
    desk.respond(invite, 180, "Ringing")
    desk.respond(invite, 603, "Decline")


def wakes(office: Office) -> None:
    """The INVITE that comes again is answered at last, so that the box can withdraw it."""
    office.talks("jan")
    office.desks["anna"].mode = "ring"
    office.desks["anna"].wait_for("CANCEL", 40)


CELLS: dict[str, tuple[Mode, str, Callable[[Office], None], Callable[[Office], None], int]] = {
    "free": ("answer", "", nothing, nothing, 1),
    "phone is busy": ("busy", "", nothing, nothing, 1),
    "does not answer": ("ring", "", nothing, nothing, 1),
    "refuses": ("manual", "", refuses, nothing, 1),
    "phone unreachable": ("silent", "", nothing, wakes, 1),
    "paused": ("answer", "pause", nothing, works_again, 0),
    "off": ("answer", "logout", nothing, works_again, 0),
}
"""What anna's phone does, what she has told the box, what she does when she is rung, what happens when somebody talks,
and how often her phone rings."""


@pytest.mark.parametrize("situation", CELLS)
def test_the_caller_waits(office: Office, situation: str) -> None:
    mode, command, rung, later, times = CELLS[situation]
    office.desks["anna"].mode = mode
    if command:
        office.box.command("anna", command)
    who = "anna" if situation == "free" else "jan"
    caller = office.call()
    rung(office)
    office.talks(who)
    later(office)
    assert (office.rung("anna"), office.rung("jan")) == (times, int(who == "jan"))
    caller.bye()
    (record,) = office.ended()
    assert (record.outcome, record.answered_by) == ("answered", who)
    assert office.way(record.call) == TABLE[situation]["waits"]
    office.quiet()


@pytest.mark.parametrize("situation", ["ringing for another", "busy"])
def test_the_manager_has_another_call(office: Office, situation: str) -> None:
    anna = office.desks["anna"]
    anna.mode = "ring" if situation == "ringing for another" else "answer"
    first = office.call()
    anna.wait_for("INVITE", 20)
    if situation == "busy":
        office.talks("anna")
    second = office.call()
    office.talks("jan")
    second.bye()
    (record,) = office.ended()
    assert office.way(record.call) == TABLE[situation]["waits"]
    assert office.rung("anna") == 1
    first.bye()
    office.ended(2)
    office.quiet()


def test_the_phone_is_gone_while_it_rings(office: Office) -> None:
    zoe = office.desks["zoe"]
    zoe.mode = "ring"
    caller = office.call(OF_ZOE)
    zoe.wait_for("INVITE", 20)
    wait_until(lambda: office.box.agent("zoe") == "ringing", 15)
    assert zoe._stream is not None
    zoe._stream.shutdown(socket.SHUT_RDWR)
    zoe.close()
    office.talks("jan")
    caller.bye()
    (record,) = office.ended()
    assert record.answered_by == "jan"
    assert office.way(record.call) == TABLE["phone gone mid-ring"]["waits"].replace("anna", "zoe")
    office.quiet()


def test_the_caller_hangs_up_while_the_manager_is_rung(office: Office) -> None:
    office.desks["anna"].mode = "ring"
    caller = office.call()
    office.desks["anna"].wait_for("INVITE", 20)
    caller.bye()
    office.desks["anna"].wait_for("CANCEL", 20)
    (record,) = office.ended()
    assert record.outcome == "abandoned"
    assert office.way(record.call) == TABLE["free"]["hangs up at once"]
    assert office.rung("jan") == 0
    office.quiet()


def test_the_caller_hangs_up_while_the_team_is_rung(office: Office) -> None:
    office.desks["anna"].mode, office.desks["jan"].mode = "busy", "ring"
    caller = office.call()
    office.desks["jan"].wait_for("INVITE", 20)
    caller.bye()
    office.desks["jan"].wait_for("CANCEL", 20)
    (record,) = office.ended()
    assert office.way(record.call) == TABLE["phone is busy"]["hangs up while the team rings"]
    office.quiet()


def test_the_caller_leaves_by_a_key_while_the_manager_is_rung(office: Office) -> None:
    office.desks["anna"].mode = "ring"
    caller = office.call()
    office.desks["anna"].wait_for("INVITE", 20)
    caller.rtp.press("1")
    office.desks["anna"].wait_for("CANCEL", 20)
    caller.wait_for("BYE", 30)
    (record,) = office.ended()
    assert (record.outcome, record.path) == ("overflowed", ("human", "out"))
    (left,) = [fact for fact in office.box.facts() if isinstance(fact, QueueLeft) and fact.call == record.call]
    assert f"{office.way(record.call)} {left.reason}" == EXITS["free"]["key at once"]
    assert office.rung("jan") == 0
    office.quiet()
