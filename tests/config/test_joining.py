"""Who accepts by key, who whispers, and that every word of it is ready and none for nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.config.joining import areas_of
from gateway.config.load import load_site
from gateway.core.flow.model import Collect
from gateway.core.speech.saying import clips_of

HERE = Path(__file__).parent


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "site"
    shutil.copytree(HERE / "sound", target)
    return target


def edit(folder, *changes, file="gateway.yaml"):
    path = folder / file
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return load_site(folder)


def heard(settings, prompt, values, language="pl"):
    clips = clips_of(prompt, values, language=language, fallback="pl", site=settings.site)
    assert {clip.key for clip in clips} <= {clip.key for clip in settings.clips}
    return " ".join(clip.words for clip in clips)


def test_a_number_through_a_trunk_accepts_by_key_and_a_phone_of_the_house_not(folder):
    agents = load_site(folder).site.agents
    assert (agents["jan"].accept, agents["jan"].accept_within_s) == ("key", 10)
    assert agents["anna"].accept == ""


def test_either_can_be_said_otherwise(folder):
    settings = edit(
        folder,
        ("trunk: provider}", "trunk: provider, accept: none}"),
        ('spoken: {pl: "Anną Nowak"}', 'spoken: {pl: "Anną Nowak"}, accept: key, accept_within: 20s, language: en'),
    )
    agents = settings.site.agents
    assert agents["jan"].accept == ""
    assert (agents["anna"].accept, agents["anna"].accept_within_s, agents["anna"].language) == ("key", 20, "en")


def test_nothing_is_made_where_nothing_is_said(folder):
    settings = edit(folder, ("trunk: provider}", "trunk: provider, accept: none}"))
    assert settings.site.joining is None


def test_acceptance_alone_makes_no_whisper(folder):
    words = load_site(folder).site.joining
    assert words.press.parts.keys() == {"pl"}  # nobody has another language
    assert not words.client.parts
    assert not words.connecting.parts


def test_every_word_of_the_whisper_is_ready(folder):
    settings = edit(folder, ("overflow_to: qa}", "overflow_to: qa, whisper: yes, say_name: yes}"))
    words = settings.site.joining
    assert heard(settings, words.client, {"client.name": "Kwiaciarnia Pod Lipą"}) == "Dzwoni Kwiaciarnia Pod Lipą"
    assert heard(settings, words.matter, {"area": "invoices"}) == "Temat: invoices"
    assert heard(settings, words.case, {"case.number": "10008"}) == "Sprawa numer jeden zero zero zero osiem"
    assert heard(settings, words.connecting, {"manager": "anna"}) == "Łączę z Anną Nowak"
    assert heard(settings, words.connecting, {"manager": "jan"}, "en") == "Connecting you to Jan Lis"
    assert heard(settings, words.waited[0], {}) == "Czeka jedną minutę."
    assert heard(settings, words.waited[-1], {}) == "Czeka ponad piętnaście minut."
    assert words.areas == ("invoices",)


def test_a_matter_is_said_as_the_site_wants(folder):
    (folder / "gateway.yaml").write_text((folder / "gateway.yaml").read_text() + "matters: {invoices: {pl: faktury}}\n")
    settings = edit(folder, ("overflow_to: qa}", "overflow_to: qa, whisper: yes}"))
    words = settings.site.joining
    assert heard(settings, words.matters["invoices"], {}) == "Temat: faktury."
    assert not words.matter.parts  # no area is left to be said as it is


def test_areas_are_found_wherever_a_flow_sets_them(folder):
    assert areas_of(load_site(folder).site.flows.values()) == {"invoices"}


OPTIONS = """\
    remember: yes
    known: confirm
    confirm_known: "Nadal {keyed}?"
    keys: {yes: "*", no: "0"}
"""


def test_what_a_collect_does_with_what_is_known(folder):
    settings = edit(
        folder,
        ("    find: client\n", OPTIONS),
        file="flows/main.yaml",
    )
    step = settings.site.flows["main"].steps["ask"]
    assert isinstance(step, Collect)
    assert (step.remember, step.known, step.yes_key, step.no_key, step.secret) == (True, "confirm", "*", "0", False)
    assert step.confirm is not None
