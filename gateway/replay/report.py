"""The answer of `gateway replay` for people: what it assumes, the totals, the calls that would have gone otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.simulate import zone

if TYPE_CHECKING:
    from datetime import tzinfo

    from gateway.replay.compare import Comparison, Seen

ASSUMED = (
    "callers press the keys that they pressed then, as long after a question began as then",
    "who hung up while waiting waits exactly as long again; whoever did not, waits to the end",
    "who hung up in a menu hangs up as long after the call's beginning, unless waiting or talking then",
    "who spoke behind the beep of a message, or said nothing, does so again, for as long, and ends it in the same way",
    "an agent does at a ringing what the journal says of the same call, else of the agent's ringing nearest in time",
    "agents log in, pause and log out when they did; whoever never rang in the journal answers after the usual time",
    "a talk is as long as it was then; of a call that had none, the median of all talks. After-call work is the site's",
    "whoever was handed on by an agent is not handed on again: the call ends there; and nobody is called back",
    "who spoke with whom, and what was keyed, before the first of the calls is known, as it was then",
    "prompts have their usual length, the line is never full, a call that cannot be replayed burdens nobody any more",
)
"""Said with every answer."""
TOO_SHORT = "They ring nobody here, though they did then: the waits of the others may come out too short."
SHOWN = 20
_SKIPPED = {
    "draft": "trials of a draft",
    "lost": "ended by a fault of the box",
    "adopted": "the box was started anew during them",
    "unfinished": "not over, or their end is not in the journal",
}
_WHY = {
    "step": "the step '{}' asks for keys that the caller never pressed",
    "secret": "the keys at step '{}' are not in the journal, because they are secret",
    "lookup": "what the service '{}' answered is not in the journal",
    "message": "a message is asked for, and nothing that the caller would have said is in the journal",
}


def why(reason: str) -> str:
    """A reason of `Memory.unanswerable` as a sentence."""
    kind, _, name = reason.partition(":")
    return _WHY[kind].format(name)


def render(found: Comparison, clock: tzinfo, *, everything: bool = False) -> str:
    """The answer; `everything`: all different calls, not the first ones only."""
    left = sum(found.not_replayed.values())
    different = found.different
    lines = [
        f"{len(found.calls) + left} calls of the journal",
        f"  {len(found.calls):6} replayed",
        f"  {left:6} cannot be replayed honestly",
    ]
    lines += [f"         {number:6} {why(reason)}" for reason, number in found.not_replayed.items()]
    if left:
        lines.append(TOO_SHORT)
    if found.skipped:
        lines.append(f"left out before: {sum(found.skipped.values())}")
        lines += [f"  {number:6} {_SKIPPED[reason]}" for reason, number in found.skipped.items()]
    lines += ["", f"of the {len(found.calls)} replayed calls" + " " * 8 + f"{'then':>9} {'now':>9}"]
    names = dict.fromkeys((*found.before.outcomes, *found.after.outcomes))
    rows = [(name, *(str(side.outcomes.get(name, 0)) for side in (found.before, found.after))) for name in names]
    sides = (found.before, found.after)
    rows.append(("answered within 20 s", *(_share(side.answered_within_20_s) for side in sides)))
    rows.append(("mean wait of the answered", *(_seconds(side.mean_wait_s) for side in sides)))
    rows.append(("longest wait", *(_seconds(side.longest_wait_s) for side in sides)))
    lines += [f"  {name:<28} {then:>9} {now:>9}" for name, then, now in rows]
    lines += ["", f"{len(different)} of {len(found.calls)} calls would have gone another way"]
    shown = different if everything else different[:SHOWN]
    for call in shown:
        lines.append(f"  {zone.wall_clock(call.at, clock)}  {call.call}  ({', '.join(call.differs)})")
        lines += [f"    then {_told(call.before)}", f"    now  {_told(call.after)}"]
    if len(shown) < len(different):
        lines.append(f"  and {len(different) - len(shown)} more; --all shows them, --json has them")
    lines += ["", "assumed:", *(f"  - {text}" for text in ASSUMED)]
    return "\n".join(lines) + "\n"


def _told(seen: Seen) -> str:
    by = f" by {seen.answered_by}" if seen.answered_by else ""
    wait = f" after {seen.wait_s:.1f} s" if seen.wait_s is not None else ""
    return f"{seen.outcome}{by}{wait}: {' > '.join(seen.path) or '(no flow)'}"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.1f} s"
