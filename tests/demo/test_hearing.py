"""The judges of the demo must be able to fail: silence, another prompt, another voice, a break, a wrong level."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.demo.hearing import (
    Ear,
    beginning_heard,
    ending_heard,
    find_clip,
    find_pilot,
    share_covered,
)
from gateway.demo.pcm import RATE, amplitude, level_dbm0, read_recording, write_wav
from gateway.demo.verdicts import Verdict
from gateway.demo.voice import DTMF_HZ, PILOT_DBM0, PILOTS_HZ, key_tones, party_voice, speak, tone

RNG = np.random.default_rng(20)


def noise(length_s, peak=8):
    return RNG.uniform(-peak, peak, int(length_s * RATE))


def alaw(samples):
    """Through G.711 and back: 13-bit steps that grow with the level, as in every recording of the demo."""
    size = np.maximum(np.abs(samples), 16)
    step = 2.0 ** np.floor(np.log2(size) - 4)
    return np.round(samples / step) * step


@pytest.fixture(scope="module")
def greeting():
    return speak("Dzień dobry, tu biuro rachunkowe. Proszę poczekać na połączenie.", "pl")


@pytest.fixture(scope="module")
def question():
    return speak("Proszę wybrać numer klienta i nacisnąć krzyżyk.", "pl")


@pytest.fixture(scope="module")
def anna():
    return party_voice(("Biuro, słucham.", "W czym mogę pomóc?"), "pl", PILOTS_HZ[3], length_s=6)


def test_level_of_a_full_scale_sine_is_3_14_dbm0():
    assert level_dbm0(tone(1000, 3.14, 1)) == pytest.approx(3.14, abs=0.01)
    assert level_dbm0(np.zeros(100)) == -90
    assert amplitude(3.14) == pytest.approx(32768)


def test_a_prompt_is_found_where_it_was_played(greeting):
    heard = find_clip(alaw(np.concatenate([noise(0.7), greeting, noise(1.0)])), greeting)
    assert heard.share == 1.0
    assert heard.start_s == pytest.approx(0.7, abs=0.1)
    assert heard.slip_ms == 0.0


def test_a_prompt_is_found_at_half_the_volume(greeting):
    assert find_clip(alaw(np.concatenate([noise(0.7), greeting / 2])), greeting).share == 1.0


def test_another_prompt_of_the_same_voice_is_not_that_prompt(greeting, question):
    assert find_clip(np.concatenate([noise(0.7), question, noise(1)]), greeting).share < 0.35


@pytest.mark.parametrize("recording", [np.zeros(0), np.zeros(80000), noise(10), noise(10, 3000)])
def test_silence_and_noise_hold_no_prompt(greeting, recording):
    assert find_clip(recording, greeting).share == 0.0
    assert not ending_heard(recording, greeting)
    assert not beginning_heard(recording, greeting)


def test_a_silent_clip_proves_nothing():
    assert find_clip(np.zeros(80000), np.zeros(16000)).share == 0.0


def test_a_prompt_that_was_cut_short_shows_how_much_was_heard(greeting):
    heard = find_clip(np.concatenate([noise(0.3), greeting[: greeting.size // 2], noise(3)]), greeting)
    assert 0.2 < heard.share < 0.6


def test_lost_samples_inside_a_prompt_show_as_slip(greeting):
    cut = greeting.size // 2
    heard = find_clip(np.concatenate([greeting[:cut], greeting[cut + 160 :]]), greeting)
    assert heard.slip_ms == pytest.approx(20, abs=1)


def test_beginning_and_ending(greeting):
    half = greeting[: greeting.size // 2]
    assert beginning_heard(half, greeting)
    assert not ending_heard(half, greeting)
    assert ending_heard(greeting, greeting)


def test_a_pilot_is_heard_under_speech_at_its_level(anna):
    heard = find_pilot(alaw(np.concatenate([noise(1), anna, noise(1)])), PILOTS_HZ[3])
    assert heard.heard_s == pytest.approx(6, abs=0.4)
    assert heard.level_dbm0 == pytest.approx(PILOT_DBM0, abs=0.3)
    assert heard.break_ms <= 60


def test_no_other_pilot_is_heard(anna):
    recording = alaw(np.concatenate([noise(1), anna]))
    assert [hz for hz in PILOTS_HZ if find_pilot(recording, hz).heard_s > 0.5] == [PILOTS_HZ[3]]


def test_prompts_hold_no_pilot(greeting, question):
    recording = np.concatenate([greeting, question])
    assert [hz for hz in PILOTS_HZ if find_pilot(recording, hz).heard_s > 0.5] == []


def test_a_break_in_a_voice_is_measured(anna):
    broken = anna.copy()
    broken[3 * RATE : 3 * RATE + RATE // 2] = 0
    assert find_pilot(broken, PILOTS_HZ[3]).break_ms == pytest.approx(500, abs=60)


def test_music_in_a_loop_is_recognised_across_its_seam():
    t = np.arange(4 * RATE) / RATE
    music = 4000 * np.sin(2 * np.pi * (300 + 60 * t) * t)
    assert share_covered(np.concatenate([music[RATE:], music, music[:RATE]]), music) > 0.9
    assert share_covered(noise(4, 4000), music) == 0.0
    assert share_covered(np.zeros(4 * RATE), music) == 0.0


def test_verdicts_fail_on_the_wrong_audio(greeting, question, anna):
    for pcm in (np.zeros(8 * RATE), noise(8), question):
        verdict = Verdict()
        verdict.heard_prompt(Ear("caller", pcm), "Dzień dobry", greeting)
        assert not verdict.good
        verdict = Verdict()
        verdict.heard_voice(Ear("caller", pcm), "Anna", PILOTS_HZ[3])
        assert not verdict.good


@pytest.mark.parametrize("change", ["another pilot", "6 dB less", "broken", "somebody else too"])
def test_a_voice_verdict_fails_when(anna, change):
    pcm, hz = anna.copy(), PILOTS_HZ[3]
    verdict = Verdict()
    verdict.heard_voice(Ear("caller", pcm), "Anna", hz)
    assert verdict.good
    if change == "another pilot":
        hz = PILOTS_HZ[4]
    elif change == "6 dB less":
        pcm /= 2
    elif change == "broken":
        pcm[2 * RATE : 3 * RATE] = 0
    else:
        pcm[: 2 * RATE] += tone(PILOTS_HZ[5], PILOT_DBM0, 2)
    verdict = Verdict()
    verdict.heard_voice(Ear("caller", pcm), "Anna", hz)
    assert not verdict.good


def test_a_whole_prompt_is_not_one_that_was_cut_short(greeting, question):
    for pcm, good in ((greeting, False), (greeting[: greeting.size // 2], True), (question, False)):
        verdict = Verdict()
        verdict.heard_prompt(Ear("caller", np.concatenate([pcm, noise(3)])), "it", greeting, cut_short=True)
        assert verdict.good is good


def test_a_verdict_without_checks_is_not_good():
    assert not Verdict().good


def test_a_record_that_differs_in_one_field_fails():
    verdict = Verdict()
    verdict.record_says({"answered_by": "anna", "wait_s": 1.0}, {"answered_by": "anna"})
    assert verdict.good
    verdict.record_says({"answered_by": "anna"}, {"answered_stage": "manager"})
    assert not verdict.good


def test_key_tones_hold_each_key_in_turn():
    keys = "0123456789*#ABCD"
    pcm = key_tones(keys)
    for index, key in enumerate(keys):
        start = int((0.1 + 0.2 * index) * RATE)
        window = pcm[start : start + 800]
        spectrum = np.abs(np.fft.rfft(window * np.hanning(800)))
        loudest = sorted(np.argsort(spectrum)[-6:] * RATE / 800)
        assert min(loudest) == pytest.approx(DTMF_HZ[key][0], abs=25)
        assert max(loudest) == pytest.approx(DTMF_HZ[key][1], abs=25)


def test_a_recording_that_still_grows_can_be_read(tmp_path):
    path = write_wav(tmp_path / "a.wav", tone(1000, -10, 1))
    path.write_bytes(path.read_bytes()[:-1001])
    assert read_recording(path).size == 8000 - 501
    assert read_recording(tmp_path / "none.wav").size == 0
