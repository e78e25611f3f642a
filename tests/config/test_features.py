"""`features:` of gateway.yaml as the core gets it; whom digits and addresses mean."""

from __future__ import annotations

import shutil
from typing import get_args

import pytest
from msgspec.structs import replace

from gateway.config.features import TEXTS
from gateway.config.load import load_site
from gateway.core.facts.talk import TransferReason
from gateway.core.site.features import DEFAULT_CODES, Features, Keyed, read
from gateway.core.speech import saying
from gateway.core.talk import targets
from gateway.core.talk.targets import Target
from tests.config.test_broken import HERE
from tests.core.factory import site

SITE = (HERE / "sound" / "gateway.yaml").read_text()


def loaded(tmp_path, more=""):
    folder = tmp_path / "site"
    shutil.copytree(HERE / "sound", folder)
    (folder / "gateway.yaml").write_text(SITE + more)
    return load_site(folder)


def test_without_the_section_no_key_means_anything_and_refer_still_has_its_rules(tmp_path):
    features = loaded(tmp_path, 'dial: ["+48*"]\n').site.features
    assert features.codes == {}
    assert features.said == {}
    assert (features.ring_s, features.trunk, features.dial) == (20.0, "provider", ("+48*",))


def test_an_empty_section_has_every_code(tmp_path):
    features = loaded(tmp_path, "features: {}\n").site.features
    assert features.codes == DEFAULT_CODES


def test_what_is_set_and_switched_off(tmp_path):
    features = loaded(
        tmp_path,
        'features: {blind: "*21", park: off, three_way: "*55", ring: 30s, park_time: 5 min,'
        ' extensions: {"11": anna, "0": office}}\n',
    ).site.features
    assert features.codes == {"blind": "*21", "consult": "*3", "back": "*4", "three_way": "*55"}
    assert features.extensions == {"11": "anna", "0": "office"}
    assert (features.ring_s, features.park_s) == (30.0, 300.0)


def test_what_an_agent_is_told_is_made_ready_in_the_offices_first_language(tmp_path):
    settings = loaded(tmp_path, "features: {}\n")
    keys = {clip.key for clip in settings.clips}
    said = settings.site.features.said
    for prompt in said.values():
        clips = saying.clips_of(prompt, {}, language="", fallback="", site=settings.site)
        assert clips
        assert {clip.key for clip in clips} <= keys
    (clip,) = saying.clips_of(said["parked_3"], {}, language="", fallback="", site=settings.site)
    assert clip.words == "Zaparkowano pod numerem 3."
    spoken = set(TEXTS["pl"]) - {"parked", "ringing", "no_slot"}
    unsaid = set(get_args(TransferReason)) - spoken
    assert unsaid == {"queue_gave_up", "gone", "restart"}  # nobody is there, or the agent hears the caller again
    assert TEXTS["pl"].keys() == TEXTS["en"].keys()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("*", "more"),
        ("*2", "more"),
        ("*21", "more"),
        ("*211#", Keyed("blind", "11")),
        ("*2#", Keyed("blind", "")),
        ("*3#", Keyed("consult", "")),
        ("*4", Keyed("back")),
        ("*7", Keyed("park")),
        ("*9", "none"),
        ("*1", "none"),
        ("*2A", "none"),
        ("*#", "none"),
    ],
)
def test_keys_so_far(typed, found):
    assert read(DEFAULT_CODES, typed) == found


def test_a_code_that_is_off_is_none():
    assert read({"blind": "*2"}, "*4") == "none"


OF = replace(
    site(features=Features(extensions={"11": "jan", "20": "sales"}, trunk="provider", dial=("+48*",))),
    agents={**site().agents, "anna": replace(site().agents["anna"], code="2001")},
)


@pytest.mark.parametrize(
    ("digits", "target"),
    [
        ("11", Target("agent", "jan")),
        ("20", Target("team", "sales")),
        ("2001", Target("agent", "anna")),
        ("100", Target("flow", "reception")),
        ("221234500", Target("flow", "reception")),
        ("601222333", Target("number", "+48601222333")),
        ("501777888", Target("number", "+48501777888")),
        ("004930123456", Target("number", "+4930123456", "not_allowed")),
        ("700123456", Target("number", "+48700123456", "not_allowed")),
        ("112", Target("unknown", "112", "emergency")),
        ("12", Target("unknown", "12", "unknown_target")),
        ("", Target("unknown", "", "unknown_target")),
    ],
)
def test_whom_digits_mean(digits, target):
    assert targets.keyed(OF, digits) == target


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("sip:jan@127.0.0.1:5082", Target("agent", "jan")),
        ("sip:ewa@10.0.0.1;transport=tcp", Target("agent", "ewa")),
        ("sip:11@10.0.0.1;user=phone", Target("agent", "jan")),
        ("sip:office@gateway", Target("team", "office")),
        ("sip:100@gateway", Target("flow", "reception")),
        ("tel:+48601222333", Target("number", "+48601222333")),
        ("sip:%2B48601222333@gateway", Target("number", "+48601222333")),
        ("sip:mallory@evil.example", Target("unknown", "mallory", "unknown_target")),
        ("sip:112@gateway", Target("unknown", "112", "emergency")),
        ("", Target("unknown", "", "unknown_target")),
    ],
)
def test_whom_an_address_means(uri, target):
    assert targets.named(OF, uri) == target


def test_without_a_trunk_no_number_is_dialled():
    of = replace(OF, features=Features(dial=("+48*",)))
    assert targets.keyed(of, "601222333").reason == "not_allowed"
