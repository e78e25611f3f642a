"""What the site's HTTP services are asked and what may come back: pure, from variables to an address, and from the
bytes of an answer to values that the flow can use. Who asks is an edge; who waits for it is a step (`lookups.py`).

Nothing of an answer is used but what is declared, each value checked as what it is declared; an answer that does not
fit is no answer. What a value is stands in no message: it may be personal.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import msgspec

from gateway.core.service_model import PLACEHOLDER
from gateway.core.speech.fragments import Form, fragments
from gateway.errors import SpeechError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.service_model import AnswerField, LookupOutcome, LookupReason, Service

VALUE_MAX = 200
"""Characters of a variable that is put into an address."""
GONE = frozenset({404, 410})
EMPTY = frozenset({204, 205})
REFUSED = frozenset({401, 403})
_DIGITS_MAX = 15
_DATE_AND_MORE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].{1,30}")
_TIME_AND_SECONDS = re.compile(r"([0-9]{1,2}:[0-9]{2}):[0-9]{2}(?:\.[0-9]+)?")
_MONEY_CODE = re.compile(r".*[A-Za-z]")
_JSON = msgspec.json.Decoder(float_hook=Decimal)


class Answer(NamedTuple):
    """What a look-up came to. `values` by field name, found only; `detail` is for logs and holds nothing personal."""

    outcome: LookupOutcome
    reason: LookupReason = ""
    detail: str = ""
    values: Mapping[str, str] = {}
    status: int = 0
    """Of HTTP, where it decided."""


class NoValueError(ValueError):
    """A variable of an address has no value that could stand in one."""


class _Wrong(Exception):  # noqa: N818 - steers this module only
    """The answer is not what was declared."""


class _NotThere(Exception):  # noqa: N818 - steers this module only
    """The answer says that there is no such thing."""


def address(service: Service, values: Mapping[str, str]) -> str:
    """The address to ask, each variable percent-encoded (RFC 3986, 2.1). Raises NoValueError, naming the variable."""

    def put(found: re.Match[str]) -> str:
        value = values.get(found[1], "")
        if not value or len(value) > VALUE_MAX or not value.isprintable() or value in {".", ".."}:
            raise NoValueError(found[1])
        return quote(value, safe="")

    return PLACEHOLDER.sub(put, service.url)


def read_answer(service: Service, status: int, body: bytes) -> Answer:
    """What an HTTP answer means to the flow. 404 and 410, no content, `null`, `[]` or `{}`, and a null or an empty list
    on the way to a value that is needed all say that there is no such thing."""
    if status in GONE or status in EMPTY:
        return Answer("not_found", status=status)
    if not 200 <= status < 300:
        if 300 <= status < 400:
            return Answer("failed", "redirect", f"status {status}", status=status)
        return Answer("failed", "refused" if status in REFUSED else "status", f"status {status}", status=status)
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        return Answer("not_found")
    try:
        document = _JSON.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError, InvalidOperation):
        return Answer("failed", "not_json", f"{len(body)} bytes that are no JSON")
    if document in (None, [], {}):
        return Answer("not_found")
    values: dict[str, str] = {}
    try:
        for field in service.answer:
            value = _value(field, document)
            if value is not None:
                values[field.name] = value
    except _NotThere:
        return Answer("not_found")
    except _Wrong as wrong:
        return Answer("failed", "wrong_answer", str(wrong))
    return Answer("found", values=values)


def as_declared(field: AnswerField, value: Any) -> str:
    """A value of an answer (as JSON has it, or a text) as the text that the flow reads. Raises ValueError, saying what
    it should have been, never what it was."""
    if isinstance(value, bool):
        text = str(value).lower() if field.one_of else ""
    elif isinstance(value, int) or (isinstance(value, Decimal) and value.is_finite()):
        text = _number(field, Decimal(value))
    elif isinstance(value, str):
        text = _tidy(field, value.strip())
    else:
        text = ""
    if field.one_of:
        if text not in field.one_of:
            raise ValueError(f"not one of {', '.join(field.one_of)}")
        return text
    if field.kind == "money" and text and not _MONEY_CODE.match(text):
        text += f" {field.currency}"
    try:
        fragments(text, field.kind or "number", "en", Form(currency=field.currency))  # type: ignore[arg-type]
    except SpeechError:
        raise ValueError(f"no {field.kind}{' in ' + field.currency if field.currency else ''}") from None
    return text


def _number(field: AnswerField, value: Decimal) -> str:
    """A JSON number: whole where it is, money to the cent (sums of floats have crumbs)."""
    if value and not -_DIGITS_MAX <= value.adjusted() < _DIGITS_MAX:
        return ""
    if field.kind == "money":
        return f"{value.quantize(Decimal('0.01')):f}"
    return f"{value:f}" if value != value.to_integral_value() else str(int(value))


def _tidy(field: AnswerField, text: str) -> str:
    """Of a moment only what is asked for: its date, or hours and minutes, as they are written."""
    pattern = {"date": _DATE_AND_MORE, "time": _TIME_AND_SECONDS}.get(field.kind)
    found = pattern.fullmatch(text) if pattern is not None and len(text) <= VALUE_MAX else None
    return found[1] if found is not None else text


def _value(field: AnswerField, document: Any) -> str | None:
    """The field's value; None when it is not there and need not be."""
    try:
        found = _find(field, document)
    except (_Wrong, _NotThere):
        if field.optional:
            return None
        raise
    if found is None and field.optional:
        return None
    try:
        return as_declared(field, found)
    except ValueError as error:
        raise _Wrong(f"{field.name}: {error}") from None


def _find(field: AnswerField, document: Any) -> Any:
    for depth, name in enumerate(field.at):
        if isinstance(document, dict) and name in document:
            document = document[name]
        elif isinstance(document, list) and document and name.isdecimal() and int(name) < len(document):
            document = document[int(name)]
        elif depth and (document is None or document == []):
            raise _NotThere
        else:
            raise _Wrong(f"{field.name}: nothing at {'.'.join(field.at[: depth + 1])}")
    return document
