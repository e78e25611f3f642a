"""The whole box on real SIP: manager first, then the team; hang-ups at every moment; nobody stays busy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import dtmf, sine

pytestmark = pytest.mark.sip
CLIENT = '"Flower" <sip:+48220000201@127.0.0.1>'
ABROAD = '"Far" <sip:+48220000202@127.0.0.1>'
STRANGER = '"Who" <sip:+48220000999@127.0.0.1>'


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Phone | Box]]:
    """One box for the module, with two desk phones whose mode each test sets."""
    anna, ewa, zoe = Phone("anna"), Phone("ewa"), Phone("zoe", mode="silent")
    agents = {desk.user: desk.uri for desk in (anna, ewa, zoe)}
    with Box(tmp_path_factory.mktemp("box"), agents=agents, office=("anna", "ewa")) as box:
        yield {"box": box, "anna": anna, "ewa": ewa}
    for desk in (anna, ewa, zoe):
        desk.close()


@pytest.fixture
def scene(office: dict[str, Phone | Box]) -> Iterator[tuple[Box, Phone, Phone, Phone]]:
    """(box, anna, ewa, a new caller); afterwards everybody is idle again, or the test fails."""
    box, anna, ewa = office["box"], office["anna"], office["ewa"]
    for desk in (anna, ewa):
        desk.forget()
        desk.mode = "answer"
        desk.rtp.events.clear()
    caller = Phone("caller")
    yield box, anna, ewa, caller
    if caller.peer and box.status()["board"]["calls"]:
        caller.bye()  # a test that failed has left it, and the next one wants a free box
    caller.close()
    wait_until(lambda: not box.status()["board"]["calls"], 10, "a call is left")
    wait_until(lambda: {box.agent("anna"), box.agent("ewa")} == {"idle"}, 10, "an agent is left busy")
    wait_until(lambda: box.status()["board"]["lines"][0]["legs"] == 0, 15, "a leg is left")


def last(box: Box, before: int):
    return box.ended(before + 1)[-1]


def test_the_manager_of_a_known_client_answers_and_both_hear_each_other(scene) -> None:
    box, anna, ewa, caller = scene
    before = box.so_far()
    assert caller.call(box.uri("100"), from_=CLIENT).code == 200
    invite = anna.wait_for("INVITE")
    assert "Flower Shop" in invite.get("From")
    assert invite.get("X-Gateway-Client") == "1001"
    wait_until(lambda: box.agent("anna") == "talking")
    caller.rtp.say(sine(700, -10, 1), loop=True)
    anna.rtp.say(sine(1500, -16, 1), loop=True)
    assert anna.rtp.level(700) == pytest.approx(-10, abs=1)
    assert caller.rtp.level(1500) == pytest.approx(-16, abs=1)
    caller.bye()
    anna.wait_for("BYE")
    record = last(box, before)
    assert (record.outcome, record.answered_by, record.answered_stage) == ("answered", "anna", "manager")
    assert record.client == "1001"
    assert record.codec.startswith("PCMA")
    assert record.ended_by == "caller"
    assert not ewa.received


def test_a_silent_manager_passes_the_call_to_the_team(scene) -> None:
    box, anna, ewa, caller = scene
    before = box.so_far()
    anna.mode = "ring"
    caller.call(box.uri("100"), from_=CLIENT)
    anna.wait_for("CANCEL")
    ewa.wait_for("INVITE")
    wait_until(lambda: box.agent("ewa") == "talking")
    ewa.bye()
    caller.wait_for("BYE")
    record = last(box, before)
    assert (record.outcome, record.answered_by, record.answered_stage) == ("answered", "ewa", "team")
    assert record.offered == (("anna", "no_answer"), ("ewa", "answered"))
    assert record.wait_s is not None
    assert record.wait_s > 2
    assert record.ended_by == "agent"


def test_a_busy_manager_passes_the_call_at_once(scene) -> None:
    box, anna, _ewa, caller = scene
    before = box.so_far()
    anna.mode = "busy"
    caller.call(box.uri("100"), from_=CLIENT)
    wait_until(lambda: box.agent("ewa") == "talking")
    caller.bye()
    record = last(box, before)
    assert (record.offered[0], record.answered_by) == (("anna", "busy"), "ewa")


def test_a_manager_whose_phone_is_unplugged_passes_the_call(scene) -> None:
    box, _anna, _ewa, caller = scene
    before = box.so_far()
    caller.call(box.uri("100"), from_=ABROAD)
    wait_until(lambda: "talking" in (box.agent("anna"), box.agent("ewa")))
    caller.bye()
    record = last(box, before)
    assert (record.client, record.offered[0], record.answered_stage) == ("1002", ("zoe", "unreachable"), "team")


def test_a_paused_manager_is_not_rung(scene) -> None:
    box, anna, _ewa, caller = scene
    before = box.so_far()
    box.command("anna", "pause")
    caller.call(box.uri("100"), from_=CLIENT)
    wait_until(lambda: box.agent("ewa") == "talking")
    caller.bye()
    box.command("anna", "unpause")
    assert last(box, before).answered_by == "ewa"
    assert not anna.received


def test_a_caller_who_hangs_up_while_the_phone_rings_cancels_it(scene) -> None:
    box, anna, _ewa, caller = scene
    before = box.so_far()
    anna.mode = "ring"
    caller.call(box.uri("100"), from_=CLIENT)
    anna.wait_for("INVITE")
    caller.bye()
    anna.wait_for("CANCEL")
    assert last(box, before).outcome == "abandoned"


def test_a_caller_who_hangs_up_in_the_menu_was_never_offered(scene) -> None:
    box, anna, ewa, caller = scene
    before = box.so_far()
    caller.call(box.uri("100"), from_=STRANGER)
    caller.bye()
    record = last(box, before)
    assert (record.outcome, record.queued_at) == ("in_menu", None)
    assert not anna.received + ewa.received


@pytest.mark.parametrize("way", ["rfc4733", "inband", "info"])
def test_an_unknown_caller_keys_a_client_number(scene, way: str) -> None:
    box, anna, _ewa, caller = scene
    before = box.so_far()
    assert caller.call(box.uri("100"), from_=STRANGER).code == 200
    wait_until(lambda: any(c["step"] == "number" for c in box.status()["board"]["calls"]))
    if way == "rfc4733":
        caller.rtp.press("1001")
    for key in "1001":
        if way == "inband":
            caller.rtp.say(dtmf(key))
            wait_until(lambda: len(caller.rtp._to_send) <= caller.rtp._position)
            caller.rtp.hear(0.05)
        elif way == "info":
            caller.info(key)
            caller.rtp.hear(0.2)
    wait_until(lambda: box.agent("anna") == "talking")
    caller.bye()
    anna.wait_for("BYE")
    record = last(box, before)
    assert (record.client, record.identified_by, record.answered_by) == ("1001", "keyed", "anna")


def test_a_number_without_a_flow_is_404(scene) -> None:
    box, _anna, _ewa, caller = scene
    assert caller.call(box.uri("999")).code == 404


def test_music_while_waiting_then_hold_and_resume(scene) -> None:
    box, anna, ewa, caller = scene
    before = box.so_far()
    anna.mode = ewa.mode = "ring"
    caller.call(box.uri("100"), from_=CLIENT)
    anna.wait_for("INVITE")
    music = caller.rtp.hear(1.0)
    assert abs(music.astype(float)).mean() > 100, "the caller heard no music"
    anna.pick_up()
    wait_until(lambda: box.agent("anna") == "talking")
    anna.rtp.say(sine(1500, -16, 1), loop=True)
    caller.rtp.say(sine(700, -10, 1), loop=True)
    assert caller.rtp.level(1500) == pytest.approx(-16, abs=1)
    assert anna.reinvite("sendonly").code == 200
    wait_until(lambda: box.status()["board"]["calls"][0]["held"])
    anna.received.clear()
    assert anna.reinvite("sendrecv").code == 200
    wait_until(lambda: not box.status()["board"]["calls"][0]["held"])
    assert caller.rtp.level(1500) == pytest.approx(-16, abs=1)
    assert anna.rtp.level(700) == pytest.approx(-10, abs=1)
    caller.bye()
    record = last(box, before)
    assert record.hold_s > 0
    assert record.talk_s >= record.hold_s


def test_the_test_number_sends_1004_hz_at_0_dbm0(scene) -> None:
    box, _anna, _ewa, caller = scene
    caller.call(box.uri("1004"))
    caller.rtp.press("2")
    wait_until(lambda: any(c["step"] == "tone" for c in box.status()["board"]["calls"]))
    level = caller.rtp.level(1004)
    caller.bye()
    assert level == pytest.approx(0, abs=0.5)
