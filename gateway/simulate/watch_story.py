"""What the narrator says of watching over the office: escalation, tasks, alarms, and who listens to a talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.facts.desk import CaseEscalated, TaskClosed, TaskOpened, TaskOverdue
from gateway.core.facts.watch import (
    AlarmCleared,
    AlarmRaised,
    SupervisionChanged,
    SupervisionEnded,
    SupervisionRefused,
    SupervisionStarted,
)

if TYPE_CHECKING:
    from gateway.simulate.plan import Happening
    from gateway.simulate.words import Table

LABELS: Table = {
    "pl": {"case": "sprawa", "task": "zadanie", "alarm": "alarm", "supervision": "odsłuch"},
    "en": {"case": "case", "task": "task", "alarm": "alarm", "supervision": "listening"},
}

TEXTS: Table = {
    "pl": {
        "escalated_limit_near": "sprawa {case}: termin blisko, trafia do: {addressee}",
        "escalated_limit_over": "sprawa {case}: po terminie, trafia do: {addressee}",
        "escalated_still_open": "sprawa {case}: nadal otwarta po terminie, trafia do: {addressee}",
        "task_two_abandons": "oddzwonić na {number}, bo drugi raz w ciągu doby nie doczekał się rozmowy; {addressee}",
        "task_low_csat": "oddzwonić na {number}, bo ocenił rozmowę na 1 lub 2 z 5; {addressee}",
        "task_sampled": "wysłuchać i ocenić rozmowę; {addressee}",
        "task_overdue": "zadanie {task} jest po terminie",
        "task_done": "zadanie {task} jest wykonane",
        "task_cancelled": "zadanie {task} jest odwołane",
        "alarm_nobody_logged_in": "{team}: otwarte, a od {value} s nikt nie jest zalogowany",
        "alarm_longest_wait": "{team}: ktoś czeka już {value} s, a może {threshold} s",
        "alarm_service_level": "{team}: w tym kwadransie można osiągnąć już tylko {best}, a ma być {target}",
        "alarm_trunk_down": "łącze {subject} nie działa",
        "alarm_recording": "nie udało się nagrać: {subject}",
        "alarm_many_people": "klient {subject}: osób, z którymi rozmawiał w 30 dni: {value}, dozwolone: {threshold}",
        "cleared_nobody_logged_in": "{team}: znowu w porządku z logowaniem, po {lasted_s} s",
        "cleared_longest_wait": "{team}: nikt już nie czeka za długo, po {lasted_s} s",
        "cleared_service_level": "{team}: kwadrans się skończył",
        "cleared_trunk_down": "łącze {subject} znowu działa, po {lasted_s} s",
        "cleared_recording": "nagrywanie znowu działa, po {lasted_s} s",
        "cleared_many_people": "klient {subject}: już nie ze zbyt wieloma osobami w 30 dni",
        "supervise_listen": "słucha rozmowy: {agent}",
        "supervise_whisper": "słucha i podpowiada: {agent}",
        "supervise_barge": "wchodzi do rozmowy: {agent}",
        "supervise_key": "koniec odsłuchu ({agent}), na własne życzenie",
        "supervise_hung_up": "koniec odsłuchu ({agent}), odkłada słuchawkę",
        "supervise_talk_over": "koniec odsłuchu ({agent}), rozmowa się skończyła",
        "supervise_restart": "koniec odsłuchu ({agent}), urządzenie uruchomiono na nowo",
        "refused_off": "{agent}: słuchanie rozmów jest wyłączone",
        "refused_no_such_agent": "nie ma osoby o kodzie {code}",
        "refused_not_yours": "{agent}: nie z zespołu, którego wolno słuchać",
        "refused_not_talking": "{agent}: nie prowadzi rozmowy",
        "refused_other_line": "{agent}: rozmawia na innej linii urządzenia, więc nie da się słuchać",
        "refused_draft": "{agent}: rozmowa próbna nie należy do nikogo",
        "refused_busy": "{agent}: tej rozmowy słucha już ktoś inny",
    },
    "en": {
        "escalated_limit_near": "case {case}: its limit is near, it comes before {addressee}",
        "escalated_limit_over": "case {case}: its limit is over, it comes before {addressee}",
        "escalated_still_open": "case {case}: still open after its limit, it comes before {addressee}",
        "task_two_abandons": "call {number} back, who hung up in the queue twice within a day; for {addressee}",
        "task_low_csat": "call {number} back, who was not content (1 or 2 of 5); for {addressee}",
        "task_sampled": "hear the talk and score it; for {addressee}",
        "task_overdue": "task {task} is overdue",
        "task_done": "task {task} is done",
        "task_cancelled": "task {task} is cancelled",
        "alarm_nobody_logged_in": "{team}: it is open, and nobody has been logged in for {value} s",
        "alarm_longest_wait": "{team}: somebody has waited for {value} s, {threshold} s are allowed",
        "alarm_service_level": "{team}: {best} is the best that this quarter of an hour can reach, {target} is wanted",
        "alarm_trunk_down": "trunk {subject} is down",
        "alarm_recording": "a recording failed: {subject}",
        "alarm_many_people": "client {subject} has talked with {value} people in 30 days, {threshold} are allowed",
        "cleared_nobody_logged_in": "{team}: somebody is logged in again, or it has closed, after {lasted_s} s",
        "cleared_longest_wait": "{team}: nobody waits too long any more, after {lasted_s} s",
        "cleared_service_level": "{team}: the quarter of an hour is over",
        "cleared_trunk_down": "trunk {subject} is up again, after {lasted_s} s",
        "cleared_recording": "recordings are written again, after {lasted_s} s",
        "cleared_many_people": "client {subject}: no longer too many people in 30 days",
        "supervise_listen": "hears the talk of {agent}",
        "supervise_whisper": "hears the talk and whispers to {agent}",
        "supervise_barge": "joins the talk of {agent}",
        "supervise_key": "hears {agent} no more, as wanted",
        "supervise_hung_up": "hears {agent} no more: hung up",
        "supervise_talk_over": "hears {agent} no more: the talk is over",
        "supervise_restart": "hears {agent} no more: the box was started anew",
        "refused_off": "{agent}: nobody may listen to talks here",
        "refused_no_such_agent": "there is nobody with the code {code}",
        "refused_not_yours": "{agent}: not of a team that may be heard",
        "refused_not_talking": "{agent} is not talking",
        "refused_other_line": "{agent} talks on another line of the box, so the talk cannot be heard",
        "refused_draft": "{agent}: a trial call belongs to nobody",
        "refused_busy": "{agent}: somebody else hears this talk already",
    },
}


for _texts in TEXTS.values():
    for _alarm in ("alarm_longest_wait", "alarm_service_level"):
        _texts[f"{_alarm}_why"] = f"{_texts[_alarm]}. {{cause}}"


def moment(happened: Happening) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, template, data) as the narrator has them; None for what is not told here."""
    match happened:
        case CaseEscalated():
            return "case", f"escalated_{happened.why}", {"case": happened.case, "addressee": happened.to}
        case TaskOpened():
            return "task", f"task_{happened.why}", {"number": happened.number, "addressee": happened.to}
        case TaskOverdue():
            return "task", "task_overdue", {"task": happened.task}
        case TaskClosed():
            return "task", f"task_{happened.result}", {"task": happened.task}
        case AlarmRaised():
            why = "_why" if happened.cause is not None and f"alarm_{happened.alarm}_why" in TEXTS["en"] else ""
            return "alarm", f"alarm_{happened.alarm}{why}", _measured(happened)
        case AlarmCleared():
            data = {"team": happened.team, "subject": happened.subject, "lasted_s": happened.lasted_s}
            return "alarm", f"cleared_{happened.alarm}", data
        case SupervisionStarted() | SupervisionChanged():
            return "supervision", f"supervise_{happened.mode}", {"agent": happened.agent}
        case SupervisionEnded():
            return "supervision", f"supervise_{happened.how}", {"agent": happened.agent}
        case SupervisionRefused():
            return "supervision", f"refused_{happened.reason}", {"agent": happened.agent, "code": happened.code}
        case _:
            return None


def _measured(alarm: AlarmRaised) -> dict[str, Any]:
    """What it was raised for: seconds, or shares as people read them."""
    data: dict[str, Any] = {"team": alarm.team, "subject": alarm.subject}
    if alarm.cause is not None:
        data["cause"] = alarm.cause.said
    if alarm.alarm == "service_level":
        return data | {
            "best": f"{100 * (alarm.value or 0.0):.1f} %",
            "target": f"{100 * (alarm.threshold or 0.0):.1f} %",
        }
    return data | {"value": alarm.value, "threshold": alarm.threshold}


def sentence(alarm: AlarmRaised, team: str) -> str:
    """An alarm in one English sentence, for `gateway status`; `team` as people call it."""
    data = {name: f"{value:.0f}" if isinstance(value, float) else value for name, value in _measured(alarm).items()}
    told = TEXTS["en"][f"alarm_{alarm.alarm}"].format(**{**data, "team": team})
    return f"{told}. {alarm.cause.said['en']}" if alarm.cause is not None else told
