"""The story of a call that the journal holds: the narrator's sentences, and those of `more` for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from gateway.core.facts.calls import CallEnded, CallStarted, CallTurnedAway, QueueLeft
from gateway.explain import more
from gateway.simulate import words
from gateway.simulate.narrator import LABEL_WIDTH, Moment, Narrator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.core.facts.all import AnyFact
    from gateway.core.site.site import Site
    from gateway.simulate.words import Language


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A call's way. `at` is Unix time of its first fact."""

    call: str
    at: float
    version: str
    moments: tuple[Moment, ...]
    over: bool
    record: dict[str, Any] | None
    """The call's record (CDR), once it is over."""


def tell(site: Site, facts: Sequence[AnyFact], language: Language) -> Story:
    """The story of one call. `facts`: all of it in order, at least one; `site`: where names are taken from."""
    began = facts[0].at
    narrator = Narrator(site, language, started_at=began)
    moments = []
    for fact in facts:
        moment = narrator.tell(fact.at, fact)
        if moment is None and not (isinstance(fact, QueueLeft) and fact.outcome == "answered"):  # the bridge says it
            kind, text, data = more.told(fact, language) or more.bare(fact)
            moment = Moment(t_s=round(fact.at - began, 3), kind=kind, text=text, data=data)
        if moment is not None:
            moments.append(moment)
    ended = next((fact for fact in reversed(facts) if isinstance(fact, CallEnded)), None)
    return Story(
        call=facts[0].call,
        at=began,
        version=next((fact.site_version for fact in facts if isinstance(fact, CallStarted)), ""),
        moments=tuple(moments),
        over=ended is not None or isinstance(facts[-1], CallTurnedAway),
        record=msgspec.to_builtins(ended.record) if ended is not None else None,
    )


def lines(story: Story, language: Language) -> str:
    """The moments, a line each, as the simulator prints them."""
    labels = {**words.LABELS[language], **more.LABELS[language]}
    shown = []
    for moment in story.moments:
        minutes, seconds = divmod(round(moment.t_s, 1), 60)
        shown.append(f"{int(minutes):3}:{seconds:04.1f}  {labels[moment.kind]:<{LABEL_WIDTH}} {moment.text}\n")
    if not story.over:
        shown.append(more.TEXTS[language]["not_over"] + "\n")
    return "".join(shown)
