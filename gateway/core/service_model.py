"""HTTP services as the admin declares them (`services:` in gateway.yaml), and the words for how a look-up ended.

Structs only, without the words of speech: the line processes read this file with the actions.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

LookupOutcome = Literal["found", "not_found", "failed"]
LookupReason = Literal[
    "",
    "no_value",  # a variable of the address has no value: nothing was asked
    "timed_out",  # the service did not answer within its time limit
    "unreachable",  # no connection, or it broke
    "tls",  # the service's certificate, or its TLS, cannot be trusted
    "refused",  # 401 or 403: the token is wrong
    "status",  # another status than a good one, 404 or 410
    "redirect",  # the answer stands elsewhere; the gateway does not follow
    "too_large",  # more bytes than an answer may have
    "not_json",  # bytes that are no JSON
    "wrong_answer",  # a value is missing or is not what was declared
    "circuit_open",  # the service failed several times in a row and is left alone for a while: nothing was asked
    "no_answer",  # the edge never reported: given up by the core itself
    "not_asked",  # a simulation, which has no network
    "fault",  # a fault of the gateway
]

TIME_LIMIT_S = 2.0
"""The longest that a service may keep a caller waiting, everything counted."""
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
"""A variable in a service's address."""


class AnswerField(msgspec.Struct, frozen=True, kw_only=True):
    """One value that the flow may use, as `SERVICE.NAME`. Either `one_of` known words or a `kind` of value."""

    name: str
    at: tuple[str, ...]
    """Where it stands in the JSON: keys of objects, or numbers of entries (from 0) of lists."""
    kind: str = ""
    """A kind of value (`speech.fragments.KINDS`); empty with `one_of`."""
    currency: str = ""
    """Of money, always."""
    one_of: tuple[str, ...] = ()
    """Nothing else may come. JSON's true and false are the words `true` and `false`."""
    spoken: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    """Word -> language -> how it is said; a word that is not here is said as it is."""
    optional: bool = False
    """An answer without it is good."""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `services:`. The token is not here: an action carries this struct."""

    name: str
    url: str
    """With `{variables}` in its path or query."""
    time_limit_s: float = TIME_LIMIT_S
    cache_s: float = 0.0
    token_header: str = ""
    """Empty: `Authorization: Bearer TOKEN`; else the header whose value is the token."""
    ca_file: str = ""
    """PEM file of the authority that signed the service's certificate; empty: the system's own."""
    answer: tuple[AnswerField, ...] = ()

    @property
    def asks(self) -> tuple[str, ...]:
        """The variables of the address, each once."""
        return tuple(dict.fromkeys(PLACEHOLDER.findall(self.url)))

    def variable(self, field: AnswerField) -> str:
        """The name under which the flow reads a value."""
        return f"{self.name}.{field.name}"
