"""What callers and clients.csv can throw at the box, on real SIP: overflow, line breaks, three ways at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sip import box as boxes
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import dtmf

pytestmark = pytest.mark.sip
CLIENT = '"Flower" <sip:+48220000201@127.0.0.1>'


def test_overflow_to_another_team_then_a_spoken_goodbye(tmp_path: Path) -> None:
    anna, jan, caller = Phone("anna", mode="ring"), Phone("jan", mode="ring"), Phone("caller")
    team = "ring_manager: 1s\n    ring_each: 1s\n    max_wait: 2s\n    overflow_to: others\n    overflow_wait: 2s"
    agents = {"anna": anna.uri, "jan": jan.uri}
    with Box(tmp_path, agents=agents, office=("anna",), team=team) as box, anna, jan, caller:
        caller.call(box.uri("100"), from_=CLIENT)
        anna.wait_for("CANCEL")
        jan.wait_for("INVITE")
        assert box.status()["board"]["calls"][0]["stage"] == "overflow"
        caller.wait_for("BYE", 15)
        record = box.ended(1)[0]
        assert (record.outcome, record.ended_by, record.path[-1]) == ("overflowed", "flow", "bye")
        assert record.wait_s == pytest.approx(4, abs=1)
        assert {agent for agent, _ in record.offered} == {"anna", "jan"}


def test_a_line_break_in_a_clients_name_is_no_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = '+48220000201,1001,"Flower\r\nX-Evil: yes\r\n\r\nbody ""quoted"" \\ Żółw",anna,office\n'
    monkeypatch.setitem(boxes.CLIENTS, "anna", evil)
    anna, caller = Phone("anna"), Phone("caller")
    with Box(tmp_path, agents={"anna": anna.uri}) as box, anna, caller:
        caller.call(box.uri("100"), from_=CLIENT)
        invite = anna.wait_for("INVITE")
        assert "Żółw" in invite.get("From")
        assert not invite.get("X-Evil")
        assert invite.get("X-Gateway-Client-Name").startswith("Flower")
        assert invite.body.startswith("v=0")
        caller.bye()
        assert box.ended(1)[0].answered_by == "anna"


def test_one_press_that_comes_three_ways_is_one_key(tmp_path: Path) -> None:
    anna, caller = Phone("anna"), Phone("caller")
    with Box(tmp_path, agents={"anna": anna.uri}) as box, anna, caller:
        caller.call(box.uri("100"), from_='"Who" <sip:+48220000999@127.0.0.1>')
        wait_until(lambda: any(c["step"] == "number" for c in box.status()["board"]["calls"]))
        for key in "1001":
            caller.rtp.say(dtmf(key))
            caller.rtp.hear(0.05)
            caller.rtp.press(key)
            caller.info(key)
            caller.rtp.hear(0.25)
        wait_until(lambda: box.agent("anna") == "talking")
        caller.bye()
        record = box.ended(1)[0]
        assert (record.client, record.identified_by) == ("1001", "keyed")
        assert dict(record.keys)["client_number"] == "1001"
