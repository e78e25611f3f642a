"""Commands over MQTT about what is left to do: `command/case/<number>` and `command/task/<id>`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from gateway.core.events_desk import DeskCommanded, DeskDeed, DeskThing
from gateway.edge.mqtt_commands import Door
from gateway.edge.mqtt_messages import CommandRefusedError

CASES, TASKS = "cases", "tasks"
"""Words of `commands:` under `mqtt:` in gateway.yaml; the doors that they open are called `case` and `task`."""


class CaseRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of a case."""

    deed: Literal["answered", "closed", "reopened"]
    who: str = ""


class TaskRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of a task."""

    deed: Literal["done", "cancelled"]
    who: str = ""


def desk_doors(words: tuple[str, ...], take: Callable[[DeskCommanded], str]) -> dict[str, Door]:
    """Those of them that `words` open. `take` says "" or why not."""
    doors = {}
    if CASES in words:
        doors["case"] = _door("case", CaseRequest, "closed", take)
    if TASKS in words:
        doors["task"] = _door("task", TaskRequest, "done", take)
    return doors


def _door(
    what: DeskThing, shape: type[CaseRequest | TaskRequest], deed: DeskDeed, take: Callable[[DeskCommanded], str]
) -> Door:
    def obey(name: str, request: CaseRequest | TaskRequest) -> dict[str, Any]:
        problem = take(DeskCommanded(what=what, id=name, deed=request.deed, who=request.who))
        if problem:
            place = "topic" if problem.startswith("there is no") else "$.deed"
            raise CommandRefusedError(place, problem, remedy)
        return {what: name, "deed": request.deed}

    remedy = f'send e.g. {{"deed":"{deed}","who":"Anna"}}'
    return Door(shape, obey, remedy)
