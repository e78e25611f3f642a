"""A picture of the runs by hour: the service level above, the callers who wait below. SVG is written here; PNG needs
matplotlib, which is not installed with the gateway.
"""

from __future__ import annotations

from html import escape
from importlib.util import find_spec
from typing import TYPE_CHECKING

from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gateway.load.by_hour import HourFigures

WIDTH, HEIGHT = 960, 520
_LEFT, _RIGHT, _TOP, _PANEL, _GAP = 64, 16, 56, 180, 60
_BARS, _MEAN, _MOST, _INK, _GRID = "#4477aa", "#cc6677", "#ddaa99", "#222222", "#dddddd"
_LABELS_MAX = 24


def draw(file: Path, title: str, hours: Sequence[HourFigures], *, target: float) -> None:
    """Write the picture; the ending of the file's name says in which format. Raises SettingError."""
    ending = file.suffix.lower()
    if ending not in {".svg", ".png"}:
        raise SettingError(f"--plot {file}: the name has to end in .svg or .png")
    try:
        if ending == ".svg":
            file.write_text(svg(title, hours, target=target), encoding="utf-8")
        else:
            _png(file, title, hours, target)
    except OSError as error:
        raise SettingError(f"--plot {file}: {error.strerror or error}; name a file in a folder that exists") from error


def svg(title: str, hours: Sequence[HourFigures], *, target: float) -> str:
    """The picture as an SVG document."""
    wide = (WIDTH - _LEFT - _RIGHT) / max(1, len(hours))
    most = max([1.0, *(float(hour.waiting_max) for hour in hours)])
    low = _TOP + _PANEL
    base = low + _GAP + _PANEL
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'font-family="sans-serif" font-size="12" fill="{_INK}">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24" font-size="16">{escape(title)}</text>',
        *_frame("Service level, %", low, [(share / 100, str(share)) for share in (0, 20, 40, 60, 80, 100)]),
        *_frame(
            "Callers waiting: mean (dark), most at once (light)", base, [(n / most, f"{n:g}") for n in _ticks(most)]
        ),
    ]
    for index, hour in enumerate(hours):
        x = _LEFT + index * wide
        if hour.sl is not None:
            parts.append(_bar(x, low, wide, hour.sl, _BARS, f"hour {hour.hour}: {100 * hour.sl:.1f} %"))
        words = f"hour {hour.hour}: {hour.waiting:.2f} on average, {hour.waiting_max} at most"
        parts += (
            _bar(x, base, wide, hour.waiting_max / most, _MOST, words),
            _bar(x, base, wide, hour.waiting / most, _MEAN, words),
        )
        if index % -(-len(hours) // _LABELS_MAX) == 0:
            parts.append(f'<text x="{x:.1f}" y="{base + 16}">{hour.hour}</text>')
    y = low - _PANEL * target
    parts += (
        f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_MEAN}" stroke-dasharray="6 4"/>',
        f'<text x="{WIDTH / 2:.0f}" y="{base + 34}" text-anchor="middle">Hour of the run</text>',
        "</svg>",
    )
    return "\n".join(parts) + "\n"


def _frame(title: str, base: int, ticks: Sequence[tuple[float, str]]) -> list[str]:
    parts = [f'<text x="{_LEFT}" y="{base - _PANEL - 8}">{escape(title)}</text>']
    for share, words in ticks:
        y = base - _PANEL * share
        parts += (
            f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_GRID}"/>',
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{words}</text>',
        )
    return parts


def _bar(  # noqa: PLR0917 - a rectangle has so many sides
    x: float, base: int, wide: float, share: float, colour: str, words: str
) -> str:
    high = _PANEL * min(1.0, share)
    return (
        f'<rect x="{x:.1f}" y="{base - high:.1f}" width="{max(0.8, 0.9 * wide):.1f}" height="{high:.1f}" '
        f'fill="{colour}"><title>{escape(words)}</title></rect>'
    )


def _ticks(most: float) -> list[float]:
    """Round numbers from 0 up to `most`, six at most."""
    step = 1.0
    while most / step > 5:
        step *= 2.5 if str(step)[0] == "2" else 2.0
    return [n * step for n in range(int(most / step) + 1)]


def _png(file: Path, title: str, hours: Sequence[HourFigures], target: float) -> None:
    if find_spec("matplotlib") is None:
        raise SettingError(
            f"--plot {file}: a PNG needs matplotlib (pip install matplotlib); name a .svg file without it"
        )
    import matplotlib.figure  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415 - optional

    figure = matplotlib.figure.Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    numbers = [hour.hour for hour in hours]
    figure.suptitle(title)
    above.bar(numbers, [100 * (hour.sl or 0.0) for hour in hours], color=_BARS)
    above.axhline(100 * target, color=_MEAN, linestyle="--")
    above.set(ylabel="Service level, %", ylim=(0, 100))
    below.bar(numbers, [hour.waiting_max for hour in hours], color=_MOST, label="most at once")
    below.bar(numbers, [hour.waiting for hour in hours], color=_MEAN, label="mean")
    below.set(ylabel="Callers waiting", xlabel="Hour of the run")
    below.legend()
    figure.savefig(file)
