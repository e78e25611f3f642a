"""The verbs of the flow language. Each module beside this one reads some; VERBS is the whole vocabulary.

A step has exactly one verb, its options, and a way on for every outcome, or a default that ivr_flows/README.md tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import Section, shown
from gateway.config.verbs import agent, ask, case, choose, desk, door, hours, human, lookup, ring, speak, subflow, voice
from gateway.config.verbs.shape import Verb

if TYPE_CHECKING:
    from gateway.config.flow_parts import StepParts
    from gateway.config.problems import Place
    from gateway.config.source import Mapping
    from gateway.core.flow.model import AnyStep

VERBS: dict[str, Verb] = {
    **speak.VERBS,
    **ask.VERBS,
    **choose.VERBS,
    **door.VERBS,
    **human.VERBS,
    **ring.VERBS,
    **voice.VERBS,
    **case.VERBS,
    **hours.VERBS,
    **agent.VERBS,
    **desk.VERBS,
    **lookup.VERBS,
    **subflow.VERBS,
}
COMMON = "one verb, such as say, menu, collect, branch, queue, hang_up (all: ivr_flows/README.md)"
OPTIONS = frozenset(option for verb in VERBS.values() for option in verb.options) - VERBS.keys()


def read_step(parts: StepParts, name: str, place: Place, node: Mapping) -> AnyStep | None:
    """The step, or None when it is too broken to be one; problems are noted."""
    section = Section(node, parts.problems, f"step '{shown(name)}'", place)
    verbs = [verb for verb in node.items if verb in VERBS]
    verb = next((v for v in verbs if v not in {"say", "set"}), verbs[0] if verbs else "")
    if not verb:
        unknown = next((key for key in node.items if key not in OPTIONS), "")
        parts.problems.add(
            section.key_place(unknown) if unknown else place,
            f"step '{shown(name)}' does not say what it does" + (f": '{shown(unknown)}'?" if unknown else ""),
            expected=COMMON,
            wrong=unknown,
            among=VERBS,
        )
        return None
    for other in verbs:
        if other != verb and other not in VERBS[verb].options:
            parts.problems.add(
                section.key_place(other),
                f"a step does one thing: '{other}' cannot stand beside '{verb}'",
                hint="make it a step of its own",
            )
            section.mark(other)
    step = VERBS[verb].read(parts, section, name)
    section.done()
    return step
