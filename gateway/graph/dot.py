"""A drawing as DOT (the language of Graphviz), and as SVG where Graphviz is installed."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from gateway.errors import SettingError

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.graph.drawing import Drawing, Shape

_SHAPES: dict[Shape, str] = {
    "start": "shape=oval",
    "step": 'shape=box, style="rounded"',
    "question": "shape=hexagon",
    "human": "shape=box, peripheries=2",
    "end": 'shape=box, style="rounded,dashed"',
    "flow": "shape=cds",
}
DRAW_S = 60.0


def dot(drawing: Drawing) -> str:
    """The drawing. Several flows stand in a frame each."""
    lines = ["digraph flow {", '  node [fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];']
    framed = len(drawing.flows) > 1
    for number, flow in enumerate(drawing.flows, 1):
        indent = "    " if framed else "  "
        if framed:
            lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(flow)};"]
        lines += [
            f"{indent}{box.id} [label={_quoted(*box.lines)}, {_SHAPES[box.shape]}];"
            for box in drawing.boxes
            if box.flow == flow
        ]
        if framed:
            lines.append("  }")
    for arrow in drawing.arrows:
        told = [f"label={_quoted(arrow.label)}"] if arrow.label else []
        told += ["style=dashed"] if arrow.dashed else []
        with_what = f" [{', '.join(told)}]" if told else ""
        lines.append(f"  {arrow.source} -> {arrow.target}{with_what};")
    return "\n".join([*lines, "}"]) + "\n"


def svg(drawing: Drawing, file: Path) -> None:
    """Write the drawing into `file` as SVG. Raises SettingError: no Graphviz, or the file cannot be written."""
    program = shutil.which("dot")
    if program is None:
        raise SettingError(
            "SVG is drawn by Graphviz, which is not installed here (its program `dot` was not found): "
            "`apt install graphviz`, or draw the output of --dot on another computer"
        )
    try:
        done = subprocess.run(
            [program, "-Tsvg"], input=dot(drawing).encode(), capture_output=True, timeout=DRAW_S, check=False
        )
        if done.returncode != 0:
            raise SettingError(f"Graphviz could not draw it: {done.stderr.decode(errors='replace').strip()[:300]}")
        file.write_bytes(done.stdout)
    except subprocess.TimeoutExpired:
        raise SettingError(f"Graphviz did not draw it within {DRAW_S:.0f} s; try without --all") from None
    except OSError as error:
        raise SettingError(f"{file} cannot be written: {error.strerror}") from error


def _quoted(*lines: str) -> str:
    """A DOT string. A backslash would begin an escape, an & an entity of HTML."""
    return '"' + "\\n".join(map(_escaped, lines)) + '"'


def _escaped(line: str) -> str:
    text = "".join(sign if sign.isprintable() else " " for sign in " ".join(line.split()))
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
