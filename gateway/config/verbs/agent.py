"""Verbs for the office's own people: sign_in, agent_set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.config.fields import clean, shown
from gateway.config.verbs.shape import STEP, Shape, Verb
from gateway.core.flow import steps_agent as model

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.core.flow.model import AnyStep

WAIT_S = (0.5, 60.0)
_To = Literal["login", "logout", "pause", "unpause", "ready"]
_TO: dict[str, _To] = {
    "login": "login",
    "logout": "logout",
    "pause": "pause",
    "unpause": "unpause",
    "ready": "ready",
}


def _sign_in(parts: StepParts, section: Section, name: str) -> AnyStep:
    if parts.names.agent_pins is False:
        parts.problems.add(
            section.key_place("sign_in"),
            "no agent has a PIN, so nobody could sign in",
            hint="write code: and pin_file: below an agent in gateway.yaml, and the digits of the PIN into that file",
        )
    return model.SignIn(
        name=name,
        place=str(section.place),
        prompt=parts.must(parts.prompt(section, "sign_in", needed=True)),
        pin=parts.must(parts.prompt(section, "pin", needed=True)),
        first_key_s=section.seconds("first_key", 6.0, low=WAIT_S[0], high=WAIT_S[1]),
        next_key_s=section.seconds("next_key", 4.0, low=WAIT_S[0], high=WAIT_S[1]),
        then=parts.then(section),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


def _agent_set(parts: StepParts, section: Section, name: str) -> AnyStep:
    problems = parts.problems
    node = section.scalar("agent_set", expected=", ".join(_TO), needed=True)
    to = clean(node.value) if node else "login"
    if node and to not in _TO:
        problems.add(node.place, f"'{shown(to)}' is nothing that an agent can be told", expected=", ".join(_TO),
                     wrong=to, among=_TO)  # fmt: skip
    reason = _reason(parts, section)
    key = section.scalar("reason_key", expected="the name of a variable that a collect fills")
    reason_key = clean(key.value) if key else ""
    if key and reason_key not in parts.variables.names():
        problems.add(
            key.place,
            f"nothing fills '{shown(reason_key)}'",
            expected="the name of a variable that a collect fills",
            wrong=reason_key,
            among=parts.variables.names(),
        )
    elif key and reason:
        problems.add(key.place, "'reason_key' stands beside 'reason'", hint="use one")
    elif key and to != "pause":
        problems.add(key.place, "the list of reasons is for pauses", hint="delete 'reason_key'")
    return model.AgentSet(
        name=name,
        place=str(section.place),
        to=_TO.get(to, "login"),
        reason=reason,
        reason_key=reason_key,
        then=parts.then(section),
        refused=parts.then(section, "refused", needed=False),
    )


def _reason(parts: StepParts, section: Section) -> str:
    """A reason of the site's list, where it has one."""
    node = section.scalar("reason", expected="one of pause_reasons: in gateway.yaml")
    reason, known = clean(node.value) if node else "", parts.names.pause_reasons
    if node and known and reason not in known:
        parts.problems.add(
            node.place,
            f"there is no reason '{shown(reason)}' for a pause",
            expected=", ".join(known),
            wrong=reason,
            among=known,
        )
    return reason


VERBS = {
    "sign_in": Verb(
        _sign_in,
        Shape.SAID,
        {
            "pin": Shape.SAID,
            "first_key": Shape.LENGTH,
            "next_key": Shape.LENGTH,
            "then": STEP,
            "no_input": Shape.RETRY,
            "no_match": Shape.RETRY,
        },
        needs=("pin", "then"),
    ),
    "agent_set": Verb(
        _agent_set,
        Shape.WORD,
        {"reason": Shape.WORD, "reason_key": Shape.NAME, "then": STEP, "refused": STEP},
        needs=("then",),
    ),
}
