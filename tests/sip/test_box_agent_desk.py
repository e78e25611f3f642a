"""A whole box: people log in and out by telephone (code and PIN, or the own phone and PIN) and by the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import msgspec
import pytest

from gateway import shipped
from gateway.core.agents.pins import LOCKED_S
from gateway.core.facts.agents import AgentIdentified, AgentTold
from gateway.core.facts.pins import PinLocked
from gateway.edge.store import Journal
from tests.sip.box import Box
from tests.sip.harness import ROOT, wait_until
from tests.sip.phone import Phone

pytestmark = pytest.mark.sip
PIN = "471100"
FLOW = """
flow: main
language: en
start: office
steps:
  office: {queue: office, gave_up: bye}
  bye: {hang_up: "Bye."}
"""


@pytest.fixture
def desks():
    phones = [Phone(name, mode="ring") for name in ("anna", "ewa")]
    yield phones
    for phone in phones:
        phone.close()


def office(tmp_path, desks) -> Box:
    """Two who take calls, and the shipped desk behind *50."""
    made = Box(
        tmp_path,
        agents={desk.user: desk.uri for desk in desks},
        flow=FLOW,
        numbers={"*50": "agent_desk_en"},
        who={"anna": "code: 2001, pin_file: anna_pin"},
        more="pause_reasons: [lunch, training]\n",
    )
    (made.folder / "anna_pin").write_text(f"{PIN}\n")
    (made.folder / "anna_pin").chmod(0o600)
    return made


@pytest.fixture
def box(tmp_path, desks):
    with office(tmp_path, desks) as made:
        yield made


def at_the_desk(box: Box, keys: str, who: str = "caller") -> None:
    """Call *50, key, and hear it out."""
    before = box.so_far()
    caller = Phone(who)
    try:
        assert caller.call(box.uri("*50")).code == 200
        caller.rtp.press(keys)
        box.ended(before + 1, 40)
    finally:
        caller.close()


def gateway(box: Box, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway", "agents", *words, "--state", str(box.state)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_who_logs_out_by_telephone_is_not_rung_and_is_back_by_his_own_phone(box: Box, desks) -> None:
    anna, ewa = desks
    assert "agent_desk_en" in shipped.flow_files()
    at_the_desk(box, f"2001#{PIN}#2")
    assert box.agent("anna") == "off"

    caller = Phone("caller")
    try:
        assert caller.call(box.uri("100")).code == 200
        ewa.wait_for("INVITE", 20)
        ewa.pick_up()
        wait_until(lambda: box.agent("ewa") == "talking", 20, "ewa does not talk")
        assert not anna.received
        caller.bye()
        box.ended(2, 20)
    finally:
        caller.close()

    at_the_desk(box, f"000000#{PIN}#1", who="anna")
    assert box.agent("anna") == "idle"
    facts = box.facts()
    assert [(f.agent, f.how) for f in facts if isinstance(f, AgentIdentified)] == [("anna", "code"), ("anna", "phone")]
    told = [(f.command, f.how, f.by) for f in facts if isinstance(f, AgentTold)]
    assert told == [("logout", "now", "phone"), ("login", "now", "phone")]
    assert PIN not in msgspec.json.encode(facts).decode() + box.log


def test_a_pin_that_was_locked_before_a_start_is_locked_after_it(tmp_path, desks) -> None:
    box = office(tmp_path, desks)
    box.state.mkdir()
    until = time.time() + 1800
    with Journal(box.state / "journal.sqlite") as journal:
        journal.append([PinLocked(at=until - LOCKED_S, call="x", step="who", lock="agent", agent="anna", until=until)])
        journal.flush()
    caller = Phone("caller")
    try:
        with box:
            assert caller.call(box.uri("*50")).code == 200
            caller.rtp.press(f"2001#{PIN}#")
            told = lambda: [fact for fact in box.facts() if isinstance(fact, PinLocked) and fact.call != "x"]  # noqa: E731
            wait_until(told, 40, "the PIN was not refused")
            assert [(fact.agent, fact.until) for fact in told()] == [("anna", until)]
            assert not [fact for fact in box.facts() if isinstance(fact, AgentIdentified)]
            caller.bye()
            box.ended(1)
    finally:
        caller.close()


def test_the_command_line_lists_everybody_and_commands(box: Box) -> None:
    wrong = gateway(box, "pause", "anna", "--reason", "lunhc")
    assert wrong.returncode == 2
    assert "did you mean lunch?" in wrong.stderr
    assert gateway(box, "pause", "ana").stderr.count("did you mean anna?") == 1
    done = gateway(box, "pause", "anna", "--reason", "lunch")
    assert (done.returncode, done.stdout) == (0, "anna: pause\n")
    wait_until(lambda: box.agent("anna") == "paused", 10, "anna has no pause")
    listed = gateway(box).stdout.splitlines()
    assert listed[0].split()[:4] == ["agent", "state", "since", "reason"]
    assert [line.split()[:2] for line in listed[1:]] == [["anna", "paused"], ["ewa", "idle"]]
    assert "lunch" in listed[1]
    rows = json.loads(gateway(box, "--json").stdout)
    assert [(row["agent"], row["team"], row["calls today"], row["unanswered"]) for row in rows] == [
        ("anna", "office", "0", "0"),
        ("ewa", "office", "0", "0"),
    ]
    for command, state in (("unpause", "idle"), ("logout", "off"), ("login", "idle"), ("ready", "idle")):
        assert gateway(box, command, "anna").returncode == 0
        wait_until(lambda state=state: box.agent("anna") == state, 10, f"anna is not {state}")
