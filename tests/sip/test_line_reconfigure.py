"""A line takes other trunks and another limit while calls are up."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Answer, Dial, HangUp, Reconfigure
from gateway.core.events import (
    ActionFailed,
    CallRefused,
    LegAnswered,
    LegEnded,
    LegFreed,
    LineReconfigured,
    TrunkChanged,
)
from tests.sip.harness import LineUnderTest
from tests.sip.phone import Phone
from tests.sip.test_line_trunks import PASSWORD, Provider, trunk

pytestmark = pytest.mark.sip


@pytest.fixture
def provider():
    made = Provider()
    yield made
    made.close()


@pytest.fixture
def other():
    made = Provider()
    yield made
    made.close()


def reconfigure(line, *trunks, callers_max=0):
    line.do(Reconfigure(trunks=trunks, callers_max=callers_max, addresses={"127.0.0.1": t.id for t in trunks}))
    return line.expect(LineReconfigured)


def through(line, leg, trunk_id):
    line.do(Dial(leg=leg, call="c", line="line-1", uri="+48600100200", trunk=trunk_id))


def test_a_trunk_is_added_called_through_and_taken_out(tmp_path, provider):
    with LineUnderTest(tmp_path) as line:
        through(line, "early", "t1")
        assert line.expect(ActionFailed, leg="early").code == 404
        reconfigure(line, trunk(provider))
        assert line.expect(TrunkChanged, trunk="t1").up
        through(line, "out", "t1")
        line.expect(LegAnswered, leg="out")
        reconfigure(line)
        gone = line.expect(TrunkChanged, trunk="t1")
        assert (gone.up, gone.reason) == (False, "taken out of the site")
        assert provider.wait(lambda m: m.method == "REGISTER" and m.get("Expires") == "0")
        through(line, "late", "t1")
        assert line.expect(ActionFailed, leg="late").code == 404
        assert not [e for e in line.gather(0.5) if isinstance(e, LegEnded)], "the call that is up goes on"
        line.do(HangUp(leg="out"))
        provider.wait_for("BYE")
        line.expect(LegFreed, leg="out")
        assert PASSWORD not in line.log


def test_a_trunk_that_moves_to_another_provider_leaves_the_old_one_and_keeps_its_call(tmp_path, provider, other):
    with LineUnderTest(tmp_path, trunks=(trunk(provider),)) as line:
        assert line.expect(TrunkChanged, trunk="t1").up
        through(line, "old", "t1")
        line.expect(LegAnswered, leg="old")
        reconfigure(line, trunk(other))
        assert line.expect(TrunkChanged, trunk="t1").up
        assert provider.wait(lambda m: m.method == "REGISTER" and m.get("Expires") == "0")
        assert other.wait(lambda m: m.method == "REGISTER" and m.get("Authorization"))
        through(line, "new", "t1")
        line.expect(LegAnswered, leg="new")
        assert other.incoming.start.startswith("INVITE")
        for leg, phone in (("old", provider), ("new", other)):
            line.do(HangUp(leg=leg))
            phone.wait_for("BYE")
            line.expect(LegFreed, leg=leg)


def test_a_corrected_password_registers_and_a_new_registration_comes_after_the_old_one_has_ended(tmp_path, provider):
    with LineUnderTest(tmp_path, trunks=(trunk(provider, password="wrong"),)) as line:
        assert not line.expect(TrunkChanged, trunk="t1").up
        reconfigure(line, trunk(provider))
        assert line.expect(TrunkChanged, trunk="t1").up
        reconfigure(line, trunk(provider, realm="provider"))
        assert line.expect(TrunkChanged, trunk="t1").up
        said = [m.get("Expires") for m in provider.received if m.method == "REGISTER" and m.get("Authorization")]
        assert said[-2:] == ["0", "300"]


def test_the_same_trunks_again_are_left_alone_and_another_shown_number_needs_no_registration(tmp_path, provider):
    with LineUnderTest(tmp_path, trunks=(trunk(provider),)) as line:
        assert line.expect(TrunkChanged, trunk="t1").up
        before = len([m for m in provider.received if m.method == "REGISTER"])
        reconfigure(line, trunk(provider))
        reconfigure(line, replace(trunk(provider), from_user="+48229999999"))
        through(line, "out", "t1")
        line.expect(LegAnswered, leg="out")
        assert "+48229999999" in provider.incoming.get("From")
        assert len([m for m in provider.received if m.method == "REGISTER"]) == before
        line.do(HangUp(leg="out"))
        line.expect(LegFreed, leg="out")


def test_a_lower_limit_of_callers_holds_for_the_next_call_and_ends_none(tmp_path):
    one, two = Phone("one"), Phone("two")
    with LineUnderTest(tmp_path) as line:
        assert reconfigure(line, callers_max=1).callers_max == 1
        one.invite(line.uri("100"))
        leg = line.offered().leg
        line.do(Answer(leg=leg))
        assert one.finish_invite().code == 200
        line.expect(LegAnswered, leg=leg)
        two.invite(line.uri("100"))
        assert two.finish_invite().code == 503
        assert line.expect(CallRefused).code == 503
        assert reconfigure(line, callers_max=2).callers_max == 2
        two.invite(line.uri("100"))
        second = line.offered().leg
        for each in (leg, second):
            line.do(HangUp(leg=each))
            line.expect(LegFreed, leg=each)
    one.close()
    two.close()
