"""The options of `collect` about answers that are known: remember, known, confirm_known, keys, secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from gateway.config.fields import clean, shown

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.core.flow.model import Prompt

KNOWN = ("ask", "skip", "confirm")
_SAID = 'such as "Is it about order {order} again? Yes 1, no 2."'


class KnownOptions(NamedTuple):
    """What a `collect` does with what is known, and whether others may know what is keyed."""

    remember: bool
    known: Literal["ask", "skip", "confirm"]
    confirm: Prompt | None
    yes_key: str
    no_key: str
    secret: bool


def read_known(parts: StepParts, section: Section, keys: dict[str, str]) -> KnownOptions:
    """`keys`: those for yes and no, as the section says."""
    node = section.scalar("known", expected=", ".join(KNOWN))
    known = clean(node.value) if node is not None else "ask"
    if node is not None and known not in KNOWN:
        parts.problems.add(
            node.place,
            f"'{shown(known)}' is nothing to do with a known answer",
            expected=", ".join(KNOWN),
            wrong=known,
            among=KNOWN,
        )
        known = "confirm" if section.has("confirm_known") else "ask"
    remember = section.yes_no("remember", default=False)
    secret = section.yes_no("secret", default=False)
    confirm = parts.prompt(section, "confirm_known")
    if known == "confirm" and not section.has("confirm_known"):
        parts.problems.add(section.key_place("known"), "what is known is not said", expected=f"confirm_known: {_SAID}")
    for option in ("confirm_known", "keys"):
        if known != "confirm" and section.has(option):
            hint = "add known: confirm"
            parts.problems.add(section.key_place(option), f"'{option}' is for answers that are confirmed", hint=hint)
    for option, wanted in (("remember", remember), ("known", known != "ask")):
        if secret and wanted:
            hint = "what is secret is told to nobody: leave one of the two away"
            parts.problems.add(section.key_place(option), f"'{option}' beside 'secret'", hint=hint)
    return KnownOptions(
        remember=remember,
        known=cast("Literal['ask', 'skip', 'confirm']", known),
        confirm=confirm,
        yes_key=keys["yes"],
        no_key=keys["no"],
        secret=secret,
    )
