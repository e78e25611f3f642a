"""Verbs that are heard, or hold still: say, play, wait, echo, tone, hang_up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.source import Mapping, Scalar
from gateway.config.verbs.shape import STEP, Shape, Verb
from gateway.core.flow import model

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.core.flow.model import AnyStep

TEST_S = (1.0, 3600.0)
WAIT_S = (0.1, 600.0)


def _say(parts: StepParts, section: Section, name: str) -> AnyStep:
    prompt = parts.must(parts.prompt(section, "say", needed=True))
    barge_in = section.yes_no("barge_in", default=True)
    return model.Say(name=name, place=str(section.place), prompt=prompt, barge_in=barge_in, then=parts.then(section))


def _play(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = parts.said(section.get("play", expected="the name of a .wav file", needed=True))
    prompt = parts.prompt(section, "play") if node else None
    for value in [v for _, v in node.items.values()] if isinstance(node, Mapping) else [node]:
        if isinstance(value, Scalar) and value.value and not value.value.strip().lower().endswith(".wav"):
            parts.problems.add(
                value.place, "'play' plays a recording", expected="the name of a .wav file", hint="for a text: say"
            )
    barge_in = section.yes_no("barge_in", default=True)
    return model.Say(
        name=name,
        place=str(section.place),
        verb="play",
        prompt=parts.must(prompt),
        barge_in=barge_in,
        then=parts.then(section),
    )


def _echo(parts: StepParts, section: Section, name: str) -> AnyStep:
    length_s = section.seconds("echo", 60.0, low=TEST_S[0], high=TEST_S[1])
    return model.EchoTest(name=name, place=str(section.place), length_s=length_s, then=parts.then(section))


def _tone(parts: StepParts, section: Section, name: str) -> AnyStep:
    return model.ToneTest(
        name=name,
        place=str(section.place),
        hz=section.decimal("tone", 1004.0, low=200.0, high=3400.0, unit="Hz"),
        level_dbm0=section.decimal("level", 0.0, low=-60.0, high=3.0, unit="dBm0"),
        length_s=section.seconds("length", 10.0, low=TEST_S[0], high=TEST_S[1]),
        then=parts.then(section),
    )


def _hang_up(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.node.items["hang_up"][1]
    section.mark("hang_up")
    bare = isinstance(node, Scalar) and node.missing
    prompt = parts.goodbye if bare else parts.prompt(section, "hang_up")
    return model.HangUpStep(name=name, place=str(section.place), prompt=prompt)


def _wait(parts: StepParts, section: Section, name: str) -> AnyStep:
    length_s = section.seconds("wait", 1.0, low=WAIT_S[0], high=WAIT_S[1])
    return model.Wait(name=name, place=str(section.place), length_s=length_s, then=parts.then(section))


VERBS = {
    "say": Verb(_say, Shape.SAID, {"barge_in": Shape.YES_NO, "then": STEP}),
    "play": Verb(_play, Shape.SAID, {"barge_in": Shape.YES_NO, "then": STEP}),
    "wait": Verb(_wait, Shape.LENGTH, {"then": STEP}, needs=("then",)),
    "echo": Verb(_echo, Shape.LENGTH, {"then": STEP}),
    "tone": Verb(_tone, Shape.NUMBER, {"level": Shape.NUMBER, "length": Shape.LENGTH, "then": STEP}),
    "hang_up": Verb(_hang_up, Shape.SAID_OR_NOTHING, {}),
}
