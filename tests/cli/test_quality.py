"""`gateway quality` without a running gateway: what the journal tells. With one: tests/sip/test_box_quality.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.core.facts.all import AnyFact
from gateway.core.facts.desk import RecordingDeleted, TaskClosed, TaskOpened
from gateway.core.facts.quality import QualitySampled, QualityScored
from gateway.errors import SettingError, StoreError
from tests.cli.desk_state import ids, run, written

T = 1_795_420_800.0
DAY = 86_400.0


def sampled(name: str, *, agent: str = "anna", reviewer: str = "ewa", due_at: float = T + 9e9) -> QualitySampled:
    return QualitySampled(
        at=T, call=name.partition(".")[0], recording=name, files=(f"recordings/{name}.wav",), agent=agent, team="care",
        reviewer=reviewer, client="1001", week="2026-11-16", of=9, recorded_at=T - DAY, length_s=125.0,
        task=f"{name}.q", due_at=due_at,
    )  # fmt: skip


@pytest.fixture
def state(tmp_path: Path) -> Path:
    facts: list[AnyFact] = [
        sampled("a.1", due_at=T + 9e9), sampled("b.1", agent="piotr"),
        sampled("b.2", reviewer="ola", due_at=T - 90 * DAY),
        sampled("c.1"), sampled("d.1"), sampled("e.1"),
        TaskOpened(at=T, task="a.1.q", kind="quality", whose="agent", to="ewa", why="sampled", due_at=T + 9e9),
        QualityScored(at=T + 1, call="c", recording="c.1", agent="anna", team="care", score=0.0, who="ewa",
                      answers={"greeting": "yes", "consent": "no"}, critical=("consent",)),
        TaskClosed(at=T + 1, task="c.1.q", result="done", who="ewa"),
        RecordingDeleted(at=T + 2, file="recordings/d.1.wav", recorded_at=T - DAY),
        TaskClosed(at=T + 2, task="d.1.q", result="cancelled"),
        TaskClosed(at=T + 3, task="e.1.q", result="cancelled", who="ewa"),
    ]  # fmt: skip
    return written(tmp_path, facts)


def test_what_waits_is_listed_the_nearest_limit_first(state: Path) -> None:
    told = run(state, "quality", "list")
    assert ids(told) == ["b.2", "a.1", "b.1"] == ids(run(state, "quality"))
    late, early = told.splitlines()[1:3]
    assert "OVERDUE" in late
    assert "2:05" in early
    assert "due in" in early
    assert ids(run(state, "quality", "list", "--for", "ola")) == ["b.2"]
    assert ids(run(state, "quality", "list", "--agent", "piotr")) == ["b.1"]
    assert run(state, "quality", "list", "--for", "nobody") == "no talks to be scored\n"


def test_all_of_them_and_as_json(state: Path) -> None:
    told = run(state, "quality", "list", "--all")
    assert ids(told) == ["a.1", "b.1", "b.2", "c.1", "d.1", "e.1"]
    assert "scored 0 by ewa" in told
    assert "withdrawn: the sound was deleted" in told
    found = json.loads(run(state, "quality", "list", "--json"))
    assert [(one["sampled"]["recording"], one["sampled"]["reviewer"]) for one in found] == [
        ("b.2", "ola"), ("a.1", "ewa"), ("b.1", "ewa"),
    ]  # fmt: skip


def test_one_is_shown_with_its_sound_and_its_score(state: Path) -> None:
    sound = state / "recordings" / "a.1.wav"
    assert f"missing: there is no file {sound}" in run(state, "quality", "show", "a")
    sound.parent.mkdir()
    sound.write_bytes(b"RIFF")
    assert f"sound      {sound}" in run(state, "quality", "show", "a")
    assert "1 of 9 talks in the week of 2026-11-16" in run(state, "quality", "show", "a.1")
    told = run(state, "quality", "show", "c")
    assert "no  consent  CRITICAL" in told
    assert "was deleted (`recordings: keep:`" in run(state, "quality", "show", "d")
    shown = json.loads(run(state, "quality", "show", "a", "--json"))
    assert (shown["paths"], shown["sound"], shown["form"]) == ([str(sound)], "there", [])


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("show", "x"), "there is no sample x: only talks that were drawn"),
        (("show", "b"), r"several talks were drawn: say which, b.1 \(piotr\), b.2 \(anna\)"),
        (("score", "c"), "was scored 0 by ewa before .* --again"),
        (("score", "d"), "sound was deleted"),
    ],
)
def test_what_cannot_be(state: Path, words: tuple[str, ...], why: str) -> None:
    with pytest.raises(SettingError, match=why):
        run(state, "quality", *words)


def test_a_score_needs_the_gateway(state: Path) -> None:
    (state / "recordings").mkdir()
    (state / "recordings" / "a.1.wav").write_bytes(b"RIFF")
    with pytest.raises(SettingError, match="no gateway runs"):
        run(state, "quality", "score", "a", "-a", "greeting=yes")


def test_the_task_of_a_sample_says_what_it_is(state: Path) -> None:
    assert "a talk to be scored (`gateway quality`)" in run(state, "tasks")


def test_without_a_journal_nothing_is_made_up(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no journal"):
        run(tmp_path, "quality", "list")
