"""Steps for the office's own people: who is it, and what does he want to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.agents import codes as agent_codes
from gateway.core.agents import commands as agent_commands
from gateway.core.agents import pin_locks
from gateway.core.agents.pins import DIGITS
from gateway.core.events import AgentCommanded
from gateway.core.facts.agents import AgentIdentified
from gateway.core.facts.calls import InputTaken
from gateway.core.flow.steps_agent import AGENT_ID, AGENT_STATE, AGENT_THEN, AgentSet, SignIn
from gateway.core.steps.ask import Asking
from gateway.core.steps.kind import Kind, Move

if TYPE_CHECKING:
    from typing import Literal

    from gateway.core.call.call import Call
    from gateway.core.flow.base import Prompt
    from gateway.core.steps.walk import Walk

_CODE, _PIN, _PHONE = "code ", "pin ", "phone "
"""Phases: the code is keyed; the PIN for the code behind it; the PIN of the agent whose phone it is."""
OTHER = "*"
"""At the question for the PIN of the own phone: somebody else wants to sign in."""


class SignInKind(Asking[SignIn]):
    """Code and PIN, key by key. A code that nobody has is asked for its PIN like any other, so that keying tells
    nobody which codes there are."""

    def enter(self, walk: Walk, step: SignIn) -> Move | None:
        forget(walk.call)
        return self.ask(walk, step, step.prompt)

    def due(self, walk: Walk, step: SignIn) -> Move | None:
        return self._complete(walk, step) if walk.typed else super().due(walk, step)

    def ask(self, walk: Walk, step: SignIn, prompt: Prompt) -> Move | None:
        """From the beginning, also after a miss."""
        call = walk.call
        own = agent_codes.by_phone(call.ex.site, call.values.get("caller", ""))
        known = own is not None and bool(own.pin)
        walk.phase = f"{_PHONE}{own.id}" if own is not None and known else _CODE
        return super().ask(walk, step, step.pin if known and prompt is step.prompt else prompt)

    def taken(self, walk: Walk, step: SignIn, pressed: str) -> Move | None:
        if pressed == "#":
            return self._complete(walk, step)
        if pressed == OTHER and walk.phase.startswith(_PHONE) and not walk.typed:
            walk.phase = _CODE
            return super().ask(walk, step, step.prompt)
        if pressed.isdigit():
            walk.typed += pressed
            longest = agent_codes.CODE_DIGITS[1] if walk.phase == _CODE else DIGITS[1]
            if len(walk.typed) >= longest:
                walk.swallow("#", step.next_key_s)
                return self._complete(walk, step)
        walk.wait(step.next_key_s if walk.typed else step.first_key_s)
        return None

    def note(
        self,
        walk: Walk,
        step: SignIn,
        typed: str,  # noqa: ARG002 - a PIN is written down nowhere, nor a code beside it
        outcome: Literal["match", "no_match", "no_input"],
    ) -> None:
        """The fact of the attempt, without the keys."""
        call = walk.call
        call.note(InputTaken(at=call.now, call=call.id, step=step.name, keys="", outcome=outcome))

    def _complete(self, walk: Walk, step: SignIn) -> Move | None:
        typed, walk.typed = walk.typed, ""
        if walk.phase == _CODE:
            if not typed:
                return self.missed(walk, step, "no_match", step.no_match)
            walk.phase = f"{_PIN}{typed}"
            walk.stop_waiting()
            return super().ask(walk, step, step.pin)
        return self._judged(walk, step, typed)

    def _judged(self, walk: Walk, step: SignIn, pin: str) -> Move | None:
        call = walk.call
        site, codes = call.ex.site, call.ex.codes
        by_phone = walk.phase.startswith(_PHONE)
        named = walk.phase.removeprefix(_PHONE if by_phone else _PIN)
        if by_phone:
            agent = site.agents.get(named)
            agent = agent if agent is not None and codes.is_his(site, agent, pin, call.now) else None
        else:
            agent = codes.who(site, named, pin, call.now)
        if agent is None:
            meant = agent_codes.by_code(site, named)
            pin_locks.note_agent(call, step.name, named if by_phone else meant.id if meant is not None else "")
            return self.missed(walk, step, "no_match", step.no_match)
        walk.stop_waiting()
        self.note(walk, step, "", "match")
        call.note(
            AgentIdentified(
                at=call.now, call=call.id, step=step.name, agent=agent.id, how="phone" if by_phone else "code"
            )
        )
        tell(call, agent.id)
        return Move(step.then)


class AgentSetKind(Kind[AgentSet]):
    """What the agent wants to be."""

    def enter(self, walk: Walk, step: AgentSet) -> Move | None:
        call = walk.call
        agent, reason = call.values.get(AGENT_ID, ""), _reason(call, step)
        if not agent or reason is None or call.draft:  # a trial logs nobody in or out
            return Move(step.refused or step.then)
        event = AgentCommanded(agent=agent, command=step.to, reason=reason, by="phone")
        if agent_commands.problem(call.ex.site, event) or agent_commands.take(call.ex, event, call=call.id) is None:
            return Move(step.refused or step.then)
        tell(call, agent)
        return Move(step.then)


def tell(call: Call, agent: str) -> None:
    """Let the flow know what the agent is now."""
    seat = call.ex.roster.seats.get(agent)
    forget(call)
    if seat is not None:
        call.values.update({AGENT_ID: agent, AGENT_STATE: seat.state})
        if seat.then:
            call.values[AGENT_THEN] = seat.then


def forget(call: Call) -> None:
    """Nobody has signed in."""
    for name in (AGENT_ID, AGENT_STATE, AGENT_THEN):
        call.values.pop(name, None)


def _reason(call: Call, step: AgentSet) -> str | None:
    """Why, by name or by the number that was keyed; None: there is no reason of that number."""
    keyed = call.values.get(step.reason_key, "") if step.reason_key else ""
    if not keyed.strip("0"):
        return step.reason
    reasons = call.ex.site.pause_reasons
    number = int(keyed) if keyed.isascii() and keyed.isdigit() else 0
    return reasons[number - 1] if 0 < number <= len(reasons) else None
