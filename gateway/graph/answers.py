"""What a caller can do at a question so that the call leaves it by a certain exit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.flow.base import Comparison
from gateway.core.flow.check_digits import is_right
from gateway.core.flow.model import (
    CallBack,
    CaseDesk,
    CaseStatus,
    ChooseLanguage,
    Collect,
    Confirm,
    Consent,
    Menu,
    OverrideStep,
    Queue,
    SignIn,
    Supervise,
    Survey,
    Voicemail,
)
from gateway.core.legs.keys import KEYS
from gateway.simulate.deeds import Nothing, Press, Speak, Wait
from gateway.simulate.script_files import TEST_PIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.flow.exits import Edge
    from gateway.core.flow.model import AnyStep
    from gateway.simulate.deeds import Deed

ABROAD = "+48220009998"
CASE = "10008"
"""A case that was there before the call; its last digit checks the others."""
TRIED_MAX = 12
"""Answers to one question that are tried."""
SPOKEN_S = 5.0
IN_QUEUE_S = 30.0
"""Before a key that leaves a queue: longer than what is said before the queue begins."""
_CHECKED = {"nip": "5260001246", "regon": "000331501", "pesel": "44051401359", "luhn": "18", "iban": "", "damm": CASE}

Answer = tuple["Deed", ...]


def answers(
    step: AnyStep, edge: Edge, clients: Iterable[str], compared: Iterable[str], codes: Iterable[str] = ()
) -> tuple[Answer, ...]:
    """What may lead out by `edge`, the likeliest first; empty: nothing has to be done. `clients` are client numbers,
    `compared` values that the flow compares something with, `codes` those of agents who have a PIN."""
    if isinstance(step, SignIn) and edge.option == "then":
        return tuple((Press(f"{code}#"), Press(f"{TEST_PIN}#")) for code in codes)[:TRIED_MAX]
    match edge.option:
        case "no_input":
            return ((Nothing(),),)
        case "no_match":
            return tuple((Press(keys),) for keys in _wrong(step))
        case "human":
            return ((Press("0"),), (Press("0#"),))
        case _:
            return _right(step, edge, tuple(clients), tuple(compared))[:TRIED_MAX]


def _right(step: AnyStep, edge: Edge, clients: tuple[str, ...], compared: tuple[str, ...]) -> tuple[Answer, ...]:
    match step:
        case Menu():
            return ((Press(edge.index),),)
        case Queue():
            return ((Wait(IN_QUEUE_S), Press(edge.index)),) if edge.index else ()
        case Confirm() | Consent():
            return ((Press(step.yes_key if edge.option == "yes" else step.no_key),),)
        case ChooseLanguage():
            return tuple((Press(key),) for key in step.languages)
        case Collect():
            return tuple((Press(_finished(step, keys)),) for keys in _collected(step, clients, compared))
        case Survey():
            return ((Press("1"),), (Press("2"),))
        case CallBack():
            return ((Press("1"),), (Press("220009998#"),), (Press(ABROAD.replace("+", "00") + "#"),))
        case OverrideStep():
            return ((Press(TEST_PIN + "#"),),)
        case CaseStatus():
            return ((Press(CASE + "#"),),)
        case CaseDesk():
            return ((Press(CASE + "#"), Press("3" if edge.option == "refused" else "2")),)
        case Supervise():
            return ((Press("#"),),)
        case Voicemail():
            end = () if step.finish_on in {"", "any"} else (Press(step.finish_on),)
            if edge.option == "too_short":
                return (end or (Press("1"),),) if step.finish_on else ((Nothing(),),)
            return ((Speak(step.shortest_s + SPOKEN_S), *(end or (Press("1"),))),) if step.finish_on else ()
        case _:
            return ()


def _collected(step: Collect, clients: tuple[str, ...], compared: tuple[str, ...]) -> tuple[str, ...]:
    if step.find == "client":
        return tuple(number for number in clients if step.digits_min <= len(number) <= step.digits_max)
    shortest = [digit * max(1, step.digits_min) for digit in "150"]
    near = [str(value + more) for text in compared if text.isdecimal() for value in [int(text)] for more in (0, 1, -1)]
    liked = [pattern.replace("x", digit) for pattern in step.like for digit in "150"]
    filled = [value.zfill(step.digits_min) for value in near if not value.startswith("-")]
    found = dict.fromkeys([_CHECKED.get(step.check, ""), *liked, *filled, *shortest])
    return tuple(
        digits
        for digits in found
        if digits and step.digits_min <= len(digits) <= step.digits_max and is_right(digits, step.check)
    )


def _finished(step: Collect, digits: str) -> str:
    return digits if len(digits) >= step.digits_max else digits + step.finish_on


def _wrong(step: AnyStep) -> tuple[str, ...]:
    """Keys that mean nothing to the step."""
    match step:
        case Menu():
            return tuple(key for key in "97531286*#" if key not in step.choices)[:2] or tuple(
                key for key in sorted(KEYS) if key not in step.choices and key != "0"
            )
        case Collect():
            return ("9" * min(step.digits_max, max(1, step.digits_min)) + step.finish_on, f"9{step.finish_on}")
        case Confirm() | Consent():
            return tuple(key for key in "97*" if key not in {step.yes_key, step.no_key})
        case ChooseLanguage():
            return tuple(key for key in "97*" if key not in step.languages)
        case CaseStatus() | CaseDesk() | OverrideStep() | Supervise():
            return ("99999#", "9999#")
        case SignIn():
            return ("#", "99#")
        case _:
            return ("*", "9", "*#")


def compared_in(value: object) -> Iterable[str]:
    """Every value that a step compares something with."""
    if isinstance(value, Comparison):
        yield from value.values
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from compared_in(inner)
    elif hasattr(value, "__struct_fields__"):
        for field in value.__struct_fields__:
            yield from compared_in(getattr(value, field))
