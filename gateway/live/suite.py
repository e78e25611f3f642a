"""Plays the scripts of a site live, several side by side; what cannot be played is skipped by name, with the reason."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import msgspec

from gateway.live.trial import Ground, Played, play, talk_s
from gateway.live.verdict import verdict
from gateway.simulate.caller import REACTION_S
from gateway.simulate.deeds import Press
from gateway.simulate.office import simulate
from gateway.simulate.script import Script, ScriptFile
from gateway.simulate.script_check import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from gateway.core.site.site import Site
    from gateway.simulate.lengths import Lengths

START_S = 4.0
"""To start a gateway and to end it, for what is said beforehand."""
HEARD_S = 0.3
"""From the end of a question in the gateway to the caller's ear, and from the key back: jitter buffers and looks."""


class LiveResult(msgspec.Struct, frozen=True, kw_only=True):
    """One script. `skipped`: why it was not played; then `played` is None. `differences` are those of a live call."""

    script: Script
    expected_s: float
    played: Played | None = None
    differences: tuple[Difference, ...] = ()
    skipped: str = ""

    @property
    def good(self) -> bool:
        """Played, and everything came as expected."""
        return self.played is not None and not self.differences

    @property
    def failed(self) -> bool:
        return bool(self.differences)

    @property
    def took_s(self) -> float:
        return self.played.took_s if self.played is not None else 0.0


class LiveReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one file."""

    file: ScriptFile
    results: tuple[LiveResult, ...]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which scripts: of these flows and with one of these words in their names (empty: all), at most so long."""

    flows: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    at_most_s: float = 0.0

    def of(self, files: Iterable[ScriptFile]) -> tuple[ScriptFile, ...]:
        """The files with the scripts that are wanted, without those that have none."""
        chosen = (
            msgspec.structs.replace(
                file, scripts=tuple(script for script in file.scripts if not self.calls or _named(script, self.calls))
            )
            for file in files
            if not self.flows or file.flow in self.flows
        )
        return tuple(file for file in chosen if file.scripts)


class Prospect(msgspec.Struct, frozen=True):
    """A script, how long its call lasts, and why it cannot be played (or "")."""

    script: Script
    seconds: float
    skipped: str


def prospects(
    site: Site, scripts: Iterable[Script], wanted: Wanted, lengths: Lengths, pause_s: float
) -> list[Prospect]:
    """What there is to play. `site` is `testable`."""
    return [_prospect(site, script, wanted, lengths, pause_s) for script in scripts]


def duration_s(found: Iterable[Prospect], jobs: int) -> float:
    """How long all of them take, `jobs` at once, the longest first."""
    free = [0.0] * jobs
    for seconds in sorted((each.seconds for each in found if not each.skipped), reverse=True):
        first = free.index(min(free))
        free[first] += seconds + START_S
    return max(free)


async def play_all(
    found: list[Prospect],
    ground: Ground,
    folder: Path,
    *,
    jobs: int,
    done: Callable[[LiveResult], None],
) -> list[LiveResult]:
    """Play them, `jobs` at once, the longest first; `done` hears of each result as it comes. In `found`'s order."""
    results: dict[int, LiveResult] = {}
    waiting = sorted(range(len(found)), key=lambda number: -found[number].seconds)

    async def work() -> None:
        while waiting:
            number = waiting.pop(0)
            results[number] = await _result(found[number], ground, folder / str(number))
            done(results[number])

    workers = [asyncio.create_task(work()) for _ in range(min(jobs, len(found)))]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*workers, return_exceptions=True)
    return [results[number] for number in range(len(found))]


async def _result(prospect: Prospect, ground: Ground, folder: Path) -> LiveResult:
    script = prospect.script
    if prospect.skipped:
        return LiveResult(script=script, expected_s=prospect.seconds, skipped=prospect.skipped)
    played = await play(script, ground, folder, prospect.seconds)
    differences = await asyncio.to_thread(verdict, script, played)  # it measures tones in long recordings
    return LiveResult(script=script, expected_s=prospect.seconds, played=played, differences=differences)


def _prospect(site: Site, script: Script, wanted: Wanted, lengths: Lengths, pause_s: float) -> Prospect:
    plan = msgspec.structs.replace(script.plan, talk_s=talk_s(script))
    run = simulate(site, plan, lengths=lengths)
    seconds = run.log[-1][0] - plan.at if run.log else 0.0
    why = _not_live(script) or _too_long(seconds, wanted) or _too_quick(site, script, run.steps, pause_s)
    return Prospect(script, seconds, why)


def _not_live(script: Script) -> str:
    """What the gateway of a trial, which has a real disk, cannot be made to have."""
    if script.plan.full_queues:
        return "others would have to wait"
    return "its disk would have to be full" if script.plan.disk_full else ""


def _too_long(seconds: float, wanted: Wanted) -> str:
    if wanted.at_most_s and seconds > wanted.at_most_s:
        return f"the call lasts about {seconds:.0f} s, and at most {wanted.at_most_s:.0f} s are wanted"
    return ""


def _too_quick(site: Site, script: Script, steps: tuple[tuple[str, str], ...], pause_s: float) -> str:
    """A question that is over before somebody who listens can know that it was asked."""
    needed = pause_s + REACTION_S + HEARD_S
    if not any(isinstance(deed, Press) for deed in script.plan.deeds):
        return ""
    for flow, step in steps:
        waits = getattr(site.flows[flow].steps[step], "first_key_s", needed)
        if waits < needed:
            return f"step '{step}' waits {waits:g} s for a key, and a caller who listens needs {needed:.1f} s"
    return ""


def _named(script: Script, words: tuple[str, ...]) -> bool:
    return any(word.lower() in script.name.lower() for word in words)
