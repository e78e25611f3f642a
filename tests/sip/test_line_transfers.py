"""REFER on the line: asked of the core, answered 202 or refused, told of by NOTIFY; keys that stay with the core."""

from __future__ import annotations

import pytest

from gateway.core.actions import HangUp, KeepKeys, SendKeys, TellTransfer
from gateway.core.events import ActionFailed, KeyPressed, LegEnded, TransferRequested
from gateway.line.transfers import replaces_of
from tests.sip.conftest import Talk
from tests.sip.harness import wait_until

pytestmark = pytest.mark.sip


def asked(line, talk, target, code, reason=""):
    """The phone asks; the core says `code` when it hears of it. (What came up, the answer to the REFER.)"""
    import threading

    answers = []
    asking = threading.Thread(target=lambda: answers.append(talk.agent.refer(target)))
    asking.start()
    event = line.expect(TransferRequested, leg=talk.agent_leg)
    line.do(TellTransfer(leg=talk.agent_leg, code=code, reason=reason))
    asking.join(15)
    return event, answers[0]


def test_a_transfer_is_accepted_and_the_phone_hears_how_it_goes(line, phone):
    talk = Talk(line, phone("caller"), phone("agent"))
    event, answer = asked(line, talk, line.uri("11"), 100)
    assert (event.target, event.replaces) == (line.uri("11"), "")
    assert answer.code == 202
    trying = talk.agent.wait_for("NOTIFY")
    assert trying.get("Event") == "refer"
    assert trying.get("Subscription-State").startswith("active")
    assert trying.body.strip() == "SIP/2.0 100 Trying"
    line.do(TellTransfer(leg=talk.agent_leg, code=200))
    assert talk.agent.told() == "SIP/2.0 200 OK"
    line.do(TellTransfer(leg=talk.agent_leg, code=200))
    assert line.expect(ActionFailed, action="TellTransfer").code == 491
    line.do(HangUp(leg=talk.agent_leg))
    talk.agent.wait_for("BYE")
    talk.end()


def test_a_refused_transfer_leaves_the_talk_as_it_is_and_a_second_one_has_an_id(line, phone):
    talk = Talk(line, phone("caller"), phone("agent"))
    _, answer = asked(line, talk, line.uri("99"), 404, "unknown_target")
    assert (answer.code, answer.get("Reason")) == (404, 'SIP;cause=404;text="unknown_target"')
    _, answer = asked(line, talk, line.uri("11"), 100)
    assert answer.code == 202
    assert talk.agent.wait_for("NOTIFY").get("Event") == f"refer;id={talk.agent.cseq}"
    line.do(TellTransfer(leg=talk.agent_leg, code=486))
    assert talk.agent.told() == "SIP/2.0 486 Busy Here"
    talk.caller.rtp.press("1")
    assert line.expect(KeyPressed, leg=talk.caller_leg, key="1").relayed
    talk.end()


def test_a_phone_that_hangs_up_while_it_is_asked_for(line, phone):
    talk = Talk(line, phone("caller"), phone("agent"))
    asked(line, talk, line.uri("11"), 100)
    talk.agent.bye()
    line.expect(LegEnded, leg=talk.agent_leg)
    line.do(TellTransfer(leg=talk.agent_leg, code=200))
    assert line.expect(ActionFailed, action="TellTransfer").code == 481


def test_replaces_names_a_leg_of_ours_or_none(line, phone):
    talk = Talk(line, phone("caller"), phone("agent"))
    other = Talk(line, phone("agent2"), phone("target"))
    final = next(m for m in other.caller.received if m.code == 200)
    ours, theirs = final.get("To").partition(";tag=")[2], final.get("From").partition(";tag=")[2]
    named = f"{final.get('Call-ID').replace('@', '%40')}%3Bto-tag%3D{ours}%3Bfrom-tag%3D{theirs}"
    event, _ = asked(line, talk, f"{line.uri('target')}?Replaces={named}", 603)
    assert (event.target, event.replaces) == (line.uri("target"), other.caller_leg)
    event, _ = asked(line, talk, f"{line.uri('target')}?Replaces=unknown%3Bto-tag%3D1%3Bfrom-tag%3D2", 603)
    assert event.replaces == "?"
    other.end()
    talk.end()


def test_a_refer_without_a_target_and_one_of_a_caller(line, phone):
    talk = Talk(line, phone("caller"), phone("agent"))
    assert talk.agent.refer("").code == 400
    assert talk.caller.refer(line.uri("11")).code == 603
    line.settle()
    assert not [event for event in line.seen if isinstance(event, TransferRequested)]
    talk.end()


def test_kept_keys_are_passed_on_by_command_alone(line, phone):
    talk = Talk(line, phone("caller"), phone("agent"))
    line.do(KeepKeys(leg=talk.agent_leg))
    line.settle()
    talk.agent.rtp.press("5")
    talk.agent.info("6")
    for key in "56":
        assert not line.expect(KeyPressed, leg=talk.agent_leg, key=key).relayed
    line.do(SendKeys(leg=talk.caller_leg, keys="7"))
    wait_until(lambda: talk.caller.rtp.keys_heard == "7")
    talk.caller.rtp.press("8")
    assert line.expect(KeyPressed, leg=talk.caller_leg, key="8").relayed
    wait_until(lambda: talk.agent.rtp.keys_heard == "8")
    talk.end()


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ("", None),
        ("Require=replaces", None),
        ("Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2&Require=replaces", ("a@b", "1", "2")),
        ("replaces=x%3Bfrom-tag%3D2", ("x", "", "2")),
    ],
)
def test_replaces_in_a_uri(headers, found):
    assert replaces_of(headers) == found
