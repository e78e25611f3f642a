"""Commands over MQTT, the part that is the same for all: a topic says what is commanded, JSON says how, and every
command is answered on one topic, done or refused with the reason.

    <base>/command/<word>/<name>     to the box; the payload is a JSON object
    <base>/command/answer            from the box, one for each

A door is what one word leads to; which doors are open is `commands:` under `mqtt:` in gateway.yaml. Whatever bytes come
are answered and logged, and nothing that a door raises goes further than here. Connects to nothing; `mqtt` does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec

from gateway.core.events import HoursCommanded
from gateway.core.hours.override import UNTIL, OverrideError, OverrideRequest
from gateway.edge.mqtt_messages import CommandRefusedError

PAYLOAD_MAX = 4096
ID_MAX = 64
SHOWN_MAX = 200
HOURS = "hours"

_log = logging.getLogger(__name__)


class CommandAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one command. `id` is the command's own, so that whoever sent it knows which it was."""

    topic: str
    id: str
    done: bool
    place: str = ""
    """Where in the command the problem is: a JSON path, "payload", "topic"; empty when it is done."""
    problem: str = ""
    remedy: str = ""
    result: dict[str, Any] = msgspec.field(default_factory=dict)
    """What holds now, when it is done."""
    payload: str = ""
    """The beginning of what was received, when it is refused."""
    at: float


class Door(NamedTuple):
    """What one word of a topic leads to. `shape` is the payload's type (a field `id` is taken off before); `obey` gets
    the topic's last level and the decoded payload, gives the answer's `result`, or raises CommandRefusedError."""

    shape: type[msgspec.Struct]
    obey: Callable[[str, Any], dict[str, Any]]
    remedy: str
    """An example of a payload, for who sent another one."""


class Commands:
    """All doors of one site. `base` are the first levels of its topics."""

    def __init__(self, base: str, doors: Mapping[str, Door], clock: Callable[[], float]) -> None:
        self._base, self._doors, self._clock = f"{base}/command/", dict(doors), clock
        self.topics = tuple(f"{self._base}{word}/+" for word in self._doors)
        """What has to be subscribed to."""
        self.answers = f"{self._base}answer"

    def answer(self, topic: str, payload: bytes, *, retained: bool) -> CommandAnswer | None:
        """Obey one message; None when its topic is not one of ours. Never raises."""
        word, _, name = topic.removeprefix(self._base).partition("/")
        door = self._doors.get(word)
        if door is None or not topic.startswith(self._base):
            return None
        command_id = ""
        try:
            command_id, request = _read(door, payload, retained=retained)
            result = door.obey(unquote(name), request)
        except CommandRefusedError as refused:
            return self._refused(topic, command_id, payload, refused)
        except Exception:  # noqa: BLE001 - nothing that a broker sends may end the publisher
            _log.exception("%s: a command could not be obeyed", topic)
            fault = CommandRefusedError("", "a fault of the box", "see its log")
            return self._refused(topic, command_id, payload, fault)
        _log.info("%s: obeyed", topic)
        return CommandAnswer(topic=topic, id=command_id, done=True, result=result, at=self._clock())

    def _refused(self, topic: str, command_id: str, payload: bytes, refused: CommandRefusedError) -> CommandAnswer:
        _log.warning("%s: refused: %s", topic, refused.problem)
        return CommandAnswer(
            topic=topic,
            id=command_id,
            done=False,
            place=refused.place,
            problem=refused.problem,
            remedy=refused.remedy,
            payload=payload[:SHOWN_MAX].decode(errors="replace"),
            at=self._clock(),
        )


def _read(door: Door, payload: bytes, *, retained: bool) -> tuple[str, Any]:
    """(the command's id, what it says). Raises CommandRefusedError."""
    if retained:
        remedy = "publish commands without the retain flag, and clear this topic with an empty retained message"
        raise CommandRefusedError("payload", "a retained command would be obeyed again at each connection", remedy)
    if len(payload) > PAYLOAD_MAX:
        raise CommandRefusedError("payload", f"{len(payload)} bytes are too many for a command", door.remedy)
    try:
        fields = msgspec.json.decode(payload, type=dict[str, Any])
    except msgspec.ValidationError as error:
        raise CommandRefusedError("payload", str(error), door.remedy) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CommandRefusedError("payload", str(error) or "nested too deeply", door.remedy) from error
    command_id = fields.pop("id", "")
    if not isinstance(command_id, str) or len(command_id) > ID_MAX:
        raise CommandRefusedError("$.id", f"an id is a text of at most {ID_MAX} characters", door.remedy)
    try:
        return command_id, msgspec.convert(fields, door.shape)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        raise CommandRefusedError(place.strip("`") or "payload", problem, door.remedy) from error


def hours_door(take: Callable[[str, OverrideRequest], HoursCommanded]) -> Door:
    """`command/hours/<calendar>`: open or closed until a moment, or by the hours again. `take` raises OverrideError."""

    def obey(name: str, request: OverrideRequest) -> dict[str, Any]:
        try:
            event = take(name, request)
        except OverrideError as error:
            place = "topic" if error.place == "calendar" else f"$.{error.place}"
            raise CommandRefusedError(place, error.problem, error.remedy) from error
        return {"calendar": event.calendar, "to": event.to, "until": event.until or None}

    remedy = 'send e.g. {"to":"closed","until":"18:00","who":"Anna"}; `to` is open, closed or normal, `until` ' + UNTIL
    return Door(OverrideRequest, obey, remedy)
