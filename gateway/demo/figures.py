"""What the subscriber has of the whole: figures per team, against what the parties add up to; facts without a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.demo.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.demo.act import Act
    from gateway.demo.subscriber import MqttMessage, Subscriber

FIGURES_S = 6.0
"""They are published at most once a second."""
WAITS_DIFFER_S = 0.8
COUNTS = ("offered", "answered", "abandoned")


def judge_figures(
    subscriber: Subscriber, topic: str, acts: Sequence[Act]
) -> tuple[dict[str, Mapping[str, Any]], Verdict]:
    """Wait until the figures under `topic` are those of `acts`, at most FIGURES_S; returns the last ones by team."""
    verdict, expected = Verdict(), _expected(acts)

    def there(_: MqttMessage) -> bool:
        figures = last_figures(subscriber.messages(), topic)
        return all(_counts(figures.get(team)) == counts for team, (counts, _) in expected.items())

    subscriber.wait(there, FIGURES_S)
    figures = last_figures(subscriber.messages(), topic)
    for team, (counts, waits) in expected.items():
        found = figures.get(team, {})
        verdict.equal(f"{team}: {', '.join(COUNTS)}", _counts(found), counts)
        if found.get("days", 1) > 1:
            continue  # midnight came in between; shares of two days cannot be added
        asa_s = found.get("asa_s")
        if waits:
            seen_s = sum(waits) / len(waits)
            near = isinstance(asa_s, float) and abs(asa_s - seen_s) <= WAITS_DIFFER_S
            verdict.that(f"{team}: asa_s as the far ends saw it", near, f"{asa_s}, seen {seen_s:.2f}")
        offered, answered, abandoned = counts
        verdict.equal(f"{team}: abandon_rate", _rounded(found.get("abandon_rate")), _rounded(abandoned / offered))
        # No wait of the demo reaches T, and who gives up does so after S: the share needs nothing more.
        verdict.equal(f"{team}: sl", _rounded(found.get("sl")), _rounded(answered / (answered + abandoned)))
    return figures, verdict


def judge_sequence(messages: Sequence[MqttMessage], topic: str) -> Verdict:
    """Every fact from the first on has come, in order, none twice: nothing was lost on the way."""
    verdict = Verdict()
    numbers = [m.payload.get("seq") for m in messages if m.topic.startswith(f"{topic}/fact/")]
    found = f"{len(numbers)} facts, last seq {numbers[-1] if numbers else '-'}"
    verdict.that(
        "the subscriber got each fact once, in order", numbers and numbers == list(range(1, len(numbers) + 1)), found
    )
    return verdict


def last_figures(messages: Sequence[MqttMessage], topic: str) -> dict[str, Mapping[str, Any]]:
    """The figures of each team's last message under `topic`. They are those of a day: over midnight, the counts of
    both days are added, and `days` is 2."""
    days: dict[str, dict[float, Mapping[str, Any]]] = {}
    for message in messages:
        if message.topic.startswith(f"{topic}/figures/"):
            found = message.payload.get("figures") or {}
            days.setdefault(message.topic.rpartition("/")[2], {})[float(found.get("start") or 0.0)] = found
    return {
        team: {
            **list(by_day.values())[-1],
            **{name: sum(int(found.get(name) or 0) for found in by_day.values()) for name in COUNTS},
            "days": len(by_day),
        }
        for team, by_day in days.items()
    }


def _expected(acts: Sequence[Act]) -> dict[str, tuple[list[int], list[float]]]:
    """By team: offered, answered, abandoned, and the waits of the answered, as the parties saw them."""
    teams: dict[str, tuple[list[int], list[float]]] = {}
    for act in acts:
        if not act.outcome_seen:
            continue
        counts, waits = teams.setdefault(act.team, ([0, 0, 0], []))
        counts[0] += 1
        counts[1] += act.outcome_seen == "answered"
        counts[2] += act.outcome_seen == "abandoned"
        if act.outcome_seen == "answered":
            waits.append(act.wait_seen_s)
    return teams


def _counts(figures: Mapping[str, Any] | None) -> list[Any]:
    return [(figures or {}).get(name) for name in COUNTS]


def _rounded(share: Any) -> Any:
    return round(share, 3) if isinstance(share, float | int) else share
