"""What the command `gateway graph` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.load import load_site
from gateway.config.problems import nearest
from gateway.errors import SettingError
from gateway.graph.dot import dot, svg
from gateway.graph.drawing import draw
from gateway.graph.mermaid import mermaid

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
