"""A whole box: a client who has to call again and meets a second person is in the figures and, as wanted, an alarm; a
kill -9 forgets neither."""

from __future__ import annotations

import pytest

from gateway.core.facts.watch import AlarmRaised
from gateway.status import render
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone

pytestmark = pytest.mark.sip
CLIENT = '"Flower" <sip:+48220000201@127.0.0.1>'
TOLD = "client 1001 has talked with 2 people in 30 days, 1 are allowed"


def talk(box: Box, desk: Phone) -> None:
    """The client calls, this desk answers, the client hangs up."""
    before = box.so_far()
    caller = Phone("caller")
    try:
        assert caller.call(box.uri("100"), from_=CLIENT).code == 200
        wait_until(lambda: box.agent(desk.user) == "talking", 40, f"{desk.user} does not talk")
        caller.bye()
        box.ended(before + 1, 30)
    finally:
        caller.close()
    wait_until(lambda: box.agent(desk.user) == "idle", 40, "the desk is busy")


def continuity(box: Box) -> dict:
    """Of the office, when all calls are in."""
    figures = lambda: (box.status()["continuity"] or {}).get("figures", {})  # noqa: E731
    wait_until(lambda: figures().get("fcr_repeat_n") == 2 and figures()["people_per_client_30d"] == 2.0, 30, "figures")
    return figures()


def test_a_client_of_two_people_over_a_kill(tmp_path) -> None:
    anna, ewa = Phone("anna"), Phone("ewa")
    try:
        with Box(tmp_path, agents={"anna": anna.uri, "ewa": ewa.uri}, more="alarms: {people: 1}\n") as box:
            talk(box, anna)
            assert box.status()["alarms"] == []
            anna.forget()
            anna.mode = "busy"
            talk(box, ewa)
            before = continuity(box)
            assert before["fcr_repeat"] == pytest.approx(0.5)
            assert (before["people_per_client_30d_max"], before["people_per_client_30d_n"]) == (2, 1)
            (alarm,) = box.status()["alarms"]
            assert (alarm["alarm"], alarm["subject"], alarm["value"]) == ("many_people", "1001", 2.0)
            box.kill()
            box.start()
            assert continuity(box) == before
            assert len(box.status()["alarms"]) == 1
            assert sum(isinstance(fact, AlarmRaised) for fact in box.facts()) == 1
            page = render(box.status())
            assert TOLD in page
            assert "one contact was enough for 50.0 % of 2 today so far; 2.0 people a client in 30 days" in page
    finally:
        anna.close()
        ewa.close()
