"""What HTTP services answer in a simulated call, which has no network: as a script or the command line says.

    services: {orders: {status: sent, days: 2}, stock: not_found, invoices: [failed, {due: "12.50"}]}

A list is one reply for each time that the service is asked, the last one for all further times. A service of which
nothing is said was not asked, and counts as failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gateway.config.fields import Section, clean, kind, shown
from gateway.config.problems import Place, Problems
from gateway.config.source import Mapping, Scalar, Sequence, parse_yaml
from gateway.core.events import LookedUp
from gateway.core.steps.lookups import REPORT_S
from gateway.core.steps.services import as_declared
from gateway.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf

    from gateway.config.source import Node
    from gateway.core.actions import LookUp
    from gateway.core.service_model import LookupOutcome, LookupReason, Service

ANSWER_S = 0.05
"""A service on the office's network."""
SLOW = "slow"
FAILED = "failed"
NOT_FOUND = "not_found"
WORDS = (FAILED, NOT_FOUND, SLOW)
EXPECTED = "values such as {status: sent, days: 2}, or failed, not_found, slow; or a list of these"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One answer. `slow`: none comes within the service's time limit."""

    outcome: LookupOutcome
    values: dict[str, str] = msgspec.field(default_factory=dict)
    slow: bool = False


Replies = dict[str, tuple[Reply, ...]]


class Counter:
    """Where the simulated services are asked: keeps which reply is next."""

    def __init__(self, replies: MappingOf[str, tuple[Reply, ...]]) -> None:
        self._replies = replies
        self._asked: dict[str, int] = {}

    def answer(self, asked: LookUp) -> tuple[float, LookedUp]:
        """(after how many seconds, what the edge would report)."""
        service = asked.service
        replies = self._replies.get(service.name, ())
        if not replies:
            return 0.0, _report(asked, 0.0, "failed", "not_asked")
        number = self._asked.get(service.name, 0)
        self._asked[service.name] = number + 1
        reply = replies[min(number, len(replies) - 1)]
        if reply.slow:
            seconds = service.time_limit_s - REPORT_S
            return seconds, _report(asked, seconds, "failed", "timed_out")
        reason: LookupReason = "unreachable" if reply.outcome == "failed" else ""
        return ANSWER_S, _report(asked, ANSWER_S, reply.outcome, reason, reply.values)


def _report(
    asked: LookUp,
    seconds: float,
    outcome: LookupOutcome,
    reason: LookupReason = "",
    values: MappingOf[str, str] | None = None,
) -> LookedUp:
    return LookedUp(
        call=asked.leg,
        lookup=asked.lookup,
        outcome=outcome,
        reason=reason,
        values=dict(values or {}),
        took_ms=round(1000 * seconds),
    )


def read_replies(section: Section, services: MappingOf[str, Service]) -> Replies:
    """`services:` of a scripted call."""
    node = section.mapping("services", expected="services and what they answer, such as {orders: {status: sent}}")
    found: Replies = {}
    for key, (name, value) in (node.items if node else {}).items():
        service = services.get(key)
        if service is None:
            section.problems.add(
                name.place,
                f"there is no service '{shown(key)}'",
                expected=", ".join(services) or "a service of gateway.yaml",
                wrong=key,
                among=tuple(services),
            )
            continue
        items = value.items if isinstance(value, Sequence) else [value]
        replies = [_reply(item, service, name.place, section.problems) for item in items]
        found[key] = tuple(reply for reply in replies if reply is not None)
    return found


def parse_replies(texts: Iterable[str], services: MappingOf[str, Service]) -> Replies:
    """`--service "orders=status: sent, days: 2"`, `--service orders=failed`, each text one reply. Raises SiteError."""
    problems = Problems()
    found: Replies = {}
    for text in texts:
        name, _, reply = text.partition("=")
        words = reply.strip()
        written = words if words in WORDS or words.startswith(("{", "[")) else "{" + words + "}"
        node = parse_yaml(f"{{services: {{{name.strip()}: {written}}}}}", "--service", problems)
        if isinstance(node, Mapping):
            section = Section(node, problems, "--service", Place("--service"))
            for key, replies in read_replies(section, services).items():
                found[key] = (*found.get(key, ()), *replies)
    if problems:
        raise SiteError(problems.sorted())
    return found


def _reply(node: Node, service: Service, place: Place, problems: Problems) -> Reply | None:
    if isinstance(node, Scalar) and clean(node.value) in WORDS:
        word = clean(node.value)
        return Reply(outcome="not_found" if word == NOT_FOUND else "failed", slow=word == SLOW)
    if not isinstance(node, Mapping):
        word = clean(node.value) if isinstance(node, Scalar) else ""
        what = f"'{shown(word)}' is nothing that a service answers" if word else f"the answer is {kind(node)}"
        problems.add(node.place, what, expected=EXPECTED, wrong=word, among=WORDS)
        return None
    fields = {field.name: field for field in service.answer}
    values: dict[str, str] = {}
    for key, (name, value) in node.items.items():
        field = fields.get(key)
        if field is None:
            problems.add(
                name.place,
                f"service '{service.name}' answers no '{shown(key)}'",
                expected=", ".join(fields),
                wrong=key,
                among=tuple(fields),
            )
        elif not isinstance(value, Scalar):
            problems.add(value.place, f"'{key}' is {kind(value)}", expected="a word or a number")
        else:
            try:
                values[key] = as_declared(field, clean(value.value))
            except ValueError as error:
                problems.add(value.place, f"'{shown(value.value)}' cannot be '{key}': {error}", wrong=value.value,
                             among=field.one_of)  # fmt: skip
    missing = [name for name, field in fields.items() if name not in node.items and not field.optional]
    if missing:
        problems.add(place, f"service '{service.name}' always answers {', '.join(missing)}, too")
    return Reply(outcome="found", values=values)
