"""What the recogniser makes of recordings: whole prompts, cut ones, music, damage, and sound that it does not know."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.live.recognise import Heard, Recogniser, Strange

from .confusion import measure
from .material import alaw, joined, values

RATE = 8000


def words(heard):
    return [one.words[0] if isinstance(one, Heard) else "?" for one in heard]


def test_every_shipped_clip_is_recognised_and_none_is_taken_for_another(sounds):
    found = measure(sounds, every=5)
    assert (found.missed, found.false) == ([], [])
    assert found.right_min > 0.99


@pytest.mark.parametrize("language", ["pl", "en"])
def test_words_for_numbers_are_told_apart(language):
    found = measure(values(language, range(0, 60, 3)), every=3)
    assert found.clips > 15
    assert (found.missed, found.false) == ([], [])


def test_prompts_in_a_row_with_their_times(recogniser, sound):
    first, second = sound("Good morning"), sound("Invoices")
    heard = recogniser.listen(alaw(joined(800, first, second, 1600)))
    assert words(heard) == [
        "Good morning, thank you for calling.",
        "Invoices, one. Technical matters, two. Your account manager, zero.",
    ]
    assert heard[0].start_s == pytest.approx(0.1, abs=0.02)
    assert heard[1].start_s == pytest.approx(0.1 + len(first) / RATE, abs=0.02)
    assert not any(one.cut for one in heard)


@pytest.mark.parametrize("cut_s", [0.3, 0.5, 0.9, 2.0])
def test_a_prompt_that_a_key_cut_is_known_by_its_beginning(recogniser, sound, cut_s):
    cut = sound("Proszę podać")[: int(cut_s * RATE)]
    heard = recogniser.listen(alaw(joined(500, cut, 700, sound("Faktury"))))
    assert [one.cut for one in heard] == [True, False]
    assert any(text.startswith("Proszę podać") for text in heard[0].words)
    assert heard[0].end_s == pytest.approx(0.0625 + cut_s, abs=0.15)
    assert heard[1].words[0].startswith("Faktury")


def test_where_prompts_begin_alike_all_are_named(recogniser, sound):
    heard = recogniser.listen(alaw(joined(sound("We are sorry, nobody")[: RATE * 6 // 10], 800)))
    assert len(heard) == 1
    assert {text[:20] for text in heard[0].words} == {
        "We are sorry, nobody",
        "We are sorry, there ",
        "We are sorry, we can",
    }


def test_music_goes_round_and_ends_anywhere(recogniser, sounds, sound):
    music = next(one.samples for one in sounds if one.music)
    for end in (7000, 40_000, 123_456):
        heard = recogniser.listen(alaw(joined(music, music[:end], sound("Przepraszamy, nikt"))))
        assert [one.music for one in heard] == [True, False]
        assert heard[1].words[0].startswith("Przepraszamy, nikt")
        assert not heard[1].cut


@pytest.mark.parametrize("gap", [-160, 160, 320])
def test_a_frame_lost_or_put_in_changes_nothing(recogniser, sound, gap):
    clip, at = sound("Invoices"), 16_000
    parts = (clip[:at], clip[at - gap :]) if gap < 0 else (clip[:at], gap, clip[at:])
    heard = recogniser.listen(alaw(joined(300, *parts, 800)))
    assert words(heard) == ["Invoices, one. Technical matters, two. Your account manager, zero."]
    assert not heard[0].cut


@pytest.mark.parametrize("gain", [0.25, 1.5])
def test_softer_or_louder_is_the_same(recogniser, sound, gain):
    heard = recogniser.listen(alaw(joined(300, (sound("Test number") * gain).astype(np.int16), 800)))
    assert words(heard) == ["Test number."]


def test_noise_on_the_line_does_not_hide_a_prompt(recogniser, sound):
    clip = joined(300, sound("Good morning"), 800).astype(float)
    noise = np.random.default_rng(7).normal(0, 60, clip.size)  # 30 dB below the speech
    heard = recogniser.listen(alaw(np.clip(clip + noise, -32768, 32767)))
    assert words([one for one in heard if isinstance(one, Heard)]) == ["Good morning, thank you for calling."]


def test_a_prompt_that_the_site_does_not_have_is_strange_and_the_nearest_is_named(sounds):
    without = Recogniser(tuple(one for one in sounds if not one.words.startswith("Good morning")))
    clip = next(one.samples for one in sounds if one.words.startswith("Good morning"))
    heard = without.listen(alaw(joined(300, clip, 800)))
    assert heard
    assert all(isinstance(one, Strange) for one in heard)
    assert heard[0].near
    assert heard[0].score < 0.8


def test_half_a_prompt_out_of_its_middle_is_not_heard_as_the_prompt(recogniser, sound):
    heard = recogniser.listen(alaw(joined(300, sound("Invoices")[20_000:], 800)))
    assert not any(isinstance(one, Heard) and one.words[0].startswith("Invoices") for one in heard)
    assert any(isinstance(one, Strange) and one.near.startswith("Invoices") for one in heard)


def test_a_tone_is_told_by_its_frequency(recogniser):
    tone = 8000 * np.sin(2 * np.pi * 1004 * np.arange(2 * RATE) / RATE)
    heard = recogniser.listen(alaw(joined(300, tone.astype(np.int16), 800)))
    assert len(heard) == 1
    assert heard[0].hz == pytest.approx(1004, abs=10)
    assert heard[0].end_s - heard[0].start_s == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize("recording", [np.zeros(0, np.int16), np.zeros(5, np.int16), np.zeros(99_999, np.int16)])
def test_silence_is_nothing(recogniser, recording):
    assert recogniser.listen(recording) == []


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_no_prompt(recogniser, seed):
    noise = np.random.default_rng(seed).normal(0, 3000, 20_000).astype(np.int16)
    assert not any(isinstance(one, Heard) for one in recogniser.listen(noise))


def test_a_site_without_prompts_recognises_nothing():
    heard = Recogniser(()).listen(np.full(9000, 5000, np.int16))
    assert not any(isinstance(one, Heard) for one in heard)
