"""What happened in a call, told to people: each entry of a run's log becomes a moment with its sentence, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from gateway.core.actions import Echo, Play, Tone
from gateway.core.call import MUSIC_WORDS
from gateway.core.facts import (
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
from gateway.simulate import words
from gateway.simulate.plan import HungUp, Pressed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.site import Site
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
            case CallStarted():
                return "call", "call", _of(happened, "caller", "called", "flow")
            case StepEntered():
                return "step", "step", _of(happened, "flow", "step", "verb")
            case InputTaken():
                return "input", f"input_{happened.outcome}", _of(happened, "step", "keys", "outcome")
            case ClientIdentified():
                return "client", happened.how, _of(happened, "client", "how", "manager", "team")
            case QueueEntered():
                self._staged = False
                return "queue", "queue", _of(happened, "team", "manager", "area", "position")
            case StageEntered():
                self._staged = True
                return "stage", "stage", _of(happened, "stage", "team", "reason")
            case AgentOffered():
                again = happened.agent in self._offered
                self._offered.add(happened.agent)
                why = "again" if again else "manager" if happened.stage == "manager" else "longest"
                return "offer", f"offer_{why}", _of(happened, "agent", "stage", "team")
            case AgentDeclined():
                return "declined", "declined", _of(happened, "agent", "why", "code", "rang_s")
            case CallBridged():
                return "bridged", "bridged", _of(happened, "agent", "stage", "team", "wait_s")
            case QueueLeft():
                left = _of(happened, "team", "outcome", "wait_s")
                if happened.outcome == "overflowed" and not self._staged:  # routing.enter: the only way past all stages
                    return "stage", "nobody", left
                return ("left", "left", left) if happened.outcome != "answered" else None
            case TalkEnded():
                return "talk_ended", "talk_ended", _of(happened, "agent", "talk_s", "by")
            case CallEnded():
                data = _of(happened.record, "outcome", "ended_by")
                if happened.record.outcome != "lost":
                    return "ended", "ended", data
                return "ended", "fault", {**data, "fault": happened.record.end_reason}
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
                return None

    def _shown(self, data: dict[str, Any]) -> dict[str, str]:
        """The data as the sentences show them: names for ids, sentences for codes."""
        site, language = self._site, self._language
        shown = {name: f"{value:.1f}" if isinstance(value, float) else str(value) for name, value in data.items()}
        for name, value in data.items():
            match name:
                case "agent" | "manager":
                    shown[name] = site.agents[value].name if value in site.agents else value
                case "team":
                    shown[name] = site.teams[value].name if value in site.teams else value
                case "client":
                    shown[name] = f"{site.clients[value].name} ({value})" if value in site.clients else value
                case "caller":
                    shown[name] = value or words.TEXTS[language]["withheld"]
                case "stage":
                    shown[name] = words.said(words.STAGES, language, value)
                case "reason":
                    shown[name] = words.said(words.REFUSED if "code" in data else words.REASONS, language, value)
                case "why":
                    shown[name] = words.said(words.DECLINED, language, value)
                case "ended_by":
                    shown[name] = words.said(words.ENDED_BY, language, value)
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
