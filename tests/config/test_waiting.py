"""Settings of a team's queue and of a queue step as they are read, and every clip that an announcement can need."""

from __future__ import annotations

import shutil
import wave
from pathlib import Path

import pytest

from gateway.config.load import load_site
from gateway.core.flow.model import Exit, Queue
from gateway.core.flow.queue_waiting import POSITION, WAIT, Announce, Periodic, Waiting, places, waits
from gateway.core.speech.saying import clips_of

SOUND = Path(__file__).parent / "sound"
FLOW = """\
flow: main
language: pl
texts: {site: "Strona czynna całą dobę."}
start: office
steps:
  office:
    queue: office
    max_wait: 90s
    waited: sorry
    full: sorry
    keys: {"1": sorry, "#": {set: {area: later}, then: sorry}}
    announce: STEP_ANNOUNCE
    periodic: {say: [{text: site}, "Dziękujemy."], every: 1 min}
    gave_up: sorry
  sorry: {hang_up: "Nikt nie odbiera."}
"""


def load(tmp_path, team: str = "", step: str = "no"):
    """A site whose office has these settings, and whose queue step announces `step`."""
    site = tmp_path / "site"
    shutil.copytree(SOUND, site)
    text = (site / "gateway.yaml").read_text()
    (site / "gateway.yaml").write_text(text.replace("overflow_to: qa}", f"overflow_to: qa{team}}}"))
    (site / "flows" / "main.yaml").write_text(FLOW.replace("STEP_ANNOUNCE", step))
    return load_site(site)


def words(settings, prompt, language, **values: str) -> str:
    clips = clips_of(
        prompt, {f"queue.{name}": value for name, value in values.items()}, language=language, fallback=language,
        site=settings.site,
    )  # fmt: skip
    return " ".join(clip.words for clip in clips)


def test_nothing_said_is_as_it_was(tmp_path):
    assert load(tmp_path).site.teams["office"].waiting == Waiting()


def test_the_limits_of_a_team(tmp_path):
    more = ", queue_max: 7, ewt_max: 10 min, join_empty: always, leave_empty: never, redial: 2 min"
    waiting = load(tmp_path, more).site.teams["office"].waiting
    assert waiting == Waiting(queue_max=7, ewt_max_s=600.0, join_empty="always", leave_empty="never", redial_s=120.0)


def test_a_step(tmp_path):
    settings = load(tmp_path)
    step = settings.site.flows["main"].steps["office"]
    assert isinstance(step, Queue)
    assert (step.max_wait_s, step.waited, step.full) == (90.0, "sorry", "sorry")
    assert step.keys == {"1": Exit(then="sorry"), "#": Exit(then="sorry", set=(("area", "later"),))}
    assert step.announce == Announce(), "nothing here, whatever the team says"
    assert step.periodic is not None
    assert step.periodic.every_s == 60.0
    assert [words(settings, text, "pl") for text in step.periodic.texts] == ["Strona czynna całą dobę.", "Dziękujemy."]


def test_music_of_a_step(tmp_path):
    settings = load(tmp_path)
    folder = Path(settings.folder)
    (folder / "prompts").mkdir(exist_ok=True)
    with wave.open(str(folder / "prompts" / "tune.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\x00\x10\x00\xf0" * 16000)
    flow = folder / "flows" / "main.yaml"
    flow.write_text(flow.read_text().replace("    max_wait:", "    music: tune.wav\n    max_wait:"))
    step = load_site(folder).site.flows["main"].steps["office"]
    assert isinstance(step, Queue)
    (source,) = [source for source in load_site(folder).clips if source.key == step.music]
    assert source.music
    assert source.recording.endswith("prompts/tune.wav")


def test_no_stands_for_nothing(tmp_path):
    waiting = load(tmp_path, ", announce: no, periodic: no").site.teams["office"].waiting
    assert (waiting.announce, waiting.periodic) == (Announce(), Periodic())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "pl",
            [
                "Państwa miejsce w kolejce: pierwsze",
                "Państwa miejsce w kolejce: dwudzieste drugie",
                "Przewidywany czas oczekiwania: około trzydziestu sekund",
                "Przewidywany czas oczekiwania: około jednej minuty trzydziestu sekund",
                "Przewidywany czas oczekiwania: około dwudziestu dwóch minut",
                "Dziękujemy za cierpliwość.",
            ],
        ),
        (
            "en",
            [
                "You are number one in the queue.",
                "You are number twenty-two in the queue.",
                "The estimated waiting time is about thirty seconds",
                "The estimated waiting time is about one minute and thirty seconds",
                "The estimated waiting time is about twenty-two minutes",
                "Thank you for waiting.",
            ],
        ),
    ],
)
def test_the_words_of_the_box(tmp_path, language, said):
    settings = load(tmp_path, ", announce: yes")
    announce = settings.site.teams["office"].waiting.announce
    assert announce is not None
    got = [words(settings, announce.position, language, position=str(place)) for place in (1, 22)]
    got += [words(settings, announce.wait, language, wait=str(wait)) for wait in (30, 90, 1320)]
    got.append(words(settings, announce.thanks, language))
    assert got == said
    assert (announce.first_s, announce.every_s, announce.while_ringing) == (30.0, 30.0, False)


def test_words_of_ones_own(tmp_path):
    own = (
        ', announce: {position: {pl: "Numer {queue.position as number}.", en: "No. {queue.position as number}."},'
        " wait: no, thanks: no, first: 10s, every: 20s, while_ringing: yes}"
    )
    settings = load(tmp_path, own)
    announce = settings.site.teams["office"].waiting.announce
    assert announce is not None
    assert words(settings, announce.position, "pl", position="3") == "Numer trzy"
    assert (announce.wait, announce.thanks) == (None, None)
    assert (announce.first_s, announce.every_s, announce.while_ringing) == (10.0, 20.0, True)


@pytest.mark.parametrize("where", ["team", "step"])
def test_every_clip_is_ready_before_anybody_waits(tmp_path, where):
    settings = load(tmp_path, ", announce: yes" if where == "team" else "", "yes" if where == "step" else "no")
    ready = {source.key for source in settings.clips}
    step = settings.site.flows["main"].steps["office"]
    assert isinstance(step, Queue)
    announce = settings.site.teams["office"].waiting.announce if where == "team" else step.announce
    assert announce is not None
    assert announce.position is not None
    assert announce.wait is not None
    assert set(announce.position.parts) == ({"pl", "en"} if where == "team" else {"pl"})
    for language in announce.position.parts:
        asked = [(announce.position, POSITION, value) for value in places()]
        asked += [(announce.wait, WAIT, value) for value in waits()]
        for prompt, name, value in asked:
            clips = clips_of(prompt, {name: str(value)}, language=language, fallback="", site=settings.site)
            assert len(clips) > 1
            assert {clip.key for clip in clips} <= ready, (language, name, value)


def test_no_clip_is_made_for_places_that_are_never_told(tmp_path):
    few, many = load(tmp_path / "a"), load(tmp_path / "b", ", announce: yes")
    assert 250 < len(many.clips) - len(few.clips) < 420, "two languages: 99 places, 62 waits, the words around them"
