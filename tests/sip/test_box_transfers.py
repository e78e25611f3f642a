"""Transfers on real SIP: by code and by REFER, asking first, three-way, parking; who hears whom is told by tones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.core.facts.talk import Consulted, Parked, TransferDone, TransferFailed
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import sine

pytestmark = pytest.mark.sip
CLIENT = '"Flower" <sip:+48220000201@127.0.0.1>'
CALLER_HZ, ANNA_HZ, EWA_HZ = 700, 1100, 1900
FEATURES = 'features: {extensions: {"11": anna, "12": ewa}, ring: 5s, park_time: 20s}\n'


class Office:
    """One box with two desk phones, and a client who talks with Anna."""

    def __init__(self, box: Box, anna: Phone, ewa: Phone, caller: Phone) -> None:
        self.box, self.anna, self.ewa, self.caller = box, anna, ewa, caller
        self.before = box.so_far()
        assert caller.call(box.uri("100"), from_=CLIENT).code == 200
        wait_until(lambda: box.agent("anna") == "talking")
        for phone, hz in ((caller, CALLER_HZ), (anna, ANNA_HZ), (ewa, EWA_HZ)):
            phone.rtp.say(sine(hz, -15, 1), loop=True)

    def record(self):
        return self.box.ended(self.before + 1)[-1]

    def facts(self, kind: type) -> list:
        call = self.record().call
        return [fact for fact in self.box.facts() if isinstance(fact, kind) and fact.call == call]


def hears(phone: Phone, *hz: int) -> None:
    """The phone hears these of the three tones, and no other."""
    for one in (CALLER_HZ, ANNA_HZ, EWA_HZ):
        if one in hz:
            assert phone.rtp.level(one) == pytest.approx(-15, abs=2), (phone.user, one)
        else:
            assert phone.rtp.falls_silent(one), (phone.user, one)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, Phone, Phone]]:
    anna, ewa = Phone("anna"), Phone("ewa")
    with Box(tmp_path_factory.mktemp("box"), agents={"anna": anna.uri, "ewa": ewa.uri}, more=FEATURES) as box:
        yield box, anna, ewa
    for desk in (anna, ewa):
        desk.close()


@pytest.fixture
def office(house: tuple[Box, Phone, Phone]) -> Iterator[Office]:
    """Afterwards everybody is idle again and no leg is left, or the test fails."""
    box, anna, ewa = house
    for desk in (anna, ewa):
        desk.forget()
        desk.mode = "answer"
        desk.rtp.events.clear()
    caller = Phone("caller")
    yield Office(box, anna, ewa, caller)
    caller.close()
    wait_until(lambda: not box.status()["board"]["calls"], 10, "a call is left")
    wait_until(lambda: {box.agent("anna"), box.agent("ewa")} == {"idle"}, 10, "an agent is left busy")
    wait_until(lambda: box.status()["board"]["lines"][0]["legs"] == 0, 15, "a leg is left")


def test_a_blind_transfer_by_code(office: Office) -> None:
    office.anna.rtp.press("*212#")
    office.anna.wait_for("BYE")
    wait_until(lambda: office.box.agent("ewa") == "talking")
    hears(office.caller, EWA_HZ)
    hears(office.ewa, CALLER_HZ)
    assert office.caller.rtp.keys_heard == ""
    office.caller.bye()
    record = office.record()
    assert [agent for agent, _, _ in record.segments] == ["anna", "ewa"]
    assert (record.outcome, record.client, record.manager) == ("answered", "1001", "anna")
    assert office.ewa.wait_for("INVITE").get("X-Gateway-Client") == "1001"


def test_a_code_that_is_none_reaches_the_caller(office: Office) -> None:
    office.anna.rtp.press("*95")
    wait_until(lambda: office.caller.rtp.keys_heard == "*95")
    hears(office.caller, ANNA_HZ)
    office.caller.bye()
    assert office.record().answered_by == "anna"


def test_a_transfer_by_the_phone_itself(office: Office) -> None:
    assert office.anna.reinvite("sendonly").code == 200
    assert office.anna.refer(office.ewa.uri).code == 202
    assert office.anna.told() == "SIP/2.0 200 OK"
    office.anna.wait_for("BYE")
    office.anna.direction = "sendrecv"
    hears(office.caller, EWA_HZ)
    hears(office.ewa, CALLER_HZ)
    office.ewa.bye()
    record = office.record()
    assert record.ended_by == "agent"
    assert [fact.answered_by for fact in office.facts(TransferDone)] == ["ewa"]


def test_a_phone_that_transfers_to_somebody_busy_keeps_the_caller(office: Office) -> None:
    office.ewa.mode = "busy"
    assert office.anna.refer(office.box.uri("12")).code == 202
    assert office.anna.told() == "SIP/2.0 486 Busy Here"
    hears(office.caller, ANNA_HZ)
    assert office.anna.refer(office.box.uri("99")).code == 404
    hears(office.anna, CALLER_HZ)
    office.caller.bye()
    assert office.record().answered_by == "anna"
    assert [fact.reason for fact in office.facts(TransferFailed)] == ["busy", "unknown_target"]


def test_a_phone_with_two_calls_gives_one_to_the_other(office: Office) -> None:
    """REFER with Replaces: the second call of Anna's phone was placed to the office, and Ewa has it."""
    with Phone("anna-2") as second:
        assert second.call(office.box.uri("100"), from_=CLIENT).code == 200
        wait_until(lambda: office.box.agent("ewa") == "talking")
        call_id = second.call_id.replace("@", "%40")
        named = f"{call_id}%3Bto-tag%3D{second.remote_tag}%3Bfrom-tag%3D{second.tag}"
        assert office.anna.refer(f"{office.box.uri('ewa')}?Replaces={named}").code == 202
        assert office.anna.told() == "SIP/2.0 200 OK"
        office.anna.wait_for("BYE")
        second.wait_for("BYE")
        hears(office.caller, EWA_HZ)
        hears(office.ewa, CALLER_HZ)
        office.caller.bye()
        records = office.box.ended(office.before + 2)[-2:]
        both = next(record for record in records if len(record.segments) == 2)
        assert [agent for agent, _, _ in both.segments] == ["anna", "ewa"]


def test_a_phone_that_hangs_up_behind_its_transfer_is_rung_again_when_nobody_answers(office: Office) -> None:
    office.ewa.mode = "ring"
    assert office.anna.refer(office.box.uri("12")).code == 202
    office.anna.hang_up()
    office.ewa.wait_for("CANCEL", 15)
    office.anna.wait_for("ACK", 15)
    hears(office.caller, ANNA_HZ)
    office.caller.bye()
    assert [(fact.reason, fact.then) for fact in office.facts(TransferFailed)] == [("no_answer", "rings_back")]


def test_asking_first_all_three_and_the_caller_is_handed_over(office: Office) -> None:
    office.anna.rtp.press("*312#")
    wait_until(lambda: office.box.agent("ewa") == "talking")
    hears(office.anna, EWA_HZ)
    hears(office.ewa, ANNA_HZ)
    hears(office.caller)
    office.anna.rtp.press("*5")
    hears(office.caller, ANNA_HZ, EWA_HZ)
    hears(office.ewa, ANNA_HZ, CALLER_HZ)
    hears(office.anna, CALLER_HZ, EWA_HZ)
    office.anna.hang_up()
    hears(office.caller, EWA_HZ)
    hears(office.ewa, CALLER_HZ)
    office.caller.bye()
    assert [agent for agent, _, _ in office.record().segments] == ["anna", "ewa"]
    assert [fact.outcome for fact in office.facts(Consulted)] == ["transferred"]


def test_asking_and_going_back_to_the_caller(office: Office) -> None:
    office.anna.rtp.press("*312#")
    wait_until(lambda: office.box.agent("ewa") == "talking")
    office.anna.rtp.press("*4")
    office.ewa.wait_for("BYE")
    hears(office.anna, CALLER_HZ)
    hears(office.caller, ANNA_HZ)
    office.caller.bye()
    assert [fact.outcome for fact in office.facts(Consulted)] == ["back"]


def test_a_parked_caller_is_taken_back_from_another_phone(office: Office) -> None:
    office.anna.rtp.press("*7")
    office.anna.wait_for("BYE", 15)
    assert office.ewa.call(office.box.uri("*71")).code == 200
    hears(office.ewa, CALLER_HZ)
    hears(office.caller, EWA_HZ)
    office.caller.bye()
    office.ewa.wait_for("BYE")
    assert [fact.slot for fact in office.facts(Parked)] == ["1"]
    assert [agent for agent, _, _ in office.record().segments] == ["anna", "ewa"]


def test_a_killed_control_process_finds_the_caller_on_hold_and_joins_him_again(tmp_path: Path) -> None:
    anna, ewa, caller = Phone("anna"), Phone("ewa"), Phone("caller")
    agents = {"anna": anna.uri, "ewa": ewa.uri}
    with Box(tmp_path, agents=agents, more=FEATURES) as box, anna, ewa, caller:
        office = Office(box, anna, ewa, caller)
        anna.rtp.press("*312#")
        wait_until(lambda: box.agent("ewa") == "talking")
        hears(anna, EWA_HZ)
        wait_until(lambda: any(type(fact).__name__ == "CallHeld" for fact in box.facts()))
        box.kill()
        box.start()
        ewa.wait_for("BYE")
        hears(caller, ANNA_HZ)
        hears(anna, CALLER_HZ)
        anna.rtp.press("*212#")  # and the codes still work
        anna.wait_for("BYE")
        ewa.forget()
        caller.bye()
        record = office.record()
        assert record.adopted
        assert record.segments[0][0] == "anna"
