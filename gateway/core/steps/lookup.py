"""Steps that look something up. While a service is asked the caller hears the step's text, or silence; keys are kept
for the next step that asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.events import LookedUp
from gateway.core.facts.lookup import LookupAnswered
from gateway.core.flow.steps_lookup import AskService, FindClient
from gateway.core.site.directory import e164
from gateway.core.steps import lookups
from gateway.core.steps.kind import Kind, Move

if TYPE_CHECKING:
    from gateway.core.events import Event
    from gateway.core.steps.walk import Walk


class AskServiceKind(Kind[AskService]):
    """Asks, says its text meanwhile, and goes on when both the answer is there and the text is over."""

    def enter(self, walk: Walk, step: AskService) -> Move | None:
        walk.question = lookups.ask(walk.call, step)
        if walk.question.report is None and step.prompt is not None and not walk.ahead:
            walk.say(step.prompt)
        return self._onward(walk, step)

    def key(self, walk: Walk, step: AskService, pressed: str) -> Move | None:
        walk.ahead.append(pressed)
        if not walk.call.playing:
            return None
        walk.call.stop_play()
        return self.play_ended(walk, step)

    def play_ended(self, walk: Walk, step: AskService) -> Move | None:
        walk.stop_waiting()
        return self._onward(walk, step)

    def told(self, walk: Walk, step: AskService, event: Event) -> Move | None:
        question = walk.question
        if not isinstance(event, LookedUp) or question is None or question.report or event.lookup != question.id:
            return None
        lookups.take(walk.call, step, question, event)
        return self._onward(walk, step)

    def left(self, walk: Walk, step: AskService) -> None:  # noqa: ARG002 - there is one question a call
        walk.question = None
        walk.call.ex.turn.cancel("lookup", walk.call.id)

    def _onward(self, walk: Walk, step: AskService) -> Move | None:
        question = walk.question
        if question is None or question.report is None or walk.call.playing:
            return None
        walk.question = None
        return Move({"found": step.found, "not_found": step.not_found, "failed": step.failed}[question.report.outcome])


class FindClientKind(Kind[FindClient]):
    """Looks into the site's list of clients, which takes no time."""

    def enter(self, walk: Walk, step: FindClient) -> Move | None:
        call = walk.call
        value = call.values.get(step.variable, "")
        directory = call.ex.directory_of(call.site)
        if step.by == "client":
            client = directory.by_client_number(value)
        else:
            client = directory.by_number(e164(value, call.site.country)) if value else None
        if client is not None:
            call.identify(client, "caller_id" if step.variable == "caller" else "keyed")
        call.note(
            LookupAnswered(
                at=call.now,
                call=call.id,
                step=step.name,
                service="client",
                outcome="not_found" if client is None else "found",
                reason="" if value else "no_value",
            )
        )
        return Move(step.not_found if client is None else step.found)
