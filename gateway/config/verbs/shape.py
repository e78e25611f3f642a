"""How a verb is written: what stands behind it, and which options it has. The JSON Schema is made of this too."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from gateway.config.fields import clean
from gateway.config.source import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.config import source
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.config.variables import Variables
    from gateway.core.flow.model import AnyStep


class Shape(enum.Enum):
    """What can stand behind a verb or an option."""

    STEP = "the name of a step"
    SAID = "a text in quotes, one per language, or the name of a .wav file"
    SAID_OR_NOTHING = "a text, or nothing"
    WORD = "a word"
    NAME = "a name of your own"
    NUMBER = "a number, with or without its unit"
    LENGTH = "a length of time such as 20s or 2 min"
    SPAN = "a number, or a range such as 4..6"
    YES_NO = "yes or no"
    EXIT = "the name of a step, or {set, then}"
    CHOICES = "keys in quotes and where they lead"
    SAID_CHOICES = "keys in quotes, where they lead, and what is said of each"
    RETRY = "a step's name, or {say, tries, then}"
    RULES = "a list of {if, then}"
    VALUES = "names and values"
    TABLE = "names, each with what it stands for"
    LIST = "a list of words"
    ANNOUNCE = "yes, no, or {position, wait, thanks, first, every, while_ringing}"
    PERIODIC = "no, or {say, every}"


STEP = Shape.STEP


def nothing(step: source.Mapping, variables: Variables) -> None:
    """For verbs that note no variable of their own."""


class Verb(NamedTuple):
    """One verb. `read` makes the step of a section and its name; `takes` is what stands behind the verb itself;
    `needs` are the options without which there is no step. `notes` adds the variables that the step fills (a step that
    is not read yet) to those of its flow; what is under `set:` is noted for every verb."""

    read: Callable[[StepParts, Section, str], AnyStep]
    takes: Shape
    options: Mapping[str, Shape]
    needs: tuple[str, ...] = ()
    notes: Callable[[source.Mapping, Variables], None] = nothing
    to_flow: bool = False
    """Whether what stands behind the verb is a flow's name."""
    others: Shape | None = None
    """What can stand behind keys that are no option: the exits of a subflow are called as that flow's returns."""


def word(step: source.Mapping, key: str) -> str:
    """What is written behind `key` of a step that is not read yet; empty when it is no plain value."""
    node = step.items[key][1] if key in step.items else None
    return clean(node.value) if isinstance(node, Scalar) else ""
