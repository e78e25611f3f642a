"""The language of the flows as a JSON Schema (2020-12), so that editors complete it and underline what is wrong.

It is made of the same table of verbs that the reader works with. It knows less than `gateway check`: not which steps,
teams and variables there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.config.verbs import VERBS
from gateway.config.verbs.shape import Shape

if TYPE_CHECKING:
    from gateway.config.verbs.shape import Verb

ID = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

_WORD: Schema = {"type": ["string", "number", "boolean"]}
_STEP: Schema = {"type": "string"}
_TEXT: Schema = {"type": ["string", "number"]}
_SAID: Schema = {"anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT, "minProperties": 1}]}
_VALUES: Schema = {"type": "object", "additionalProperties": _WORD}
_EXIT: Schema = {
    "anyOf": [
        _STEP,
        {
            "type": "object",
            "properties": {"set": _VALUES, "then": _STEP},
            "required": ["then"],
            "additionalProperties": False,
        },
    ]
}
_CHOICE: Schema = {
    "anyOf": [
        _STEP,
        {
            "type": "object",
            "properties": {
                "say": _SAID,
                "recent": _STEP,
                "within": _TEXT,
                "say_recent": _SAID,
                "set": _VALUES,
                "then": _STEP,
            },
            "required": ["then"],
            "additionalProperties": False,
        },
    ]
}
_RULE: Schema = {
    "type": "object",
    "properties": {"if": _WORD, "set": _VALUES, "then": _STEP},
    "required": ["then"],
    "additionalProperties": False,
}
_RETRY: Schema = {
    "anyOf": [
        _STEP,
        {
            "type": "object",
            "properties": {"say": _SAID, "tries": {"type": "integer"}, "then": _STEP},
            "additionalProperties": False,
        },
    ]
}
_YES_NO: Schema = {"enum": ["yes", "no", True, False]}
_OWN_WORDS: Schema = {"anyOf": [_YES_NO, _SAID]}
_ANNOUNCE: Schema = {
    "anyOf": [
        _YES_NO,
        {
            "type": "object",
            "properties": {
                **dict.fromkeys(("position", "wait", "thanks"), _OWN_WORDS),
                **dict.fromkeys(("first", "every"), _TEXT),
                "while_ringing": _YES_NO,
            },
            "additionalProperties": False,
        },
    ]
}
_PERIODIC: Schema = {
    "anyOf": [
        {"enum": ["no", False]},
        {
            "type": "object",
            "properties": {
                "say": {"anyOf": [_SAID, {"type": "array", "items": _SAID, "minItems": 1}]},
                "every": _TEXT,
            },
            "required": ["say"],
            "additionalProperties": False,
        },
    ]
}
_SHAPES: dict[Shape, Schema] = {
    Shape.STEP: _STEP,
    Shape.SAID: _SAID,
    Shape.SAID_OR_NOTHING: {"anyOf": [_SAID, {"type": "null"}]},
    Shape.WORD: _WORD,
    Shape.NAME: _STEP,
    Shape.NUMBER: {"type": ["string", "number", "null"]},
    Shape.LENGTH: {"type": ["string", "number", "null"]},
    Shape.SPAN: {"type": ["string", "integer"]},
    Shape.YES_NO: _YES_NO,
    Shape.EXIT: _EXIT,
    Shape.CHOICES: {"type": "object", "patternProperties": {"^[0-9*#]$": _EXIT}, "additionalProperties": False},
    Shape.SAID_CHOICES: {"type": "object", "patternProperties": {"^[0-9*#]$": _CHOICE}, "additionalProperties": False},
    Shape.RETRY: _RETRY,
    Shape.RULES: {"type": "array", "items": _RULE, "minItems": 1},
    Shape.VALUES: _VALUES,
    Shape.TABLE: {"type": "object"},
    Shape.ANNOUNCE: _ANNOUNCE,
    Shape.PERIODIC: _PERIODIC,
    Shape.LIST: {"anyOf": [_WORD, {"type": "array", "items": _WORD}]},
}


def flow_schema() -> Schema:
    """The schema of one flow file."""
    head: Schema = {
        "start": {"$ref": "#/$defs/step_name", "description": "the first step"},
        "human": {
            "$ref": "#/$defs/step_name",
            "description": "where a 0 leads that a question has no use for, or none",
        },
        "takes": {"type": "array", "items": _STEP, "description": "what the flow is given when it is a subflow"},
        "steps": {"type": "object", "additionalProperties": {"$ref": "#/$defs/step"}},
    }
    return {
        "$schema": ID,
        "title": "A flow of the gateway",
        "type": "object",
        "properties": {
            "flow": {"type": "string", "description": "the file's name without .yaml"},
            "language": {"type": "string", "description": "the language of its texts, such as pl"},
            "languages": {"type": "array", "items": _STEP, "description": "all that it speaks, such as [pl, en]"},
            "texts": {"type": "object", "additionalProperties": _SAID, "description": "texts that steps share"},
            **head,
            "flows": {
                "type": "object",
                "description": "more flows, by name",
                "additionalProperties": {
                    "type": "object",
                    "properties": head,
                    "required": ["start", "steps"],
                    "additionalProperties": False,
                },
            },
        },
        "anyOf": [
            {"required": [speaks, *holds]}
            for speaks in ("language", "languages")
            for holds in (("flow", "start", "steps"), ("flows",))
        ],
        "additionalProperties": False,
        "$defs": {
            "step_name": _STEP,
            "step": {"anyOf": [_step(name, verb) for name, verb in VERBS.items()]},
        },
    }


def _step(name: str, verb: Verb) -> Schema:
    options = {option: _described(shape) for option, shape in verb.options.items()}
    return {
        "title": name,
        "type": "object",
        "properties": {name: _described(verb.takes), **options},
        "required": [name, *verb.needs],
        "additionalProperties": False if verb.others is None else _SHAPES[verb.others],
    }


def _described(shape: Shape) -> Schema:
    return {**_SHAPES[shape], "description": shape.value}
