"""`gateway demo` and `python -m gateway.demo`: play the scenes, judge them, print them; 0 only if all went as told."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.demo.figures import judge_figures, judge_sequence
from gateway.demo.report import Report
from gateway.demo.scenes import SCENES, Casting, play
from gateway.demo.stage import RING_MANAGER_S, WRAP_UP_S, Stage
from gateway.errors import GatewayError, SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""SIGINT, too: a shell starts what it puts in the background with that one ignored."""


def run_demo(scenes: Sequence[str] | None = None, *, absent: Sequence[str] = ()) -> int:
    """Play `scenes` (names of SCENES; None: all) while the phones of the agents `absent` stay off.
    Returns the exit status: 0 all as told, 1 not. Raises SettingError when it cannot begin."""
    names = list(SCENES) if not scenes else list(scenes)
    for name in names:
        if name not in SCENES:
            raise SettingError(f"no scene {name!r}: the demo has {', '.join(SCENES)}")
    report, began = Report(), time.time()
    previous = {number: signal.signal(number, _as_interrupt) for number in SIGNALS}
    folder = Path(tempfile.mkdtemp(prefix="gateway-demo-"))
    keep = False
    try:
        with Stage(folder, absent=frozenset(absent)) as stage:
            report.line(f"Gateway on 127.0.0.1:{stage.settings.sip.port}, broker {stage.broker}, calls: {len(names)}")
            report.line(
                "Callers and agents are baresip, the subscriber is mosquitto_sub. The site is the example, but "
                f"managers are rung for {RING_MANAGER_S:.0f} s and rest for {WRAP_UP_S:.0f} s after a call."
            )
            keep = not _play_all(stage, names, report, began)
    except (GatewayError, KeyboardInterrupt):
        raise
    except BaseException:
        keep = True  # our own mistake: leave everything for a look
        raise
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        if keep:
            report.line(f"Recordings, the gateway's log and its state are kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if keep else 0


def _play_all(stage: Stage, names: Sequence[str], report: Report, began: float) -> bool:
    casting, acts = Casting(stage), []
    for number, name in enumerate(names, 1):
        act = play(stage, casting, name)
        acts.append(act)
        report.call(number, act)
    figures, verdict = judge_figures(stage.subscriber, stage.topic, acts)
    report.figures(figures, verdict)
    messages = stage.subscriber.messages()
    sequence = judge_sequence(messages, stage.topic)
    report.messages(messages, began, sequence)
    # Without a call that came to a queue there is nothing to add up, and the calls say why.
    extra = {"MQTT": sequence}
    if verdict.checks or all(act.verdict.good for act in acts):
        extra["figures"] = verdict
    report.summary(acts, extra, time.time() - began)
    return all(act.verdict.good for act in acts) and verdict.good and sequence.good


def _as_interrupt(*_: object) -> None:
    """TERM and HUP end the demo as Ctrl-C does: through every `finally`."""
    raise KeyboardInterrupt
