"""What the commands `simulate-load` and `forecast` do: options in, words or JSON out. Raises SettingError for options
that do not fit each other, StoreError for a journal that cannot be read."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.config.values import seconds, service_level
from gateway.errors import SettingError
from gateway.load import history, report
from gateway.load.erlang import AGENTS_MAX, Traffic, expected
from gateway.load.forecast import forecast
from gateway.load.picture import draw
from gateway.load.run import Plan, simulate_load
from gateway.load.workload import poisson, read_erlang, replayed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateway.core.site.site import Site
    from gateway.load.history import History

HOURS_S, WARM_UP_S = 8 * 3600.0, 3600.0


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """As typed; empty or None: left out."""

    agents: int
    erlang: str = ""
    journal: Path | None = None
    team: str = ""
    patience: str = ""
    ring: str = ""
    max_wait: str = ""
    level: str = ""
    hours: str = ""
    warm_up: str = ""
    runs: int = 20
    seed: int = 1
    plot: Path | None = None
    as_json: bool = False


def load(options: Options) -> str:
    """Simulate and tell."""
    if bool(options.erlang) == (options.journal is not None):
        raise SettingError("say what comes in: either --erlang 20/h,240s or --from-journal FILE")
    if not 1 <= options.agents <= AGENTS_MAX or options.runs < 1:
        raise SettingError(f"--agents has to be 1 to {AGENTS_MAX}, --runs at least 1")
    target, threshold_s = _level(options.level)
    began = time.monotonic()
    past = _history(options) if options.journal is not None else None
    traffic = _traffic(options, past)
    ring_s = _length("--ring", options.ring, (past.mean_ring_s() or 0.0) if past is not None else 0.0)
    max_wait_s = _length("--max-wait", options.max_wait, 0.0) or None
    length_s = None if past is not None else _length("--hours", options.hours, HOURS_S)
    warm_up_s = 0.0 if past is not None else _length("--warm-up", options.warm_up, WARM_UP_S)
    if past is not None and (options.hours or options.warm_up):
        raise SettingError("--hours and --warm-up go with --erlang: a journal's calls come when they came")
    if length_s is not None and (length_s % 3600 or warm_up_s % 3600 or not length_s):
        raise SettingError("--hours and --warm-up are whole hours, such as 8h")
    if past is not None and past.threshold_s is not None and not options.level:
        threshold_s = past.threshold_s
    plan = Plan(
        agents=options.agents,
        ring_s=ring_s,
        max_wait_s=max_wait_s,
        threshold_s=threshold_s,
        warm_up_s=warm_up_s,
        length_s=length_s,
        runs=options.runs,
        seed=options.seed,
        by_hour=options.plot is not None or options.as_json,
    )
    if past is not None:
        come = partial(replayed, past, traffic.patience_s)
    else:
        come = partial(poisson, traffic, warm_up_s + (length_s or 0.0))
    with _progress() as progress:
        result = simulate_load(plan, come, progress)
    took_s = time.monotonic() - began
    holds = past is None and not ring_s and max_wait_s is None
    formula = ("Erlang A" if traffic.patience_s is not None else "Erlang C") if holds else ""
    told = expected(traffic, options.agents, threshold_s=threshold_s, short_s=plan.short_s) if holds else None
    title = _title(options, traffic, plan, past)
    if options.plot is not None:
        draw(options.plot, title, result.hours, target=target)
    if options.as_json:
        settings = {"plan": msgspec.to_builtins(plan), "traffic": msgspec.to_builtins(traffic), "took_s": took_s}
        return json.dumps(report.load_json(settings, result, formula, told), ensure_ascii=False, indent=2) + "\n"
    length = (
        "the journal's calls" if length_s is None else f"{length_s / 3600:g} h after {warm_up_s / 3600:g} h to fill up"
    )
    runs = f"{result.runs} run{'s' if result.runs != 1 else ''} of {length}"
    head = [title, f"{runs}: {result.calls} calls in {took_s:.1f} s; seed {options.seed}."]
    if past is not None:
        head.append("Arrivals are the same in every run: the intervals hold for handling times and patience alone.")
    if traffic.patience_s is None and max_wait_s is None and traffic.erlangs >= options.agents:
        head.append(
            "More comes in than these agents can do and nobody hangs up: the queue grows, the figures are no limit."
        )
    return report.load_text(head, result, formula, told)


def people(journal: Path, site: Site, *, team: str = "", as_json: bool = False) -> str:
    """Forecast each team, or one, and tell."""
    histories = history.read(journal)
    named = [one for name, one in sorted(histories.items()) if name and (not team or name == team)]
    if not named:
        raise SettingError(_no_team(journal, team, histories))
    forecasts = [forecast(one, site) for one in named]
    if as_json:
        return json.dumps(msgspec.to_builtins(forecasts), ensure_ascii=False, indent=2) + "\n"
    return report.forecast_text(forecasts, site.timezone)


def _history(options: Options) -> History:
    journal = options.journal
    assert journal is not None  # noqa: S101 - looked at by the caller
    histories = history.read(journal)
    past = histories.get(options.team)
    if past is None:
        raise SettingError(_no_team(journal, options.team, histories))
    if not past.handling_s:
        raise SettingError(f"{journal}: no call was handled yet, so nobody knows how long one takes")
    return past


def _no_team(journal: Path, team: str, histories: dict[str, History]) -> str:
    known = ", ".join(sorted(name for name in histories if name))
    return f"{journal}: no contact of a team {team!r}; it has {known or 'none'}"


def _traffic(options: Options, past: History | None) -> Traffic:
    patience_s = _length("--patience", options.patience, 0.0) or (past.patience_s() if past is not None else None)
    if past is None:
        per_hour, handling_s = read_erlang(options.erlang)
    else:
        hours = len({at // 3600 for at in past.arrivals})
        per_hour, handling_s = len(past.arrivals) / hours, past.mean_handling_s() or 0.0
    return Traffic(per_hour=per_hour, handling_s=handling_s, patience_s=patience_s)


def _title(options: Options, traffic: Traffic, plan: Plan, past: History | None) -> str:
    agents = f"{options.agents} agent{'s' if options.agents != 1 else ''}"
    whose = f" of team {options.team}" if options.team else ""
    come = f"{traffic.per_hour:.3g}/h of {traffic.handling_s:.0f} s ({traffic.erlangs:.2f} erlang)"
    if past is not None:
        come = f"{len(past.arrivals)} contacts{whose} of the journal, " + come + " in the hours that have any"
    patience = f"patience {traffic.patience_s:.0f} s" if traffic.patience_s is not None else "nobody hangs up"
    return f"{agents}, {come}, {patience}, rung {plan.ring_s:.3g} s, T {plan.threshold_s:g} s"


def _length(option: str, text: str, default: float) -> float:
    if not text:
        return default
    found = seconds(text)
    if found is None:
        raise SettingError(f"{option} {text}: write a length of time such as 20s, 2 min or 8h")
    return found


def _level(text: str) -> tuple[float, float]:
    found = service_level(text or "80% in 20s")
    if found is None:
        raise SettingError(f'--service-level {text}: write a share and a length of time, such as "80% in 20s"')
    return found


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar for whoever sits at a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - only for people
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task: Any = bar.add_task("simulating calls", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
