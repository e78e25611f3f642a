"""From a prompt and a call's values to the clips that are played.

The reader of the site's files asks `value_texts` for the same texts, so that every clip is ready before it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.speech import clip_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.actions import Clip
    from gateway.core.flow_model import Prompt
    from gateway.core.site import Site


def value_texts(name: str, value: str, *, language: str, site: Site) -> tuple[str, ...]:
    """What is said for variable `name`, one text a clip: the assigned manager by the spoken, declined name; a
    number digit by digit (without its "+"), so that ten clips say every number; anything else as it is."""
    if not value:
        return ()
    if name == "manager":
        agent = site.agents.get(value)
        return (agent.spoken.get(language) or agent.name,) if agent is not None else ()
    digits = value.removeprefix("+")
    if digits.isascii() and digits.isdigit():
        return tuple(digits)
    return (value,)


def clips_of(
    prompt: Prompt, values: Mapping[str, str], *, language: str, fallback: str, site: Site
) -> tuple[Clip, ...]:
    """The clips of `prompt` in `language`, else in `fallback`, else in the first that it has. A variable without a
    value is left out."""
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
            texts = value_texts(part.variable, values.get(part.variable, ""), language=spoken, site=site)
            voice = site.voices.get(spoken, "")
            clips.extend(clip_for(text, language=spoken, voice=voice) for text in texts)
    return tuple(clips)


def names_in(prompt: Prompt) -> frozenset[str]:
    """The variables that `prompt` says, in whatever language."""
    return frozenset(part.variable for parts in prompt.parts.values() for part in parts if part.variable)
