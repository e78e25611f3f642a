"""The shipped flows in the example site, walked on the real switchboard: what is heard, who is rung, and that no
clip is ever asked for that was not made ready when the site was loaded."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import shipped
from gateway.config.load import load_site
from gateway.core.actions import Dial, Echo, HangUp, Play, Tone
from gateway.core.facts.calls import InputTaken
from tests.core.factory import Rig, words

SETTINGS = load_site(shipped.example_site())
CLIPS = {clip.key for clip in SETTINGS.clips}
POLISH, ENGLISH, TEST = "+48220000100", "+48220000101", "1004"
KNOWN, STRANGER = "+48220000201", "+48220009999"


@pytest.fixture
def rig():
    return Rig(SETTINGS.site)


def said(rig, leg):
    return [words(action) for action in rig.actions if isinstance(action, Play) and action.leg == leg and words(action)]


@pytest.mark.parametrize(
    ("called", "greeting", "connecting"),
    [
        (POLISH, "Dzień dobry, dziękujemy za telefon.", "Łączę z Państwa opiekunem, Anną Nowak"),
        (ENGLISH, "Good morning, thank you for calling.", "I am connecting you with your account manager, Anna Nowak"),
    ],
)
def test_a_known_client_is_led_to_the_assigned_manager(rig, called, greeting, connecting):
    leg = rig.call(KNOWN, called=called)
    rig.heard(leg)
    assert said(rig, leg)[:2] == [greeting, connecting]
    assert rig.dialled().agent == "anna"


def test_a_stranger_keys_a_client_number_and_is_led_to_that_manager(rig):
    leg = rig.call(STRANGER, called=POLISH)
    rig.heard(leg)
    rig.press(leg, "1002#")
    assert said(rig, leg)[-1].startswith("Faktury, jeden.")
    rig.press(leg, "1")
    assert said(rig, leg)[-1] == "Łączę z Państwa opiekunem, Piotrem Zielińskim"
    assert rig.dialled().agent == "piotr"


def test_a_stranger_without_a_number_reaches_the_team_of_the_matter(rig):
    leg = rig.call(STRANGER, called=ENGLISH)
    rig.heard(leg)
    rig.press(leg, "4711#")
    assert said(rig, leg)[-1].startswith("I do not know that number.")
    rig.press(leg, "4712#")
    rig.press(leg, "2")
    assert said(rig, leg)[-1] == "I am connecting you with our technicians."
    assert rig.dialled().agent in SETTINGS.site.teams["technical"].agents


def test_who_says_nothing_reaches_a_person(rig):
    leg = rig.call(STRANGER, called=POLISH)
    for _ in range(8):
        if any(isinstance(action, Dial) for action in rig.actions):
            break
        rig.heard(leg)
        rig.pass_time(10)
    assert rig.dialled().agent in SETTINGS.site.teams["office"].agents


def test_the_test_number(rig):
    leg = rig.call(STRANGER, called=TEST)
    rig.heard(leg)
    rig.press(leg, "1")
    assert [action.on for action in rig.actions if isinstance(action, Echo)] == [True]
    rig.press(leg, "5")
    rig.press(leg, "2")
    (tone,) = [action for action in rig.actions if isinstance(action, Tone)]
    assert (tone.hz, tone.level_dbm0) == (1004.0, 0.0)
    rig.pass_time(11)
    rig.press(leg, "#")
    rig.heard(leg)
    assert any(isinstance(action, HangUp) and action.leg == leg for action in rig.actions)


@given(
    caller=st.sampled_from([KNOWN, STRANGER, "+48220000204", "", "anonymous"]),
    called=st.sampled_from([POLISH, ENGLISH, TEST]),
    deeds=st.lists(
        st.sampled_from([*"0123456789*#", "1001#", "heard", "wait", "long wait", "ring", "pick up"]), max_size=25
    ),
)
@settings(max_examples=150, deadline=None)
def test_every_clip_that_is_played_was_made_ready(caller, called, deeds):
    rig = Rig(SETTINGS.site)
    leg = rig.call(caller, called=called)
    for deed in deeds:
        if not rig.where(leg):
            break
        playing = [action for action in rig.new if isinstance(action, Play)]
        match deed:
            case "heard":
                if playing and not playing[-1].loop:
                    rig.heard(playing[-1].leg)
            case "wait":
                rig.pass_time(7)
            case "long wait":
                rig.pass_time(400)
            case "ring" | "pick up":
                if dials := [action for action in rig.new if isinstance(action, Dial)]:
                    (rig.ring if deed == "ring" else rig.pick_up)(dials[-1].leg)
            case keys:
                rig.press(leg, keys)
    for action in rig.actions:
        if isinstance(action, Play):
            assert {clip.key for clip in action.clips} <= CLIPS, words(action)
    assert all(fact.outcome in {"match", "no_match", "no_input"} for fact in rig.of(InputTaken))
