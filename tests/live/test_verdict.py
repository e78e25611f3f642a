"""Holding a live call against its script: every shipped script with the sound that the simulator says it has."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from gateway.config.load import load_site
from gateway.config.problems import Place
from gateway.core.actions import Play
from gateway.core.facts.calls import CallBridged, CallEnded, StepEntered, TalkEnded
from gateway.live.actors import AGENT_HZ, CALLER_HZ
from gateway.live.g711 import RATE
from gateway.live.recognise import Heard, Strange
from gateway.live.rtp import pilot
from gateway.live.trial import Played, Talk
from gateway.live.verdict import SLACK_S, shown, verdict
from gateway.shipped import example_site
from gateway.simulate.lengths import Lengths
from gateway.simulate.office import simulate
from gateway.simulate.plan import HungUp, Pressed
from gateway.simulate.script import ExpectedFact
from gateway.simulate.script_files import load_scripts
from gateway.simulate.script_files import testable as with_all_numbers

from .material import alaw

SETTINGS = load_site(example_site())
SITE = with_all_numbers(SETTINGS.site)
SCRIPTS = {
    f"{file.flow}: {script.name}": script for file in load_scripts(example_site(), SITE) for script in file.scripts
}
KNOWN = SCRIPTS["reception_en: a known client reaches the assigned manager"]


def sound_of(run, sounds):
    """What the caller of a simulated call hears, as samples: prompts up to where they are cut, music, a pilot."""
    clips = {one.key: one.samples for one in sounds}
    began = run.log[0][0]
    wave = np.zeros(int((run.log[-1][0] - began + 8) * RATE), np.int16)
    for at, happened in run.log:
        start = int((at - began) * RATE)
        if isinstance(happened, Play):
            wave[start:] = 0
            samples = np.concatenate([clips[clip.key] for clip in happened.clips])
            if happened.loop:
                samples = np.resize(samples, wave.size)
        elif isinstance(happened, CallBridged):
            wave[start:] = 0
            samples = np.resize(pilot(AGENT_HZ[0]), wave.size)
        elif isinstance(happened, HungUp | TalkEnded) or (isinstance(happened, Pressed) and happened.cut):
            samples = np.zeros(wave.size, np.int16)
        else:
            continue
        wave[start:] = np.concatenate([samples, np.zeros(wave.size, np.int16)])[: wave.size - start]
    return alaw(wave)


def as_played(script, sounds, recogniser, lengths):
    run = simulate(SITE, script.plan, lengths=lengths)
    recording = sound_of(run, sounds)
    talks = [
        Talk(agent=fact.agent, pilot_hz=AGENT_HZ[0], recording=np.resize(pilot(CALLER_HZ), 40 * RATE))
        for fact in run.facts
        if isinstance(fact, CallBridged)
    ]
    return Played(run=run, heard=recogniser.listen(recording), recording=recording, talks=talks)


@pytest.fixture(scope="module")
def lengths(sounds, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lengths")
    for one in sounds:
        (folder / f"{one.key}.pcm").write_bytes(one.samples.astype("<i2").tobytes())
    return Lengths(SETTINGS.clips, folder)


@pytest.fixture
def played(sounds, recogniser, lengths):
    """The known client's call, all as it should be."""
    return as_played(KNOWN, sounds, recogniser, lengths)


def judged(script, played, **changed):
    expected = msgspec.structs.replace(script.expected, **changed)
    return verdict(msgspec.structs.replace(script, expected=expected), played)


@pytest.mark.parametrize("name", [name for name in SCRIPTS if not name.startswith("test_number")])
def test_what_the_simulator_says_is_recognised_in_its_sound(name, sounds, recogniser, lengths):
    played = as_played(SCRIPTS[name], sounds, recogniser, lengths)
    assert [str(difference) for difference in verdict(SCRIPTS[name], played)] == []
    heard = [one.words[0] for one in played.heard if isinstance(one, Heard) and not one.music]
    assert " ".join(heard) == " ".join(played.run.heard)


def test_another_prompt_than_expected_is_told_with_what_was_heard(played):
    place = Place("flows/x.calls.yaml", 7, 9)
    differences = judged(KNOWN, played, hears=(("Good morning", place), ("account manager, Piotr", place)))
    (difference,) = differences
    assert str(difference) == (
        'flows/x.calls.yaml:7:9: hears, after "Good morning, thank you for calling."\n'
        '  expected: "account manager, Piotr"\n'
        '  got:      "I am connecting you with your account manager," | "Anna Nowak"'
    )


def test_the_order_of_prompts_counts(played):
    place = Place("f", 1, 1)
    (difference,) = judged(KNOWN, played, hears=(("Anna Nowak", place), ("Good morning", place)))
    assert (difference.expected, difference.got) == ('"Good morning"', "nothing more")


def test_a_prompt_that_was_cut_counts_as_begun(played):
    place = Place("f", 1, 1)
    played.heard = [Heard(start_s=0, end_s=1, words=("Please key your client number.",), score=1, cut=True)]
    assert not [one for one in judged(KNOWN, played, hears=(("client number", place),)) if one.what == "hears"]
    assert not [one for one in judged(KNOWN, played, hears=(("client number. Then", place),)) if one.what == "hears"]
    assert [one for one in judged(KNOWN, played, hears=(("Then press", place),)) if one.what == "hears"]
    played.heard = [msgspec.structs.replace(played.heard[0], cut=False)]
    assert [one for one in judged(KNOWN, played, hears=(("client number. Then", place),)) if one.what == "hears"]


def test_either_of_two_prompts_that_sound_alike_will_do(played):
    place = Place("f", 1, 1)
    played.heard = [Heard(start_s=0, end_s=1, words=("We are sorry, it is late.", "We are sorry."), score=1, cut=True)]
    assert not [one for one in judged(KNOWN, played, hears=(("it is late", place),)) if one.what == "hears"]


def test_sound_that_is_no_prompt_is_a_difference(played):
    played.heard.append(Strange(start_s=65.04, end_s=66.54, near="Good morning", score=0.41))
    (difference,) = judged(KNOWN, played)
    assert difference.what == "at 1:05.0 something is heard that is no prompt"
    assert difference.got == 'a sound of 1.5 s, nearest to "Good morning" (0.41)'


def test_the_own_voice_in_an_echo_is_no_strange_sound(played):
    script = SCRIPTS["test_number: echo until a key, then the tone to its end, then goodbye"]
    played.run = simulate(SITE, script.plan)
    steps = [fact for fact in played.run.facts if isinstance(fact, StepEntered)]
    echo_s = next(fact.at for fact in steps if fact.verb == "echo") - steps[0].at
    for at, told in ((echo_s + 0.1, 0), (echo_s - 3, 1)):
        played.heard = [Strange(start_s=at, end_s=at + 0.4)]
        strange = [one for one in verdict(script, played) if "no prompt" in one.what]
        assert len(strange) == told


@pytest.mark.parametrize("deaf", ["caller", "agent"])
def test_a_talk_in_which_one_does_not_hear_the_other_is_a_difference(played, deaf):
    if deaf == "caller":
        talk = next(one for one in played.heard if isinstance(one, Strange))
        played.recording = played.recording.copy()
        played.recording[int((talk.start_s - 0.5) * RATE) :] = 0
    else:
        played.talks = [msgspec.structs.replace(played.talks[0], recording=np.zeros(40 * RATE, np.int16))]
    (difference,) = judged(KNOWN, played)
    assert difference.what == "the talk with anna"
    assert ("the caller heard anna for 0.0 s" in difference.got) == (deaf == "caller")
    assert ("anna the caller for 0.0 s" in difference.got) == (deaf == "agent")


def test_a_length_may_differ_by_as_much_as_a_real_machine_needs(played):
    talk_s = next(fact for fact in played.run.facts if isinstance(fact, TalkEnded)).talk_s
    place = Place("f", 1, 1)
    for text, good in ((f"{talk_s + SLACK_S - 0.1:g}", True), (f"{talk_s + SLACK_S + 0.5:g}", False)):
        facts = (ExpectedFact("TalkEnded", (("talk_s", text),), place),)
        assert (not judged(KNOWN, played, facts=facts)) == good


def test_a_call_that_could_not_be_played_never_passes(played):
    played.problem = "the gateway left in the middle of the call"
    assert "left in the middle" in str(judged(KNOWN, played)[0])
    played.run.facts.clear()
    assert len(judged(KNOWN, played)) == 1


def test_a_test_number_whose_echo_is_not_heard_is_a_difference(played):
    script = SCRIPTS["test_number: echo until a key, then the tone to its end, then goodbye"]
    played.run = simulate(SITE, script.plan)
    assert any(isinstance(fact, CallEnded) for fact in played.run.facts)
    played.heard, played.talks = [], []
    played.recording = np.zeros(80 * RATE, np.int16)
    assert "the tone" in [one.what for one in verdict(script, played)]


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        (Heard(start_s=0, end_s=1, words=("A", "B"), score=1, cut=True), '"A" or "B" (cut off)'),
        (Heard(start_s=0, end_s=1, words=("music",), score=1, cut=True, music=True), "music"),
        (Strange(start_s=0, end_s=1, hz=1000.0), "a tone of 1000 Hz, 1.0 s"),
        (Strange(start_s=0, end_s=1), "a sound of 1.0 s"),
    ],
)
def test_what_was_heard_in_words(heard, text):
    assert shown(heard) == text
