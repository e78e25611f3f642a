"""What comes in during one run: when each caller calls, how long the agent will be busy with him, how long he waits.

Drawn beforehand from a seeded generator, call by call, so that the same seed is the same day whatever the staffing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from gateway.config.values import seconds
from gateway.errors import SettingError

if TYPE_CHECKING:
    from gateway.load.erlang import Traffic
    from gateway.load.history import History

_ERLANG = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*/\s*h\s*[,;]\s*(.+)")


class Workload(msgspec.Struct, frozen=True):
    """Three arrays of one length, in seconds; arrivals from the start of the run, ascending; patience may be inf."""

    arrivals_s: np.ndarray
    handling_s: np.ndarray
    patience_s: np.ndarray

    def __len__(self) -> int:
        return len(self.arrivals_s)


def read_erlang(text: str) -> tuple[float, float]:
    """Reads "20/h,240s" as (20.0, 240.0): calls an hour and the seconds an agent is busy with one. Raises
    SettingError."""
    found = _ERLANG.fullmatch(text)
    handling_s = seconds(found[2]) if found else None
    if not found or not handling_s:
        raise SettingError(f"--erlang {text}: write calls an hour and the handling time, such as 20/h,240s")
    per_hour = float(found[1].replace(",", "."))
    if per_hour <= 0:
        raise SettingError(f"--erlang {text}: there has to be some call an hour")
    return per_hour, handling_s


def poisson(traffic: Traffic, length_s: float, draw: np.random.Generator) -> Workload:
    """Poisson arrivals over `length_s`, exponential handling times and patience."""
    mean_s = 3600.0 / traffic.per_hour
    gaps: list[np.ndarray] = []
    reached = 0.0
    while reached < length_s:
        more = draw.exponential(mean_s, size=max(16, int(1.1 * (length_s - reached) / mean_s)))
        gaps.append(more)
        reached += float(more.sum())
    arrivals = np.cumsum(np.concatenate(gaps))
    arrivals = arrivals[arrivals < length_s]
    handling = draw.exponential(traffic.handling_s, size=len(arrivals))
    return Workload(arrivals, handling, _patience(traffic.patience_s, len(arrivals), draw))


def replayed(history: History, patience_s: float | None, draw: np.random.Generator) -> Workload:
    """The arrivals of a journal as they were; handling times drawn from those that it holds."""
    arrivals = np.asarray(history.arrivals) - history.begins_at
    handling = draw.choice(np.asarray(history.handling_s), size=len(arrivals))
    return Workload(arrivals, handling, _patience(patience_s, len(arrivals), draw))


def _patience(mean_s: float | None, count: int, draw: np.random.Generator) -> np.ndarray:
    return np.full(count, np.inf) if mean_s is None else draw.exponential(mean_s, size=count)
