"""What the command `gateway graph` does."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from gateway.config.load import load_site
from gateway.config.problems import nearest
from gateway.errors import SettingError
from gateway.graph.dot import dot, svg
from gateway.graph.drawing import draw
from gateway.graph.mermaid import mermaid
from gateway.graph.reach import reach as search
from gateway.graph.reach_words import TEXTS, as_data, told
from gateway.graph.target import read_target
from gateway.simulate import zone
from gateway.simulate.words import language_of

if TYPE_CHECKING:
    from pathlib import Path


def graph(
    folder: Path, flow: str, *, everything: bool = False, as_dot: bool = False, svg_file: Path | None = None
) -> None:
    """Print the drawing of a flow, or write it as SVG. Raises SettingError and SiteError."""
    flows = load_site(folder).site.flows
    if flow not in flows:
        near = nearest(flow, tuple(flows))
        what = f"there is no flow '{flow}'" if flow else "say which flow to draw"
        raise SettingError(f"{what}; " + (f"did you mean {near}?" if near else f"this site has {', '.join(flows)}"))
    drawing = draw(flows, flow, everything=everything)
    if svg_file is not None:
        svg(drawing, svg_file)
        return
    print(dot(drawing) if as_dot else mermaid(drawing), end="")  # noqa: T201 - this command's output


def reach(
    folder: Path, who: str, *, flow: str = "", at: str = "", most: int = 3, lang: str = "en", as_json: bool = False
) -> int:
    """Print how `who` can be reached from each number of the site, or from those of `flow`. Exit status 0, or 1 when
    it cannot be reached at all. Raises SettingError and SiteError."""
    if lang not in {"pl", "en"}:
        raise SettingError(f"--lang: the answer is given in pl or en, not in '{lang}'")
    language = language_of(lang)
    site = load_site(folder).site
    clock = zone.zone_of(site)
    try:
        moment = zone.moment(at, clock) if at else float(int(time.time()))
    except zone.MomentError as error:
        raise SettingError(f"--at: {error}; expected is {zone.EXPECTED}") from None
    numbers = tuple(number for number, leads_to in site.numbers.items() if flow in {"", leads_to})
    if not numbers:
        raise SettingError(f"no number of this site leads to a flow '{flow}'")
    goal = read_target(site, who)
    found = search(site, goal, at=moment, most=most, numbers=numbers)
    if as_json:
        print(json.dumps(as_data(site, goal, found, language), ensure_ascii=False, indent=2))  # noqa: T201
    else:
        print(told(site, found, language), end="")  # noqa: T201
        if all(each.verdict == "cannot" for each in found):
            print(TEXTS[language]["nobody"])  # noqa: T201
    return 0 if any(each.ways for each in found) else 1
