"""A simulated caller who asks to be called back is told to people with what becomes of it, in both languages; and every
code of a call-back has a sentence."""

from __future__ import annotations

import shutil
from typing import get_args

import pytest

from gateway.config.load import load_site
from gateway.core.facts.call_back import (
    CallBackGivenUp,
    CallBackHeld,
    CallBackMissed,
    CallBackQueued,
    GivenUp,
    HeldReason,
    Missed,
)
from gateway.core.facts.calls import CallStarted
from gateway.core.facts.desk import CallBackClosed, CallBackResult
from gateway.simulate.lengths import Lengths
from gateway.simulate.narrator import Narrator, transcript
from gateway.simulate.office import simulate

from .office import AT, FOLDER, KNOWN, SITE, plan

FLOW = """\
flow: desk
language: pl
start: call_back
human: none
steps:
  call_back:
    callback: office
    say: "Oddzwonimy na {call_back_number}. Tak, jeden; inny, dwa."
    another: "Jaki numer?"
    then: thanks
  thanks: {hang_up: "Dziękujemy."}
"""
MORE = """
call_backs: {not_before: %s, trunk: provider}
dial: ["+48*"]
trunks: {provider: {host: 192.0.2.1}}
"""


def told(tmp_path, language, *, not_before="00:00"):
    made = tmp_path / "site"
    shutil.copytree(FOLDER, made)
    (made / "flows" / "desk.yaml").write_text(FLOW)
    text = (made / "gateway.yaml").read_text().replace('"1004": test_number', '"1004": desk')
    (made / "gateway.yaml").write_text(text + MORE % not_before)
    settings = load_site(made)
    run = simulate(settings.site, plan(called="1004", caller=KNOWN, keys="1"), lengths=Lengths(settings.clips))
    return transcript(settings.site, run.log, language, started_at=AT)


@pytest.mark.parametrize(
    ("language", "words"), [("pl", "urządzenie zadzwoni do klienta"), ("en", "the client is dialled when somebody")]
)
def test_the_transcript_says_that_it_stands_in_the_queue(tmp_path, language, words):
    assert words in told(tmp_path, language)


def test_the_transcript_says_when_it_is_dialled_at_the_earliest(tmp_path):
    page = told(tmp_path, "en", not_before="18:00")
    assert "nobody is called at this time of day, so 18:00" in page
    assert "stands in the queue" not in page


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_code_has_a_sentence(language):
    base = {"at": AT, "call": "c", "call_back": "c.b1"}
    facts = [CallBackHeld(**base, reason=reason, until=AT + 60) for reason in get_args(HeldReason)]
    facts += [CallBackGivenUp(**base, reason=reason) for reason in get_args(GivenUp)]
    facts += [CallBackClosed(**base, result=result, who="anna") for result in get_args(CallBackResult)]
    for next_at in (None, AT + 600):
        facts += [CallBackMissed(**base, attempt=2, why=why, next_at=next_at) for why in get_args(Missed)]
    facts += [
        CallBackQueued(**base, team="office", position=1, waiting_since=AT, outbound="c.b1.o1"),
        CallStarted(at=AT, call="c.b1.o1", line="A", caller="", called=KNOWN, direction="out"),
    ]
    for fact in facts:
        moment = Narrator(SITE, language, started_at=AT).tell(AT, fact)
        assert moment is not None, fact
        assert "{" not in moment.text
        assert moment.text
