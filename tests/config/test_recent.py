"""What a menu says of each choice, and which stands first: as it is read, and that every word of it is ready."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.config.load import load_site
from gateway.core.flow.model import Collect, Menu
from gateway.core.speech.saying import clips_of
from gateway.errors import SiteError

HERE = Path(__file__).parent
DAY_S = 86_400.0
FLOW = """\
flow: main
language: pl
start: matter
human: none
steps:
  matter:
    menu: "W czym możemy pomóc?"
    choices:
      "1": {say: "Zamówienie, jeden.", recent: order, within: 14 days, say_recent: "Numer {order}, jeden.", then: ask}
      "2": {say: "Faktura, dwa.", set: {area: invoices}, then: office}
      "3": {recent: case, say_recent: "Sprawa {case}, trzy.", then: office}
      "4": office
  ask: {go_to_flow: orders}
  office: {queue: office}
"""
ORDERS = """\
flow: orders
language: pl
start: which
human: none
steps:
  which: {collect: order, say: "Jaki numer?", digits: 4, remember: yes, then: bye}
  bye: {hang_up: "Do widzenia."}
"""


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "site"
    shutil.copytree(HERE / "sound", target)
    (target / "flows" / "main.yaml").write_text(FLOW)
    (target / "flows" / "orders.yaml").write_text(ORDERS)
    return target


def test_each_choice_has_its_text_and_leads_where_it_says(folder):
    menu = load_site(folder).site.flows["main"].steps["matter"]
    assert isinstance(menu, Menu)
    assert [(text.key, text.recent, text.within_s) for text in menu.texts] == [
        ("1", "order", 14 * DAY_S), ("2", "", 7 * DAY_S), ("3", "case", 7 * DAY_S),
    ]  # fmt: skip
    assert {key: choice.then for key, choice in menu.choices.items()} == {
        "1": "ask", "2": "office", "3": "office", "4": "office",
    }  # fmt: skip
    assert menu.choices["2"].set == (("area", "invoices"),)
    assert [(text.prompt is not None, text.prompt_recent is not None) for text in menu.texts] == [
        (True, True), (True, False), (False, True),
    ]  # fmt: skip


def test_what_is_recent_can_be_said_although_another_flow_collects_it_and_every_word_is_ready(folder):
    settings = load_site(folder)
    first, _, third = settings.site.flows["main"].steps["matter"].texts
    for prompt, values, expected in (
        (first.prompt_recent, {"order": "1234"}, "Numer jeden dwa trzy cztery , jeden."),
        (first.prompt, {}, "Zamówienie, jeden."),
        (third.prompt_recent, {"case": "10008"}, "Sprawa jeden zero zero zero osiem , trzy."),
    ):
        clips = clips_of(prompt, values, language="pl", fallback="pl", site=settings.site)
        assert {clip.key for clip in clips} <= {clip.key for clip in settings.clips}
        assert " ".join(clip.words for clip in clips) == expected


def test_what_is_only_known_when_it_is_recent_is_unset_in_the_other_text(folder):
    path = folder / "flows" / "main.yaml"
    path.write_text(FLOW.replace('"Zamówienie, jeden."', '"Zamówienie {order}, jeden."'))
    with pytest.raises(SiteError) as caught:
        load_site(folder)
    assert [problem.message for problem in caught.value.problems] == [
        "'matter' reads 'order', and no way to it sets that before"
    ]


def test_a_name_is_found_out_where_nothing_keeps_it(folder):
    path = folder / "flows" / "orders.yaml"
    path.write_text(ORDERS.replace("remember: yes, ", ""))
    with pytest.raises(SiteError) as caught:
        load_site(folder)
    assert "no 'collect' of this site remembers 'order'" in [problem.message for problem in caught.value.problems]
    path.write_text(ORDERS)
    (step,) = [step for step in load_site(folder).site.flows["orders"].steps.values() if isinstance(step, Collect)]
    assert step.remember
