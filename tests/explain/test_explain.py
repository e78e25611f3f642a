"""`gateway explain`: which call is meant, what is told of it, and whose numbers are not shown."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import (
    CallEnded,
    CallHeld,
    CallResumed,
    CallStarted,
    LegMeasured,
    MessagePublished,
    StepEntered,
    VariantChosen,
)
from gateway.core.facts.media import MediaStats
from gateway.edge.store import Journal
from gateway.errors import SettingError
from gateway.explain import more
from gateway.explain.commands import explain
from gateway.explain.masked import masked
from gateway.explain.story import tell
from gateway.simulate.narrator import Narrator
from tests.simulate.office import AT, FOLDER, KNOWN, SITE, STRANGER, run


def as_call(facts, call, later_s=0.0):
    """A simulated call as the box would have written it: with another id, at another time."""
    named = []
    for fact in facts:
        changed = {"at": fact.at + later_s}
        if fact.call:
            changed["call"] = call
        if isinstance(fact, CallEnded):
            changed["record"] = replace(fact.record, call=call)
        named.append(replace(fact, **changed))
    return named


MANAGER_BUSY = run(caller=KNOWN, agents={"anna": "busy"}).facts
MENU = run(caller=STRANGER, keys="nothing, 1").facts


@pytest.fixture
def state(tmp_path):
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append(as_call(MANAGER_BUSY, "l1-aa01"))
    journal.append(as_call(MENU, "l1-aa02", 600.0))
    journal.append(as_call(MENU, "l1-bb01", 1200.0)[:5])
    journal.close()
    return tmp_path


def test_the_story_is_the_simulators(state):
    """Every sentence of the narrator about a fact of the call stands in the story, in that order."""
    narrator = Narrator(SITE, "en", started_at=AT)
    facts = masked(as_call(MANAGER_BUSY, "l1-aa01"))
    expected = [m.text for fact in facts if (m := narrator.tell(fact.at, fact)) is not None]
    shown = explain(FOLDER, state, "l1-aa01", lang="en").splitlines()[1:]
    told = iter(shown)
    for text in expected:
        assert any(line.endswith(text) for line in told), text
    assert any("the assigned manager is busy" in line for line in shown)
    assert "opiekun klienta" in explain(FOLDER, state, "l1-aa01")  # the flow's own language


def test_last_and_beginnings(state):
    assert json.loads(explain(FOLDER, state, "last", as_json=True))["call"] == "l1-bb01"
    assert json.loads(explain(FOLDER, state, "l1-b", as_json=True))["call"] == "l1-bb01"
    with pytest.raises(SettingError, match="l1-aa01, l1-aa02"):
        explain(FOLDER, state, "l1-a")
    with pytest.raises(SettingError, match="did you mean l1-aa02"):
        explain(FOLDER, state, "l1-aa2")
    with pytest.raises(SettingError, match="the latest are l1-bb01, l1-aa02, l1-aa01"):
        explain(FOLDER, state, "zzzzzzzz")
    with pytest.raises(SettingError, match="the latest are"):
        explain(FOLDER, state, "%")
    with pytest.raises(SettingError, match="pl or en"):
        explain(FOLDER, state, "last", lang="de")


def test_an_empty_journal(tmp_path):
    Journal(tmp_path / "journal.sqlite").close()
    for call in ("last", "x"):
        with pytest.raises(SettingError, match="call"):
            explain(FOLDER, tmp_path, call)


def test_a_call_that_is_up_is_told_so_far(state):
    assert "not over yet" in explain(FOLDER, state, "l1-bb01", lang="en")
    assert "jeszcze trwa" in explain(FOLDER, state, "l1-bb01", lang="pl")
    assert "not over yet" not in explain(FOLDER, state, "l1-aa01", lang="en")


@pytest.mark.parametrize("more_words", [{}, {"as_json": True}, {"lang": "en"}])
def test_persons_numbers_are_masked(state, more_words):
    for call in ("l1-aa01", "l1-aa02"):
        shown = explain(FOLDER, state, call, **more_words)
        assert KNOWN not in shown
        assert STRANGER not in shown
        assert STRANGER[-7:] not in shown
        assert "+48220000100" in shown  # the office's own
    assert KNOWN in explain(FOLDER, state, "l1-aa01", numbers=True, **more_words)


def test_keyed_telephone_numbers_are_masked_too():
    fact = as_call([f for f in MENU if type(f).__name__ == "InputTaken"][:1], "c")[0]
    assert masked([replace(fact, keys="601000101")])[0].keys == "******101"
    assert masked([replace(fact, keys="1002")])[0].keys == "1002"


def test_it_reads_while_the_journal_is_written(tmp_path):
    journal = Journal(tmp_path / "journal.sqlite")
    try:
        journal.append(as_call(MENU, "l1-cc01"))
        journal.flush()
        assert "l1-cc01" in explain(FOLDER, tmp_path, "last", lang="en")
    finally:
        journal.close()


def test_without_any_site_it_is_told_with_ids(state, tmp_path):
    shown = explain(tmp_path / "nowhere", state, "l1-aa01", lang="en")
    assert "anna" in shown
    assert "Anna Nowak" not in shown
    assert "Anna Nowak" in explain(FOLDER, state, "l1-aa01", lang="en")


def test_nothing_that_happened_is_left_out():
    media = MediaStats(codec="PCMA", rx_packets=99, rx_lost=1)
    real = [
        CallStarted(at=AT, call="c", line="l1", caller="", called="1004", flow="reception_pl"),
        VariantChosen(at=AT, call="c", split="greeting", variant="short"),
        MessagePublished(at=AT, call="c", topic="orders", values={"a": "b"}),
        CallHeld(at=AT + 1, call="c", by="agent"),
        CallResumed(at=AT + 3, call="c", by="agent", held_s=2.0),
        LegMeasured(at=AT + 4, call="c", leg="c", role="caller", media=media, mos=4.2),
    ]
    for language in ("pl", "en"):
        story = tell(SITE, real, language)
        assert len(story.moments) == len(real)
        assert all(moment.text for moment in story.moments)
    assert "greeting" in tell(SITE, real, "en").moments[1].text
    assert "lost 1.0 %, MOS 4.2" in tell(SITE, real, "en").moments[-1].text
    kind, text, data = more.bare(StepEntered(at=AT, call="c", flow="f", step="s", verb="say"))
    assert (kind, text) == ("fact", "StepEntered: flow f, step s, verb say")
    assert data == {"flow": "f", "step": "s", "verb": "say"}


def test_both_languages_say_the_same_things():
    for table in (more.TEXTS, more.LABELS):
        assert table["pl"].keys() == table["en"].keys()


def test_every_kind_of_fact_survives_masking():
    kinds = get_args(AnyFact)
    assert len(kinds) > 30
    assert masked(MENU) != tuple(MENU)
    assert [type(fact) for fact in masked(MENU)] == [type(fact) for fact in MENU]


def test_the_command(state):
    done = CliRunner().invoke(app, ["explain", "last", "--site", str(FOLDER), "--state", str(state), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[0].startswith("2026-11-23 09:25:00 (Europe/Warsaw), l1-bb01")
