from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from gateway.errors import SettingError
from gateway.load.by_hour import HourFigures
from gateway.load.picture import HEIGHT, WIDTH, draw, svg

NS = "{http://www.w3.org/2000/svg}"


def hours(count: int) -> list[HourFigures]:
    return [
        HourFigures(
            hour=n, offered=5.0, sl=None if n == 1 else 0.5 + n / 400, waiting=n / 50, waiting_max=n, occupancy=0.5
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("count", [0, 1, 8, 168])
def test_every_hour_has_its_bars_inside_the_picture(count: int) -> None:
    root = ET.fromstring(svg("3 agents & <more>", hours(count), target=0.8))
    bars = [rect for rect in root.iter(f"{NS}rect") if rect.find(f"{NS}title") is not None]
    assert len(bars) == 3 * count - (count > 1)  # an hour without contacts has no service level
    for bar in bars:
        x, y, wide, high = (float(bar.get(name)) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= WIDTH
        assert 0 <= y <= y + high <= HEIGHT
    assert root.find(f"{NS}text").text == "3 agents & <more>"


def test_a_bar_is_as_high_as_its_figure() -> None:
    root = ET.fromstring(svg("", hours(8), target=0.8))
    highest = {rect.find(f"{NS}title").text: float(rect.get("height")) for rect in root.iter(f"{NS}rect") if len(rect)}
    assert highest["hour 0: 50.0 %"] == pytest.approx(90.0)
    dashed = next(line for line in root.iter(f"{NS}line") if line.get("stroke-dasharray"))
    assert float(dashed.get("y1")) == pytest.approx(56 + 180 * 0.2)


def test_the_files_name_says_the_format(tmp_path: Path) -> None:
    draw(tmp_path / "a.svg", "x", hours(3), target=0.8)
    ET.parse(tmp_path / "a.svg")
    with pytest.raises(SettingError, match=r"\.svg or \.png"):
        draw(tmp_path / "a.jpg", "x", hours(3), target=0.8)
    with pytest.raises(SettingError, match="folder that exists"):
        draw(tmp_path / "no" / "a.svg", "x", hours(3), target=0.8)


def test_a_png_needs_matplotlib(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    if find_spec("matplotlib") is None:
        with pytest.raises(SettingError, match="needs matplotlib"):
            draw(file, "x", hours(3), target=0.8)
    else:
        draw(file, "x", hours(3), target=0.8)
        assert file.read_bytes().startswith(b"\x89PNG")
