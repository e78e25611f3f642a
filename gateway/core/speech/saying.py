"""From a prompt and a call's values to the clips that are played.

The reader of the site's files asks `value_texts` for the same texts, so that every clip is ready before it is needed.
A value that is not of the kind that a text asks for is left out like one that is missing. The reader refuses what it
can know beforehand; what a caller keyed stands in the journal as InputTaken, so leaving it out is no fact of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.core.speech.clips import clip_for, pause_ms
from gateway.core.speech.fragments import LANGUAGES, fragments
from gateway.errors import SpeechError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.actions import Clip
    from gateway.core.flow.model import Part, Prompt
    from gateway.core.site.site import Site
    from gateway.core.speech.fragments import Form, Kind

PLAY_GUARD_S = 300.0
"""A prompt of which no end is heard within that is taken for ended."""


def in_words(value: str, kind: Kind, language: str, form: Form) -> tuple[str, ...]:
    """A value said as a kind, one text a clip. Said digit by digit, a telephone number needs no "plus".
    Raises SpeechError for a value that cannot be said so, or a language without words for values."""
    return fragments(value.removeprefix("+") if kind == "digits" else value, kind, language, form)


def value_texts(part: Part, value: str, *, language: str, site: Site) -> tuple[str, ...]:
    """What is said for the variable of `part`, one text a clip: by its kind, if it has one, and nothing when the value
    is not of that kind. Else the assigned manager by the spoken, declined name; a number digit by digit (without its
    "+"), so that ten clips say every number; anything else as it is."""
    if not value:
        return ()
    if part.kind:
        try:
            return in_words(value, part.kind, language, part.form)
        except SpeechError:
            return ()
    if part.variable == "manager":
        agent = site.agents.get(value)
        return (agent.spoken.get(language) or agent.name,) if agent is not None else ()
    spoken = _answer_spoken(part.variable, value, language, site) if site.services else ""
    if spoken:
        return (spoken,)
    digits = value.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return (value,)
    if language not in LANGUAGES:
        return tuple(digits)  # the voice knows what they are called
    return tuple(word for digit in digits for word in fragments(digit, "digits", language))


def _answer_spoken(variable: str, value: str, language: str, site: Site) -> str:
    """How the admin wants a word of a service's answer said; empty when it is to be said as it is."""
    name, _, key = variable.partition(".")
    service = site.services.get(name)
    field = next((field for field in service.answer if field.name == key), None) if service is not None else None
    return field.spoken.get(value, {}).get(language, "") if field is not None else ""


def clips_of(
    prompt: Prompt, values: Mapping[str, str], *, language: str, fallback: str, site: Site
) -> tuple[Clip, ...]:
    """The clips of `prompt` in `language`, else in `fallback`, else in the first that it has. A variable without a
    value, or with one that cannot be said, is left out."""
    spoken = _tongue(prompt, language, fallback)
    if spoken is None:
        return ()
    clips: list[Clip] = []
    for part in prompt.parts[spoken]:
        if part.clip is not None:
            clips.append(_voiced(part.clip, site))
        if part.variable:
            texts = value_texts(part, values.get(part.variable, ""), language=spoken, site=site)
            voice = site.voices.get(spoken, "")
            pause = pause_ms(part.kind)
            said = (clip_for(text, language=spoken, voice=voice, pause_ms=pause) for text in texts)
            clips.extend(_voiced(clip, site) for clip in said)
    return tuple(clips)


def whole(prompt: Prompt, values: Mapping[str, str], *, language: str, fallback: str, site: Site) -> bool:
    """Whether every variable that `clips_of` would say has something to be said."""
    spoken = _tongue(prompt, language, fallback)
    parts = prompt.parts.get(spoken, ()) if spoken is not None else ()
    return all(
        value_texts(part, values.get(part.variable, ""), language=spoken or "", site=site)
        for part in parts
        if part.variable
    )


def _tongue(prompt: Prompt, language: str, fallback: str) -> str | None:
    """The language in which `prompt` is said; None when it has none."""
    wanted = (language, fallback, *prompt.parts)
    return next((tongue for tongue in wanted if tongue in prompt.parts), None)


def _voiced(clip: Clip, site: Site) -> Clip:
    """A person's recording of the same words, where the site has one."""
    own = site.recorded.get(clip.key)
    return clip if own is None else replace(clip, key=own)


def names_in(prompt: Prompt) -> frozenset[str]:
    """The variables that `prompt` says, in whatever language."""
    return frozenset(part.variable for parts in prompt.parts.values() for part in parts if part.variable)
