"""What `gateway test --live` does. `gateway/cli/main.py` reads its options and calls this."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gateway.audio.prompts import PromptStore
from gateway.config import values
from gateway.config.load import load_site
from gateway.config.problems import nearest
from gateway.demo.pcm import write_wav
from gateway.demo.ports import Ports
from gateway.errors import SettingError
from gateway.live import report
from gateway.live.inventory import pause_s, sounds_of, speech_of
from gateway.live.recognise import Recogniser
from gateway.live.suite import LiveReport, LiveResult, Prospect, Wanted, duration_s, play_all, prospects
from gateway.live.trial import Ground
from gateway.simulate.junit import junit
from gateway.simulate.lengths import Lengths
from gateway.simulate.script_files import load_scripts, testable

if TYPE_CHECKING:
    from gateway.config.settings import Settings
    from gateway.core.site.site import Site
    from gateway.simulate.script import ScriptFile

JOBS = 4
"""A gateway with one call takes about 120 MB and a few percent of a core; while it starts, a whole core."""
JOBS_MAX = 32
NAME_MAX = 80
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `gateway test --live`, as typed."""

    flows: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    jobs: int = JOBS
    at_most: str = ""
    junit_file: Path | None = None
    keep: Path | None = None
    """Where what the callers of failed calls heard is kept, as WAV."""


def run_live(folder: Path, options: Options) -> int:
    """Play a site's scripts over SIP and RTP and print what came of them. Exit status 0, or 1 when a call failed.
    Raises SiteError for wrong files, SettingError for wrong options or when there is nothing to play, SpeechError when
    the prompts cannot be made."""
    settings = load_site(folder)
    site = testable(settings.site)
    files = load_scripts(folder, site)
    wanted = _wanted(site, options)
    chosen = wanted.of(files)
    if not chosen:
        raise SettingError(
            "no scripted call has that name" if files else f"there are no scripted calls in {folder / 'flows'}"
        )
    previous = {number: signal.signal(number, _as_interrupt) for number in SIGNALS}
    root = Path(tempfile.mkdtemp(prefix="gateway-live-"))
    try:
        ground, lengths = _ground(settings, root / "clips")
        scripts = [script for file in chosen for script in file.scripts]
        found = prospects(site, scripts, wanted, lengths, ground.pause_s)
        results = _play(found, ground, options.jobs, root)
        reports = _by_file(chosen, results)
        print(report.render(reports), end="")  # noqa: T201 - this command's output
        if options.junit_file is not None:
            try:
                options.junit_file.write_bytes(junit(reports))
            except OSError as error:
                raise SettingError(f"{options.junit_file} cannot be written: {error.strerror}") from error
        if options.keep is not None:
            _keep(results, options.keep)
    finally:
        shutil.rmtree(root, ignore_errors=True)
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 1 if any(result.failed for result in results) else 0


def _ground(settings: Settings, clips: Path) -> tuple[Ground, Lengths]:
    """Every prompt made ready, in the folder `clips`."""
    PromptStore(clips).prepare(settings.clips)
    sounds = sounds_of(settings, clips)
    ground = Ground(settings, clips, Ports(), Recogniser(sounds), pause_s(sounds), speech_of(sounds))
    return ground, Lengths(settings.clips, clips)


def _play(found: list[Prospect], ground: Ground, jobs: int, root: Path) -> list[LiveResult]:
    """Play them, and say how far it has come."""
    _announce(found, jobs)
    count = 0

    def done(result: LiveResult) -> None:
        nonlocal count
        count += 1
        print(report.progress(result, count, len(found)), file=sys.stderr, flush=True)  # noqa: T201

    async def main() -> list[LiveResult]:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        for number in SIGNALS:
            loop.add_signal_handler(number, task.cancel if task is not None else lambda: None)
        return await play_all(found, ground, root, jobs=jobs, done=done)

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _keep(results: list[LiveResult], folder: Path) -> None:
    for number, result in enumerate(results, 1):
        if result.failed and result.played is not None and result.played.recording is not None:
            name = re.sub(r"[^\w]+", "-", result.script.name).strip("-")[:NAME_MAX]
            try:
                path = write_wav(folder / f"{number:03}-{name}.wav", result.played.recording.astype(float))
            except OSError as error:
                raise SettingError(f"--keep: nothing can be written in {folder}: {error.strerror}") from error
            print(f"What its caller heard: {path}")  # noqa: T201


def _announce(found: list[Prospect], jobs: int) -> None:
    seconds = duration_s(found, jobs)
    length = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
    count = sum(not each.skipped for each in found)
    print(  # noqa: T201
        f"{count} calls over SIP and RTP, each with a gateway of its own, {min(jobs, max(count, 1))} at once; "
        f"about {length}.",
        file=sys.stderr, flush=True,
    )  # fmt: skip


def _wanted(site: Site, options: Options) -> Wanted:
    for flow in options.flows:
        if flow not in site.flows:
            near = nearest(flow, tuple(site.flows))
            raise SettingError(
                f"--flow: this site has no flow '{flow}'; "
                + (f"did you mean {near}?" if near else f"it has {', '.join(site.flows)}")
            )
    if not 1 <= options.jobs <= JOBS_MAX:
        raise SettingError(f"--jobs: from 1 to {JOBS_MAX} calls at once, not {options.jobs}")
    at_most = values.seconds(options.at_most) if options.at_most else 0.0
    if at_most is None:
        raise SettingError(f"--at-most: '{options.at_most}' cannot be read; expected is {values.LENGTH}")
    return Wanted(flows=options.flows, calls=options.calls, at_most_s=at_most)


def _as_interrupt(*_: object) -> None:
    """TERM and HUP end it as Ctrl-C does: through every `finally`."""
    raise KeyboardInterrupt


def _by_file(chosen: tuple[ScriptFile, ...], results: list[LiveResult]) -> tuple[LiveReport, ...]:
    left = iter(results)
    return tuple(LiveReport(file=file, results=tuple(next(left) for _ in file.scripts)) for file in chosen)
