"""A whole box: closed by telephone with the PIN, by the command line and over MQTT, and still so after a kill -9."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from gateway.core.facts.calls import StepEntered
from gateway.core.facts.hours import HoursChecked, HoursOverridden
from tests.edge.broker import MOSQUITTO, SUBSCRIBER, Mosquitto
from tests.sip.box import Box
from tests.sip.harness import ROOT, wait_until
from tests.sip.phone import Phone

pytestmark = pytest.mark.sip
PIN = "4711"
FLOW = """
flow: main
language: en
start: open?
steps:
  open?: {hours: office, open: greeting, closed: sorry}
  greeting: {hang_up: "Hi."}
  sorry: {hang_up: "Closed."}
"""
CODE = """
flow: code
language: en
human: none
start: close
steps:
  close:
    override: office
    to: closed
    until: 2h
    say: "PIN."
    then: done
    no_match: {say: "No.", tries: 3, then: done}
  done: {hang_up: "Done."}
"""


@pytest.fixture
def broker(tmp_path):
    if MOSQUITTO is None or SUBSCRIBER is None:
        pytest.skip("mosquitto is not installed")
    made = Mosquitto(tmp_path / "broker").start()
    yield made
    made.kill()


@pytest.fixture
def box(tmp_path, broker):
    """Open round the clock, with a number that takes the PIN."""
    desk = Phone("anna", mode="silent")
    made = Box(tmp_path, agents={"anna": desk.uri}, flow=FLOW, numbers={"200": "code"}, mqtt_port=broker.port)
    (made.folder / "flows" / "code.yaml").write_text(CODE)
    (made.folder / "pin").write_text(PIN)
    (made.folder / "pin").chmod(0o600)
    text = (made.folder / "gateway.yaml").read_text()
    text = text.replace("site: {", "site: {pin_file: pin, ").replace("mqtt: {", "mqtt: {commands: [agents, hours], ")
    (made.folder / "gateway.yaml").write_text(text + "hours: {office: {daily: 24h, holidays: open}}\n")
    with made:
        yield made
    desk.close()


def facts(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


def calls(box: Box, number: str, keys: str = "") -> str:
    """Call, key, and wait for the end; the last step of that call."""
    before = box.so_far()
    caller = Phone("caller")
    try:
        assert caller.call(box.uri(number)).code == 200
        if keys:
            caller.rtp.press(keys)
        record = box.ended(before + 1, 30)[-1]
    finally:
        caller.close()
    return [fact.step for fact in facts(box, StepEntered) if fact.call == record.call][-1]


def state(box: Box) -> tuple[bool, str]:
    (office,) = box.status()["hours"]
    return office["open"], office["reason"]


def test_three_ways_to_close_an_office_and_what_a_restart_keeps(box: Box, broker: Mosquitto) -> None:
    assert calls(box, "100") == "greeting"
    assert calls(box, "200", f"0000#{PIN}#") == "done"
    assert state(box) == (False, "override")
    assert calls(box, "100") == "sorry"
    assert PIN not in msgspec.json.encode(box.facts()).decode() + box.log

    box.kill()
    box.start()
    assert state(box) == (False, "override")
    assert calls(box, "100") == "sorry"

    command = [sys.executable, "-m", "gateway", "hours", "normal", "--state", str(box.state), "--who", "Ewa"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "office: by its hours again\n"
    wait_until(lambda: state(box) == (True, "hours"), 10, "the office did not open")

    subprocess.run(
        [
            *("mosquitto_pub", "-h", "127.0.0.1", "-p", str(broker.port), "-q", "1"),
            *("-t", "gateway/test/command/hours/office", "-m", '{"to":"closed","until":"2h","who":"Jan"}'),
        ],
        check=True,
    )
    wait_until(lambda: state(box) == (False, "override"), 10, "the office did not close")
    assert calls(box, "100") == "sorry"
    said = [(fact.by, fact.to) for fact in facts(box, HoursOverridden)]
    assert said == [("phone", "closed"), ("cli", "normal"), ("mqtt", "closed")]
    assert [fact.reason for fact in facts(box, HoursChecked)] == ["hours", "override", "override", "override"]
