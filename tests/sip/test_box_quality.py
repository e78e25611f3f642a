"""A whole box: talks of last week are drawn when it starts, listed, heard, scored by command and in a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.core.facts.all import AnyFact
from gateway.core.facts.desk import RecordingEnded, RecordingStarted
from gateway.core.facts.quality import QualityDrawn, QualitySampled, QualityScored
from gateway.edge.store import Journal
from gateway.errors import SettingError
from tests.sip.box import Box
from tests.sip.harness import ROOT, wait_until

pytestmark = pytest.mark.sip
FLOW = """
flow: main
language: en
start: may_we
steps:
  may_we: {consent: "May we record?", yes: office, no: office}
  office: {queue: office, gave_up: bye}
  bye: {hang_up: "Bye."}
"""
QUALITY = """
quality:
  per_agent_week: 2
  reviewer: ewa
  form:
    greeting: {ask: {en: "Did he say his name?"}}
    clear: {ask: "Was he clear?", answer: 1-5, weight: 3}
    consent: {ask: "Did he keep to the consent?", critical: yes, may_skip: yes}
    remark: {ask: "Remarks?", answer: note}
"""
WEEK_S = 7 * 86_400.0


def talked(state: Path, talks: int) -> None:
    """Last week Anna had so many talks; of each there is a file."""
    facts: list[AnyFact] = []
    at = time.time() - WEEK_S
    (state / "recordings").mkdir(parents=True)
    for number in range(talks):
        name = f"line1-old-{number}.1"
        about = {"call": f"line1-old-{number}", "recording": name, "file": f"recordings/{name}.wav"}
        facts.append(RecordingStarted(at=at, **about, purpose="conversation", agent="anna", team="office", draft=False))
        facts.append(RecordingEnded(at=at + 90, **about, how="leg_over", length_s=90.0))
        (state / about["file"]).write_bytes(b"RIFF")
    journal = Journal(state / "journal.sqlite")
    journal.append(facts)
    journal.close()


@pytest.fixture
def box(tmp_path):
    agents = {"anna": "sip:anna@127.0.0.1:5999", "ewa": "sip:ewa@127.0.0.1:5998"}
    made = Box(tmp_path, agents=agents, flow=FLOW, more=QUALITY)
    talked(made.state, 5)
    with made:
        yield made


class Done(NamedTuple):
    """What a command has shown; `error` is the sentence with which it was refused, empty when it was not."""

    output: str
    error: str = ""


def quality(box: Box, *words: str) -> Done:
    done = CliRunner().invoke(app, ["quality", *words, "--state", str(box.state)])
    if done.exception is None:
        return Done(done.output)
    assert isinstance(done.exception, SettingError), done.exc_info
    return Done(done.output, str(done.exception))


def listed(box: Box, *words: str) -> list[dict]:
    return json.loads(quality(box, "list", "--json", *words).output)


def of(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


def in_a_terminal(box: Box, call: str, keys: str) -> str:
    """What stands on a terminal in which somebody answers the questions."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gateway", "quality", "score", call, "--who", "ewa", "--state", str(box.state)]
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True) as process:
        os.close(theirs)
        os.write(ours, keys.encode())
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # the other side is closed
            pass
        assert process.wait(60) == 0, shown
    os.close(ours)
    return shown.decode()


def test_from_the_draw_to_the_score(box: Box) -> None:
    wait_until(lambda: of(box, QualityDrawn), 30, "nothing is drawn")
    drawn = of(box, QualitySampled)
    assert [(f.agent, f.reviewer, f.of) for f in drawn] == [("anna", "ewa", 5)] * 2
    first, second = (sample["sampled"] for sample in listed(box, "--for", "ewa"))
    assert listed(box, "--for", "anna") == []
    assert "2 talks to be scored" in CliRunner().invoke(app, ["status", "--state", str(box.state)]).output

    shown = quality(box, "show", first["call"]).output
    assert str(box.state / first["files"][0]) in shown
    assert "Did he say his name? (yes or no)" in shown
    assert "no makes the score 0" in shown

    answers = ("-a", "greeting=no", "-a", "clear=5", "-a", "consent=-", "-a", "remark=calm")
    for words, why in (
        (("line1-none", *answers), "there is no sample line1-none"),
        ((first["call"], "-a", "greeting=maybe"), "'maybe' is no answer; expected is yes or no"),
        ((first["call"], "-a", "greeting=no"), "clear: no answer; expected is 1 to 5"),
        ((first["call"], *answers, "-a", "warm=5"), "warm: the form has no such question"),
        ((first["call"], *answers, "-a", "warm"), "expected is QUESTION=ANSWER"),
        ((first["call"], *answers, "--who", "anna"), "cannot score a talk of their own: ewa does"),
    ):
        assert why in quality(box, "score", *words).error
    assert not of(box, QualityScored)

    done = quality(box, "score", first["call"], *answers, "--who", "ewa")
    assert done == Done(f"{first['recording']} is scored 75 of 100\n")
    wait_until(lambda: of(box, QualityScored), 20, "no score")
    (scored,) = of(box, QualityScored)
    assert (scored.score, scored.who, scored.answers) == (
        75.0, "ewa", {"greeting": "no", "clear": "5", "consent": "-", "remark": "calm"},
    )  # fmt: skip
    assert "was scored 75 by ewa before" in quality(box, "score", first["call"], *answers).error
    done = quality(box, "score", first["call"], *answers, "-a", "greeting=yes", "--again", "--json", "--who", "ewa")
    assert json.loads(done.output)["score"] == 100.0

    told = in_a_terminal(box, second["recording"], "perhaps\nno\n4\nno\n\n")
    assert "'perhaps' is no answer" in told
    assert "is scored 0 of 100 (critical: consent)" in told
    wait_until(lambda: len(of(box, QualityScored)) == 3, 20, "no score")

    box.kill()
    box.start()
    assert listed(box) == []
    assert [(one["scored"]["score"], one["scored"]["again"]) for one in listed(box, "--all")] in (
        [[(100.0, True), (0.0, False)], [(0.0, False), (100.0, True)]]
    )  # fmt: skip
    assert len(of(box, QualityDrawn)) == 1


def test_a_sound_that_is_no_more(box: Box) -> None:
    wait_until(lambda: of(box, QualityDrawn), 30, "nothing is drawn")
    sample = listed(box)[0]["sampled"]
    (box.state / sample["files"][0]).unlink()
    assert "missing: there is no file" in quality(box, "show", sample["call"]).output
    assert "cannot be scored: its sound is missing" in quality(box, "score", sample["call"]).error
