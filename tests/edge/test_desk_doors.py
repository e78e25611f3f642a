"""Commands over MQTT about cases and tasks: obeyed, or refused with the place and the reason."""

from __future__ import annotations

import pytest

from gateway.core.events_desk import DeskCommanded
from gateway.edge.desk_doors import desk_doors
from gateway.edge.mqtt_commands import CommandAnswer, Commands

BASE = "gateway/demo"


class Box:
    """Knows the case 10008, which is closed, and the task a.t1."""

    def __init__(self, *words: str) -> None:
        self.told: list[DeskCommanded] = []
        self.commands = Commands(BASE, desk_doors(words or ("cases", "tasks"), self._take), lambda: 1.0)

    def _take(self, event: DeskCommanded) -> str:
        if event.id not in {"10008", "a.t1"}:
            return f"there is no {event.what} {event.id}: `gateway {event.what}s` lists them"
        if event.deed == "closed":
            return f"case {event.id} was closed before; it can be reopened"
        self.told.append(event)
        return ""

    def say(self, where: str, payload: str, *, retained: bool = False) -> CommandAnswer | None:
        return self.commands.answer(f"{BASE}/command/{where}", payload.encode(), retained=retained)


def test_what_can_be_done_is_done_and_answered():
    box = Box()
    answer = box.say("case/10008", '{"deed":"reopened","who":"Anna","id":"7"}')
    assert answer is not None
    assert (answer.done, answer.id, answer.result) == (True, "7", {"case": "10008", "deed": "reopened"})
    answer = box.say("task/a.t1", '{"deed":"done"}')
    assert answer is not None
    assert answer.done
    assert box.told == [
        DeskCommanded(what="case", id="10008", deed="reopened", who="Anna"),
        DeskCommanded(what="task", id="a.t1", deed="done"),
    ]


@pytest.mark.parametrize(
    ("where", "payload", "place"),
    [
        ("case/10007", '{"deed":"closed"}', "topic"),
        ("case/10008", '{"deed":"closed"}', "$.deed"),
        ("case/10008", '{"deed":"done"}', "$.deed"),
        ("case/10008", "{}", "payload"),
        ("case/10008", '{"deed":"closed","why":"x"}', "payload"),
        ("task/a.t1", '{"deed":"closed"}', "$.deed"),
        ("task/a.t1", "done", "payload"),
        ("task/a.t9", '{"deed":"done"}', "topic"),
    ],
)
def test_what_cannot_is_refused_with_the_place_and_a_remedy(where, payload, place):
    box = Box()
    answer = box.say(where, payload)
    assert answer is not None
    assert (answer.done, answer.place) == (False, place)
    assert answer.problem
    assert '"deed"' in answer.remedy
    assert not box.told


def test_a_retained_command_is_refused():
    answer = Box().say("task/a.t1", '{"deed":"done"}', retained=True)
    assert answer is not None
    assert not answer.done


def test_only_the_doors_that_are_open():
    assert Box("agents", "tasks").commands.topics == (f"{BASE}/command/task/+",)
    assert Box("agents").commands.topics == ()
