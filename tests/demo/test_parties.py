"""The foreign parties against each other, without a gateway: what one says, keys and does, the other reports."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gateway.demo.hearing import find_pilot
from gateway.demo.parties import RTP_PORTS, Party
from gateway.demo.pcm import write_wav
from gateway.demo.ports import Ports
from gateway.demo.voice import PILOT_DBM0, PILOTS_HZ, key_tones, party_voice
from tests.sip.harness import wait_until

pytestmark = pytest.mark.sip
PATIENCE_S = 20


@pytest.fixture
def phones(tmp_path):
    ports, parties = Ports(), []
    for index, user in enumerate(("caller", "anna")):
        pcm = party_voice(("Dzień dobry.", "Słucham."), "pl", PILOTS_HZ[index], length_s=20)
        base = ports.block(4 + RTP_PORTS)
        voice = write_wav(tmp_path / f"{user}.wav", pcm)
        parties.append(Party(user, user, voice, PILOTS_HZ[index], tmp_path / user, base, base + 2, base + 4))
    try:
        for party in parties:
            party.start()
        yield parties
    finally:
        for party in parties:
            party.stop()


def keyed(party: Party) -> list[str]:
    """The keys that it has heard."""
    return [one.detail for one in party.happenings if one.kind == "CALL_DTMF_START"]


def test_a_call_with_voices_keys_and_a_bye(phones, tmp_path):
    caller, anna = phones
    caller.call(anna.uri)
    assert anna.wait("CALL_INCOMING", PATIENCE_S)
    anna.accept()
    assert caller.wait("CALL_ESTABLISHED", PATIENCE_S)
    time.sleep(1.5)
    caller.keys("12#")
    wait_until(lambda: keyed(anna) == ["1", "2", "#"], PATIENCE_S, "the keys do not come")
    time.sleep(1)
    caller.speak(write_wav(tmp_path / "k.wav", np.concatenate([key_tones("7"), np.zeros(80000)])), "7 in-band")
    time.sleep(0.5)
    anna.hang_up()
    assert caller.wait("CALL_CLOSED", PATIENCE_S)
    assert caller.wait_sip(lambda m: m.method == "BYE" and not m.sent, PATIENCE_S)
    assert anna.wait_sip(lambda m: m.method == "BYE" and m.sent, PATIENCE_S)
    assert keyed(anna) == ["1", "2", "#"]
    heard = find_pilot(anna.ear().pcm, PILOTS_HZ[0])
    assert heard.level_dbm0 == pytest.approx(PILOT_DBM0, abs=0.5)
    assert find_pilot(anna.ear().pcm, PILOTS_HZ[1]).heard_s == 0
    assert find_pilot(caller.ear().pcm, PILOTS_HZ[1]).heard_s > 2


def test_a_caller_who_gives_up_cancels(phones):
    caller, anna = phones
    caller.call(anna.uri)
    assert anna.wait("CALL_INCOMING", PATIENCE_S)
    caller.hang_up()
    assert anna.wait_sip(lambda m: m.method == "CANCEL" and not m.sent, PATIENCE_S)
    assert anna.ear().pcm.size == 0


def test_a_phone_that_is_off_does_not_answer(phones):
    caller, anna = phones
    anna.stop()
    caller.call(anna.uri)
    assert caller.wait("CALL_ESTABLISHED", 1.5) is None
