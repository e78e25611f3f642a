"""Waiting over real SIP and RTP: the place is heard in words, the music goes on, a key leaves the queue, and an agent
who answers cuts what is being said."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from gateway.config.load import load_site
from gateway.core.facts.calls import QueueEntered, QueueLeft, StepEntered
from gateway.core.facts.queue import PlaceRegained, WaitTold
from gateway.live.inventory import sounds_of
from gateway.live.recognise import Heard, Recogniser
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import sine

pytestmark = pytest.mark.sip
CLIENT = '"Flower" <sip:+48220000201@127.0.0.1>'
STRANGER = '"Stranger" <sip:+48220000299@127.0.0.1>'
OFFERS = (
    "Our offices are on the second floor of the old mill, next to the river and the railway station, where the bus of "
    "line twelve stops every ten minutes. You are welcome to come and see us on any working day from nine to five."
)
TEAM = f"""ring_manager: 60s
    ring_each: 60s
    max_wait: 10 min
    queue_max: 1
    announce: {{position: yes, wait: no, first: 2s, every: 5s}}
    periodic: {{say: "{OFFERS}", every: 3600s}}"""
FLOW = f"""
flow: main
language: en
start: human
steps:
  human:
    queue: office
    keys: {{"1": later}}
    full: no_room
    gave_up: bye
  later: {{say: "We shall call you back.", then: bye}}
  no_room: {{hang_up: "Everybody is busy."}}
  bye: {{hang_up: "Bye."}}
flows:
  eager:
    start: human
    steps:
      human:
        queue: office
        announce: no
        periodic: {{say: "{OFFERS}", every: 5s}}
        gave_up: hang_up
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, Phone, Recogniser]]:
    """One box for the module, anna's desk phone, and an ear that knows every clip of the site."""
    anna = Phone("anna")
    box = Box(
        tmp_path_factory.mktemp("waiting"), agents={"anna": anna.uri}, flow=FLOW, team=TEAM, numbers={"200": "eager"}
    )
    with box:
        ear = Recogniser(sounds_of(load_site(box.folder), box.state / "clips"))
        yield box, anna, ear
    anna.close()


@pytest.fixture
def office(running: tuple[Box, Phone, Recogniser]) -> tuple[Box, Phone, Recogniser]:
    """The same, when nothing is left of the test before."""
    box, anna, ear = running
    wait_until(lambda: not box.status()["board"]["calls"] and box.agent("anna") == "idle", 20, "somebody is left busy")
    wait_until(lambda: box.status()["board"]["lines"][0]["legs"] == 0, 15, "a leg is left")
    anna.received.clear()
    anna.incoming, anna.remote_tag, anna.mode = None, "", "answer"
    return box, anna, ear


def of(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


def heard_of(phone: Phone, ear: Recogniser) -> list[Heard]:
    """The clips that this phone has heard since it was called."""
    recording = np.concatenate(phone.rtp.heard) if phone.rtp.heard else np.zeros(0, np.int16)
    return [one for one in ear.listen(recording) if isinstance(one, Heard)]


def heard(phone: Phone, ear: Recogniser) -> list[str]:
    """The same in words; ♪ for music."""
    return ["♪" if one.music else one.words[0] for one in heard_of(phone, ear)]


def test_the_place_is_told_and_a_key_leaves_the_queue(office: tuple[Box, Phone, Recogniser]) -> None:
    box, anna, ear = office
    first, second = Phone("first"), Phone("second")
    before, told = box.so_far(), len(of(box, WaitTold))
    try:
        assert first.call(box.uri("100"), from_=CLIENT).code == 200
        wait_until(lambda: box.agent("anna") == "talking", 20)
        assert second.call(box.uri("100"), from_=STRANGER).code == 200
        wait_until(lambda: len(of(box, WaitTold)) > told, 20, "nothing was announced")
        said = ["You are number", "one", "in the queue."]
        wait_until(lambda: heard(second, ear)[:5] == ["♪", *said, "♪"], 20, f"it heard {heard(second, ear)}")
        second.rtp.press("5")  # a key that means nothing
        wait_until(lambda: len(of(box, WaitTold)) == told + 2, 20, "it was not announced again")
        second.rtp.press("1")
        second.wait_for("BYE", 30)
        assert heard(second, ear)[-2:] == ["We shall call you back.", "Bye."]
        wait_until(lambda: box.so_far() == before + 1, 10)
        record = box.records()[-1]
        (left,) = [fact for fact in of(box, QueueLeft) if fact.call == record.call]
        assert (left.outcome, left.reason) == ("overflowed", "key")
        assert (record.keys, record.path) == ((("human", "1"),), ("human", "later", "bye"))
        assert box.agent("anna") == "talking", "the talk of the other caller goes on"
        first.bye()
        anna.wait_for("BYE", 20)
    finally:
        for phone in (first, second):
            phone.close()


def test_a_full_queue_then_the_place_of_who_calls_again_after_a_kill(office: tuple[Box, Phone, Recogniser]) -> None:
    box, anna, ear = office
    anna.mode = "ring"
    first, second = Phone("first"), Phone("second")
    entered, before = len(of(box, QueueEntered)), box.so_far()
    try:
        assert first.call(box.uri("100"), from_=CLIENT).code == 200
        anna.wait_for("INVITE", 20)
        assert second.call(box.uri("100"), from_=STRANGER).code == 200
        second.wait_for("BYE", 30)
        assert heard(second, ear) == ["Everybody is busy."]
        wait_until(lambda: of(box, StepEntered)[-1].step == "no_room", 10)
        full = of(box, QueueLeft)[-1]
        assert (full.outcome, full.reason, full.wait_s) == ("overflowed", "full", 0.0)
        first.bye()
        wait_until(lambda: box.so_far() == before + 2, 20)
        assert of(box, QueueLeft)[-1].outcome == "abandoned"
        box.kill()
        box.start()
        wait_until(lambda: box.agent("anna") == "idle", 20)
        anna.received.clear()
        first.close()
        first = Phone("first")
        assert first.call(box.uri("100"), from_=CLIENT).code == 200
        (back,) = wait_until(lambda: of(box, PlaceRegained), 20, "the place was not given back")
        assert (back.reason, back.since) == ("abandoned", of(box, QueueEntered)[entered].at)
        first.bye()
        wait_until(lambda: box.so_far() == before + 3, 20)
    finally:
        for phone in (first, second):
            phone.close()


def test_who_answers_cuts_what_is_being_said(office: tuple[Box, Phone, Recogniser]) -> None:
    box, anna, ear = office
    anna.mode = "busy"
    caller = Phone("caller")
    told = len(of(box, WaitTold))
    try:
        assert caller.call(box.uri("200"), from_=CLIENT).code == 200
        wait_until(lambda: len(of(box, WaitTold)) > told, 30, "nothing was announced")
        anna.mode = "answer"
        wait_until(lambda: box.agent("anna") == "talking", 40, "she was not rung again")
        anna.rtp.say(sine(1500, -16, 1), loop=True)
        assert caller.rtp.level(1500) == pytest.approx(-16, abs=1)
        said = [one for one in heard_of(caller, ear) if one.words[0] == OFFERS]
        assert [one.cut for one in said] == [True]
    finally:
        caller.bye()
        caller.close()
