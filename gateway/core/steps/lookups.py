"""What the flow asks of an HTTP service: one question a call at a time, one answer, and the core's own deadline.

An edge asks and reports with LookedUp. Whatever it does, the caller waits no longer than the service's time limit: a
report that does not come is a failure, one that comes late changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import LookUp
from gateway.core.events import LookedUp
from gateway.core.facts.lookup import LookupAnswered
from gateway.core.steps.services import NoValueError, address

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.flow.steps_lookup import AskService

REPORT_S = 0.1
"""Of a service's time limit, what is left for the way of the report; the edge gives up that much earlier."""


class Question:
    """What a call has asked and does not know the outcome of yet; then the outcome, while a text is still heard."""

    __slots__ = ("asked_at", "id", "report")

    def __init__(self, lookup: str, asked_at: float) -> None:
        self.id = lookup
        self.asked_at = asked_at
        self.report: LookedUp | None = None


def ask(call: Call, step: AskService) -> Question:
    """Have the service asked. What it said before in this call is forgotten. When a variable of the address has no
    value there is nothing to ask for: the question is answered at once, as not found."""
    service = call.site.services[step.service]
    for field in service.answer:
        call.values.pop(service.variable(field), None)
    call.lookups += 1
    question = Question(f"{call.id}/{call.lookups}", call.now)
    try:
        known = call.walk.readings()
        url = address(service, {name: known.get(variable, "") for name, variable in step.given})
    except NoValueError:
        missing = LookedUp(call=call.id, lookup=question.id, outcome="not_found", reason="no_value")
        take(call, step, question, missing)
        return question
    call.order(LookUp(leg=call.id, lookup=question.id, service=service, url=url))
    call.ex.turn.after(service.time_limit_s, "lookup", call.id)
    return question


def take(call: Call, step: AskService, question: Question, report: LookedUp) -> None:
    """The outcome of a question: remembered, and its values the flow's."""
    call.ex.turn.cancel("lookup", call.id)
    question.report = report
    if report.outcome == "found":
        call.values.update({f"{step.service}.{name}": value for name, value in report.values.items()})
    call.note(
        LookupAnswered(
            at=call.now,
            call=call.id,
            step=step.name,
            service=step.service,
            outcome=report.outcome,
            reason=report.reason,
            took_ms=report.took_ms,
            cached=report.cached,
        )
    )


def reported(ex: Exchange, event: LookedUp) -> None:
    """An edge reports. Of a call that is over or has gone on it wants nothing any more."""
    call = ex.calls.get(event.call)
    if call is not None and call.state == "flow" and call.leaving is None:
        call.walk.told(event)


def overdue(call: Call) -> None:
    """The service's time is over and nobody has reported."""
    question = call.walk.question
    if question is not None:
        took_ms = round(1000 * (call.now - question.asked_at))
        late = LookedUp(call=call.id, lookup=question.id, outcome="failed", reason="no_answer", took_ms=took_ms)
        reported(call.ex, late)
