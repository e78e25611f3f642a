"""What happened in a call, told to people: each entry of a run's log becomes a moment with its sentence, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from gateway.core.actions import Echo, Play, Tone
from gateway.core.call.call import MUSIC_WORDS
from gateway.core.facts.calls import (
    AgentDeclined,
    AgentOffered,
    CallBridged,
    CallEnded,
    CallStarted,
    CallTurnedAway,
    ClientIdentified,
    InputTaken,
    QueueEntered,
    QueueLeft,
    StageEntered,
    StepEntered,
    TalkEnded,
)
from gateway.core.facts.flow import RingEnded, RoundCounted, SubflowReturned
from gateway.core.facts.hours import HolidayChecked, HoursChecked, HoursOverridden
from gateway.core.facts.lookup import LookupAnswered
from gateway.core.facts.pins import PinLocked
from gateway.core.hours import words as calendar_words
from gateway.core.numbers import is_outside
from gateway.simulate import call_back_story, desk_story, owner_story, queue_story, talk_story, words
from gateway.simulate.plan import HungUp, Pressed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.site.site import Site
    from gateway.simulate.plan import Happening
    from gateway.simulate.words import Language

LABEL_WIDTH = 9


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the story. `t_s` counts from the INVITE; `kind` is a key of `words.LABELS`; `data` is what the
    sentence was made of, for programs."""

    t_s: float
    kind: str
    text: str
    data: dict[str, Any]


class Narrator:
    """Tells one call; feed it the log in order."""

    def __init__(self, site: Site, language: Language, *, started_at: float) -> None:
        self._site, self._language, self._started_at = site, language, started_at
        self._offered: set[str] = set()
        self._staged = False
        self._flow = ""
        self._role = "manager"
        """What the caller's own person is: the manager, or a key of `owner_story.ROLES`."""
        self._rings = False
        """Whether the present step rings without the queue."""

    def tell(self, at: float, happened: Happening) -> Moment | None:
        """The moment of one entry of the log; None for what people need not know."""
        told = self._tell(happened)
        if told is None:
            return None
        kind, template, data = told
        text = words.TEXTS[self._language][template].format(**self._shown(data))
        return Moment(t_s=round(at - self._started_at, 3), kind=kind, text=text, data=data)

    def line(self, moment: Moment) -> str:
        """The moment as a line of a transcript."""
        minutes, seconds = divmod(round(moment.t_s, 1), 60)
        label = words.LABELS[self._language][moment.kind]
        return f"{int(minutes):3}:{seconds:04.1f}  {label:<{LABEL_WIDTH}} {moment.text}"

    def _tell(self, happened: Happening) -> tuple[str, str, dict[str, Any]] | None:
        """(kind, template, data)."""
        match happened:
            case CallStarted(direction="out"):
                return call_back_story.moment(happened)
            case CallStarted():
                return "call", "call", _of(happened, "caller", "called", "flow")
            case StepEntered():
                self._flow = self._flow or happened.flow
                self._rings = happened.verb in {"ring", "transfer"}
                there = "step" if happened.flow == self._flow else "step_there"
                return "step", there, _of(happened, "flow", "step", "verb")
            case SubflowReturned():
                return "step", "returned", _of(happened, "flow", "outcome", "to")
            case RoundCounted():
                return "step", "rounds_over" if happened.used_up else "round", _of(happened, "step", "round", "of")
            case InputTaken():
                # A PIN leaves no keys in the facts.
                told = f"secret_{happened.outcome}" if not happened.keys and happened.outcome != "no_input" else ""
                return "input", told or f"input_{happened.outcome}", _of(happened, "step", "keys", "outcome")
            case HoursChecked():
                return "hours", "hours", _of(happened, "calendar", "open", "reason", "day", "holiday")
            case HolidayChecked():
                told = "holiday" if happened.holiday else "no_holiday"
                return "hours", told, _of(happened, "day", "holiday")
            case HoursOverridden():
                return "hours", f"override_{happened.to}", _of(happened, "calendar", "to", "until", "by")
            case PinLocked():
                told = f"pin_locked_{happened.lock}" if happened.lock else "pin_locked"
                return "input", told, _of(happened, "step", "agent", "until")
            case ClientIdentified():
                return "client", happened.how, _of(happened, "client", "how", "manager", "team")
            case QueueEntered():
                self._staged = False
                return "queue", "queue", _of(happened, "team", "manager", "area", "position")
            case StageEntered():
                self._staged = True
                self._role = owner_story.role_of(happened.reason) if happened.stage != "overflow" else self._role
                if happened.number:
                    return "stage", "stage_number", _of(happened, "stage", "number", "reason")
                return "stage", "stage", self._in_role(_of(happened, "stage", "team", "reason"))
            case AgentOffered():
                again = happened.agent in self._offered
                self._offered.add(happened.agent)
                why = "again" if again else self._role if happened.stage == "manager" else "longest_idle"
                why = happened.why if happened.why not in {"", "manager"} else why
                plain = (self._rings and not happened.why) or is_outside(happened.agent)
                told = "offer_rung" if plain else f"offer_{why}"
                return "offer", told, _of(happened, "agent", "stage", "team", "why")
            case AgentDeclined():
                return "declined", "declined", _of(happened, "agent", "why", "code", "rang_s")
            case CallBridged(after="transfer") | TalkEnded(by="transfer"):
                return talk_story.moment(happened)
            case CallBridged():
                told = "bridged_rung" if self._rings else "bridged"
                return "bridged", told, self._in_role(_of(happened, "agent", "stage", "team", "wait_s"))
            case QueueLeft():
                told_why = queue_story.left(happened, staged=self._staged)
                if told_why is not None:
                    return told_why
                left = _of(happened, "team", "outcome", "wait_s")
                if happened.outcome == "overflowed" and not self._staged:  # admission: the only way past all stages
                    return "stage", "nobody", left
                return ("left", "left", left) if happened.outcome != "answered" else None
            case RingEnded():
                if happened.outcome == "answered":
                    return None
                told = "ring_abandoned" if happened.outcome == "abandoned" else "ring_missed"
                return "declined", told, _of(happened, "target", "to", "outcome", "reason", "rang_s")
            case TalkEnded():
                return "talk_ended", "talk_ended", _of(happened, "agent", "talk_s", "by")
            case CallEnded():
                data = _of(happened.record, "outcome", "ended_by")
                if happened.record.outcome != "lost":
                    return "ended", "ended", data
                return "ended", "fault", {**data, "fault": happened.record.end_reason}
            case LookupAnswered():
                nothing = happened.outcome == "not_found" and happened.reason == "no_value"
                told = "lookup_no_value" if nothing else f"lookup_{happened.outcome}"
                return "lookup", told, _of(happened, "service", "outcome", "reason", "took_ms")
            case CallTurnedAway():
                return "turned_away", "turned_away", _of(happened, "caller", "called", "code", "reason")
            case Play():
                heard = " ".join(clip.words for clip in happened.clips)
                return "hears", "music" if heard == MUSIC_WORDS else "hears", {"words": heard}
            case Echo():
                return "hears", "echo_on" if happened.on else "echo_off", {"echo": happened.on}
            case Tone():
                return "hears", "tone", {"hz": f"{happened.hz:g}", "level": f"{happened.level_dbm0:g}"}
            case Pressed():
                return "key", "cut" if happened.cut else "key", {"key": happened.key}
            case HungUp():
                return "hung_up", "hung_up", {}
            case _:
                told_there = (story.moment(happened) for story in words.STORIES)
                return next((moment for moment in told_there if moment is not None), None)

    def _in_role(self, data: dict[str, Any]) -> dict[str, Any]:
        """With what the caller's own person is, if that is not the assigned manager."""
        return {**data, "role": self._role} if data["stage"] == "manager" and self._role != "manager" else data

    def _shown(self, data: dict[str, Any]) -> dict[str, str]:
        """The data as the sentences show them: names for ids, sentences for codes."""
        site, language = self._site, self._language
        shown = {name: f"{value:.1f}" if isinstance(value, float) else str(value) for name, value in data.items()}
        for name, value in data.items():
            match name:
                case "agent" | "manager" | "deputy" | "by" | "other":
                    shown[name] = site.agents[value].name if value in site.agents else value
                case "team":
                    shown[name] = site.teams[value].name if value in site.teams else value
                case "client":
                    shown[name] = f"{site.clients[value].name} ({value})" if value in site.clients else value
                case "caller":
                    shown[name] = value or words.TEXTS[language]["withheld"]
                case "stage" if "role" in data:
                    shown[name] = words.said(owner_story.ROLES, language, data["role"])
                case "stage":
                    shown[name] = words.said(words.STAGES, language, value)
                case "spoke_at":
                    shown[name] = calendar_words.moment_text(site, value, language, near=self._started_at)
                case "reason" if "number" in data and "stage" in data:
                    shown[name] = words.said(owner_story.NUMBER_REASONS, language, value)
                case "cause":  # as it is said in each language
                    shown[name] = value.get(language, "")
                case "holiday":
                    shown[name] = calendar_words.holiday_text(value, language)
                case "until":
                    near = self._started_at
                    shown[name] = (
                        calendar_words.moment_text(site, value, language, near=near, end=True) if value else ""
                    )
                case "open":
                    fact = HoursChecked(at=self._started_at, step="", **data)
                    shown["told"] = calendar_words.fact_text(site, fact, language)
                case "reason" if "open" in data:
                    pass
                case "reason" if "service" in data:
                    shown[name] = words.said(words.LOOKUPS, language, value)
                case "to" if "target" in data:
                    named = site.agents.get(value) or site.teams.get(value)
                    shown[name] = named.name if named is not None else value or words.STAGES[language]["manager"]
                case "reason" if "then" in data:
                    shown[name] = words.said(talk_story.REASONS, language, value)
                case "then":
                    shown[name] = words.said(talk_story.THEN, language, value)
                case "reason" if "target" in data:
                    shown[name] = words.said(words.RINGS, language, value)
                case "reason":
                    shown[name] = words.said(words.REFUSED if "code" in data else words.REASONS, language, value)
                case "why":
                    shown[name] = words.said(words.DECLINED, language, value)
                case "ended_by":
                    shown[name] = words.said(words.ENDED_BY, language, value)
                case "how" if value in desk_story.HOW[language]:
                    shown[name] = desk_story.HOW[language][value]
                case "whose":
                    shown[name] = words.said(desk_story.WHOSE, language, value)
                case "addressee":
                    named = site.agents.get(value) or site.teams.get(value)
                    shown[name] = named.name if named is not None else value
                case "outcome":
                    table = words.OUTCOMES if "ended_by" in data else words.LEFT
                    shown[name] = words.said(table, language, value)
                case _:
                    pass
        return shown


def transcript(site: Site, log: Iterable[tuple[float, Happening]], language: Language, *, started_at: float) -> str:
    """The whole story of a run, a line a moment."""
    narrator = Narrator(site, language, started_at=started_at)
    told = (narrator.tell(at, happened) for at, happened in log)
    return "".join(narrator.line(moment) + "\n" for moment in told if moment is not None)


def _of(source: msgspec.Struct, *names: str) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}
