"""Steps that know the calendar. Each decision is a fact, with the rule that made it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.core.agents import pin_locks
from gateway.core.agents.pins import DIGITS
from gateway.core.facts.calls import InputTaken
from gateway.core.facts.hours import HolidayChecked, HoursChecked
from gateway.core.flow.steps_hours import HolidayStep, HoursStep, OverrideStep
from gateway.core.hours import calendar, override
from gateway.core.numbers import mask
from gateway.core.steps.ask import Asking
from gateway.core.steps.kind import Kind, Move

if TYPE_CHECKING:
    from typing import Literal

    from gateway.core.steps.walk import Walk


OPENS_DATE, OPENS_TIME = "opens.date", "opens.time"


class HoursKind(Kind[HoursStep]):
    """Open or closed, by the hours of the site version that took the call and by what was said by hand since."""

    def enter(self, walk: Walk, step: HoursStep) -> Move | None:
        call = walk.call
        hours = call.site.hours.get(step.calendar)
        if hours is None:
            call.trouble("no_calendar")
            return None
        forced = override.current(call.ex, step.calendar, call.now)
        decision = calendar.decide(call.site, hours, call.now, forced)
        call.note(
            HoursChecked(
                at=call.now,
                call=call.id,
                step=step.name,
                calendar=step.calendar,
                open=decision.open,
                reason=decision.reason,
                day=decision.day,
                holiday=decision.holiday,
            )
        )
        for name in (OPENS_DATE, OPENS_TIME):
            call.values.pop(name, None)
        if decision.open:
            return Move(step.open)
        opens_at = calendar.changes_at(call.site, hours, call.now, forced)
        if opens_at is not None:
            opens = calendar.wall(call.site, opens_at).isoformat()
            call.values.update({OPENS_DATE: opens[:10], OPENS_TIME: opens[11:16]})
        holiday = decision.reason in {"holiday", "holiday_hours"}
        return Move(step.holiday if holiday and step.holiday else step.closed)


class HolidayKind(Kind[HolidayStep]):
    """A public holiday of the site's country, today or tomorrow by its wall clock."""

    def enter(self, walk: Walk, step: HolidayStep) -> Move | None:
        call = walk.call
        day = calendar.local_day(call.site, call.now) + timedelta(days=1 if step.day == "tomorrow" else 0)
        names = calendar.holiday_on(call.site, day)
        call.note(HolidayChecked(at=call.now, call=call.id, step=step.name, day=day.isoformat(), holiday=names))
        return Move(step.yes if names else step.no)


class OverrideKind(Asking[OverrideStep]):
    """The PIN, key by key; then the override. What is keyed stays in the walk until it has been judged."""

    def due(self, walk: Walk, step: OverrideStep) -> Move | None:
        return self._judged(walk, step) if walk.typed else super().due(walk, step)

    def taken(self, walk: Walk, step: OverrideStep, pressed: str) -> Move | None:
        if pressed == "#":
            return self._judged(walk, step)
        if pressed.isdigit():
            walk.typed += pressed
            if len(walk.typed) >= DIGITS[1]:
                walk.swallow("#", step.next_key_s)
                return self._judged(walk, step)
        walk.wait(step.next_key_s if walk.typed else step.first_key_s)
        return None

    def note(
        self,
        walk: Walk,
        step: OverrideStep,
        typed: str,  # noqa: ARG002 - a PIN is written down nowhere
        outcome: Literal["match", "no_match", "no_input"],
    ) -> None:
        """The fact of the attempt, without the keys."""
        call = walk.call
        call.note(InputTaken(at=call.now, call=call.id, step=step.name, keys="", outcome=outcome))

    def _judged(self, walk: Walk, step: OverrideStep) -> Move | None:
        call = walk.call
        typed, walk.typed = walk.typed, ""
        if not call.ex.pins.is_right(call.site, typed, call.now):
            pin_locks.note_site(call, step.name)
            return self.missed(walk, step, "no_match", step.no_match)
        walk.stop_waiting()
        self.note(walk, step, "", "match")
        who = call.values.get("client.name") or mask(call.values.get("caller", ""))
        request = override.OverrideRequest(to=step.to, until=step.until, who=who)
        try:
            event = override.commanded(call.site, step.calendar, request, by="phone", now=call.now)
        except override.OverrideError:
            call.trouble("no_calendar")
            return None
        if not call.draft:  # a trial closes nobody's office
            override.take(call.ex, event, call=call.id)
        return Move(step.then)
