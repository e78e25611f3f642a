"""From a prompt and a call's values to the clips that are played.

The reader of the site's files asks `value_texts` for the same texts, so that every clip is ready before it is needed.
A value that is not of the kind that a text asks for is left out like one that is missing. The reader refuses what it
can know beforehand; what a caller keyed stands in the journal as InputTaken, so leaving it out is no fact of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.speech import clip_for
from gateway.core.verbal import LANGUAGES, fragments
from gateway.errors import SpeechError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.actions import Clip
    from gateway.core.flow_model import Part, Prompt
    from gateway.core.site import Site
    from gateway.core.verbal import Form, Kind


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
    digits = value.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return (value,)
    if language not in LANGUAGES:
        return tuple(digits)  # the voice knows what they are called
    return tuple(word for digit in digits for word in fragments(digit, "digits", language))


def clips_of(
    prompt: Prompt, values: Mapping[str, str], *, language: str, fallback: str, site: Site
) -> tuple[Clip, ...]:
    """The clips of `prompt` in `language`, else in `fallback`, else in the first that it has. A variable without a
    value, or with one that cannot be said, is left out."""
    spoken = next((tongue for tongue in (language, fallback) if tongue in prompt.parts), None)
    if spoken is None:
        spoken = next(iter(prompt.parts), None)
        if spoken is None:
            return ()
    clips: list[Clip] = []
    for part in prompt.parts[spoken]:
        if part.clip is not None:
            clips.append(part.clip)
        if part.variable:
            texts = value_texts(part, values.get(part.variable, ""), language=spoken, site=site)
            voice = site.voices.get(spoken, "")
            clips.extend(clip_for(text, language=spoken, voice=voice) for text in texts)
    return tuple(clips)


def names_in(prompt: Prompt) -> frozenset[str]:
    """The variables that `prompt` says, in whatever language."""
    return frozenset(part.variable for parts in prompt.parts.values() for part in parts if part.variable)
