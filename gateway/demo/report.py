"""What the demo prints: each call's timeline and checks, the figures, the subscriber's messages, one table at the end.

Plain text without colours when the output is no terminal.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.demo.timeline import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.demo.act import Act
    from gateway.demo.subscriber import MqttMessage
    from gateway.demo.verdicts import Verdict

WIDTH_WITHOUT_TERMINAL = 140
MESSAGE_SHOWN = 400
FIGURES_SHOWN = ("offered", "answered", "abandoned", "overflowed", "sl", "asa_s", "abandon_rate")


class Report:
    """Writes to standard output."""

    def __init__(self) -> None:
        terminal = sys.stdout.isatty()
        self._console = Console(
            width=None if terminal else WIDTH_WITHOUT_TERMINAL, highlight=False, soft_wrap=True, no_color=not terminal
        )

    def line(self, text: str, style: str = "") -> None:
        self._console.print(escape(text), style=style)

    def call(self, number: int, act: Act) -> None:
        """One call, told and judged."""
        self._console.print()
        self.line(f"Call {number}: {act.title}", "bold")
        for entry in act.timeline():
            when = f"{entry.at - act.since:6.2f} s"
            self._console.print(f"  [dim]{when}[/]  [cyan]{escape(entry.who):<24}[/] {escape(entry.what)}")
        self.verdict(act.verdict)

    def verdict(self, verdict: Verdict) -> None:
        """The checks, those that failed in red."""
        for check in verdict.checks:
            mark, style = ("ok ", "green") if check.good else ("NOT", "bold red")
            found = f"  ({check.found})" if check.found else ""
            self._console.print(f"  [{style}]{mark}[/] {escape(check.what)}[dim]{escape(found)}[/]")

    def figures(self, by_team: Mapping[str, Mapping[str, Any]], verdict: Verdict) -> None:
        """The retained figures as the subscriber has them."""
        self._console.print()
        self.line("Figures per team, as the subscriber has them", "bold")
        table = Table("team", *FIGURES_SHOWN)
        for team, figures in by_team.items():
            table.add_row(team, *(_figure(figures.get(name)) for name in FIGURES_SHOWN))
        self._console.print(table)
        self.verdict(verdict)

    def messages(self, messages: Sequence[MqttMessage], since: float, verdict: Verdict) -> None:
        """What the subscriber received: how many on each topic, and the last of each as it came."""
        self._console.print()
        self.line(f"MQTT as the subscriber saw it: {len(messages)} messages, the last of each topic", "bold")
        by_topic: dict[str, list[MqttMessage]] = {}
        for message in messages:
            by_topic.setdefault(message.topic, []).append(message)
        for topic, some in sorted(by_topic.items()):
            how = f"{len(some)} x, QoS {min(m.qos for m in some)}, last at {some[-1].at - since:.1f} s"
            self._console.print(f"  [cyan]{escape(topic)}[/] [dim]{how}[/]")
            self._console.print(f"    {escape(shorten(some[-1].text, MESSAGE_SHOWN))}")
        self.verdict(verdict)

    def summary(self, acts: Sequence[Act], extra: Mapping[str, Verdict], took_s: float) -> None:
        """One row a call, and what did not go as told, in red."""
        self._console.print()
        table = Table("", "call", "answered by", "stage", "waited", "talked", "codec", "MOS", "checks", title="Summary")
        for number, act in enumerate(acts, 1):
            r, checks = act.record, act.verdict.checks
            good = sum(check.good for check in checks)
            table.add_row(
                str(number),
                escape(act.title),
                str(r.get("answered_by") or "-"),
                str(r.get("answered_stage") or "-"),
                _seconds(r.get("wait_s")),
                _seconds(r.get("talk_s")),
                str(r.get("codec") or "-"),
                _figure(r.get("mos")),
                f"[{'green' if act.verdict.good else 'bold red'}]{good} of {len(checks)}[/]",
            )
        self._console.print(table)
        failed = [(f"call {number} ({act.title})", act.verdict) for number, act in enumerate(acts, 1)]
        failed += list(extra.items())
        for what, verdict in failed:
            for check in verdict.checks:
                if not check.good:
                    self.line(f"NOT AS TOLD: {what}: {check.what}: {check.found or 'no'}", "bold red")
            if not verdict.checks:
                self.line(f"NOT AS TOLD: {what}: nothing could be judged", "bold red")
        if all(verdict.good for _, verdict in failed):
            self.line(f"All {len(acts)} calls went as told, in {took_s:.0f} s.", "bold green")


def _figure(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _seconds(value: Any) -> str:
    return f"{value:.1f} s" if isinstance(value, int | float) else "-"
