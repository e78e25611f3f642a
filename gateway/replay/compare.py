"""What a replay shows: each call as it was and as it would have been, and the totals of both."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.core.facts.calls import CallRecord
    from gateway.replay.call import Replayed

SAME_WAIT_S = 1.0
"""Waits that differ by no more are the same: a replay knows no millisecond of the network."""
WITHIN_S = 20.0


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One call, before or after."""

    path: tuple[str, ...] = ()
    outcome: str = "refused"
    answered_by: str = ""
    wait_s: float | None = None


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One call, before and after. `at` is Unix time; `differs` names what is different."""

    call: str
    at: float
    before: Seen
    after: Seen
    differs: tuple[str, ...]


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Of the calls that could be replayed. Shares and waits are null where there is nothing to count."""

    outcomes: dict[str, int]
    answered_within_20_s: float | None
    """Share of the answered and the abandoned (sl_strict)."""
    mean_wait_s: float | None
    """Of the answered."""
    longest_wait_s: float | None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer. `not_replayed`: why -> calls; `skipped`: as `Past.skipped`."""

    calls: tuple[Compared, ...]
    not_replayed: dict[str, int]
    skipped: dict[str, int]
    before: Totals
    after: Totals

    @property
    def different(self) -> tuple[Compared, ...]:
        """The calls for which anything is different."""
        return tuple(call for call in self.calls if call.differs)


def compare(results: Iterable[Replayed], skipped: dict[str, int]) -> Comparison:
    """Put before and after side by side, in the order in which the calls came."""
    calls: list[Compared] = []
    reasons: Counter[str] = Counter()
    for each in sorted(results, key=lambda result: result.past.started.at):
        if each.unanswerable:
            reasons[each.unanswerable] += 1
            continue
        before, after = _seen(each.past.record), _seen(each.record)
        calls.append(
            Compared(
                call=each.past.id, at=each.past.started.at, before=before, after=after, differs=_differs(before, after)
            )
        )
    return Comparison(
        calls=tuple(calls),
        not_replayed=dict(reasons.most_common()),
        skipped=dict(skipped),
        before=_totals([call.before for call in calls]),
        after=_totals([call.after for call in calls]),
    )


def _seen(record: CallRecord | None) -> Seen:
    if record is None:
        return Seen()
    return Seen(path=record.path, outcome=record.outcome, answered_by=record.answered_by, wait_s=record.wait_s)


def _differs(before: Seen, after: Seen) -> tuple[str, ...]:
    found = [name for name in ("path", "outcome", "answered_by") if getattr(before, name) != getattr(after, name)]
    waits = (before.wait_s, after.wait_s)
    if (None in waits and waits != (None, None)) or abs((waits[0] or 0.0) - (waits[1] or 0.0)) > SAME_WAIT_S:
        found.append("wait_s")
    return tuple(found)


def _totals(seen: Sequence[Seen]) -> Totals:
    answered = [call.wait_s or 0.0 for call in seen if call.outcome == "answered"]
    offered = len(answered) + sum(call.outcome == "abandoned" for call in seen)
    return Totals(
        outcomes=dict(Counter(call.outcome for call in seen).most_common()),
        answered_within_20_s=sum(wait <= WITHIN_S for wait in answered) / offered if offered else None,
        mean_wait_s=sum(answered) / len(answered) if answered else None,
        longest_wait_s=max(answered) if answered else None,
    )
