"""A line that was killed: its far ends are told BYE by the next one."""

from __future__ import annotations

import pytest

from gateway.core.actions import EndOrphans
from gateway.core.events import ActionFailed, LegDialog
from tests.sip.conftest import Talk
from tests.sip.harness import LineUnderTest, wait_until

pytestmark = pytest.mark.sip


@pytest.mark.parametrize("tcp", [False, True])
def test_the_far_ends_of_a_killed_line_get_a_bye_that_they_answer(line, tmp_path, phone, tcp):
    dead = LineUnderTest(tmp_path)
    talk = Talk(dead, phone("caller", tcp=tcp), phone("agent", tcp=tcp))
    dead.gather(0.1)
    dialogs = {event.leg: event for event in dead.seen if isinstance(event, LegDialog)}
    assert set(dialogs) == {talk.caller_leg, talk.agent_leg}
    dead.kill()
    line.do(EndOrphans(dialogs=tuple(dialogs.values())))
    for end, leg in ((talk.caller, talk.caller_leg), (talk.agent, talk.agent_leg)):
        bye = end.wait_for("BYE")
        assert bye.get("Call-ID") == end.call_id
        assert bye.get("To").endswith(f";tag={end.tag}")
        assert bye.get("From").endswith(f";tag={end.remote_tag}")
        wait_until(lambda leg=leg: f"orphan leg {leg}: Response msg 200/BYE" in line.log)


def test_the_route_of_a_dialogue_is_kept(line, phone):
    proxy, target = phone("proxy"), phone("target")
    dialog = LegDialog(
        leg="old-1",
        sip_call_id="abc@x",
        local_uri="sip:gateway@127.0.0.1",
        local_tag="l1",
        remote_uri="sip:+48600@127.0.0.1",
        remote_tag="r1",
        target=target.uri,
        route=(f"<sip:127.0.0.1:{proxy.port};lr>", "<sip:192.0.2.1;lr>"),
        cseq=7,
    )
    line.do(EndOrphans(dialogs=(dialog,)))
    bye = proxy.wait_for("BYE")
    assert bye.start == f"BYE {target.uri} SIP/2.0"
    assert bye.all("Route") == list(dialog.route)
    assert bye.cseq == (107, "BYE")
    wait_until(lambda: "orphan leg old-1: Response msg 200/BYE" in line.log)
    assert not target.received


def test_an_unusable_dialogue_is_answered(line):
    bad = LegDialog(
        leg="old-2", sip_call_id="a", local_uri="nonsense", local_tag="l", remote_uri="sip:x@y", remote_tag="r",
        target="sip:x@127.0.0.1\r\nX-Evil: 1",
    )  # fmt: skip
    line.do(EndOrphans(dialogs=(bad,)))
    assert line.expect(ActionFailed, leg="old-2").action == "EndOrphans"
