"""A drawing as Mermaid. Whatever people write stands in quotes, every sign that means something there as its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.graph.drawing import Box, Drawing, Shape

_SAFE = frozenset(" .,:-_()/?!+=…")
"""Signs that are only themselves inside Mermaid's quotes; letters and digits of any script are, too."""
_SHAPES: dict[Shape, tuple[str, str]] = {
    "start": ("([", "])"),
    "step": ("[", "]"),
    "question": ("{{", "}}"),
    "human": ("[[", "]]"),
    "end": ("(", ")"),
    "flow": (">", "]"),
}


def mermaid(drawing: Drawing) -> str:
    """The drawing, one line a box and an arrow. Several flows stand in a frame each."""
    lines = ["flowchart TD"]
    framed = len(drawing.flows) > 1
    for number, flow in enumerate(drawing.flows, 1):
        indent = "    " if framed else "  "
        if framed:
            lines.append(f"  subgraph f{number}[{_quoted(flow)}]")
        lines += [indent + _box(box) for box in drawing.boxes if box.flow == flow]
        if framed:
            lines.append("  end")
    for arrow in drawing.arrows:
        line = "-.->" if arrow.dashed else "-->"
        label = f"|{_quoted(arrow.label)}|" if arrow.label else ""
        lines.append(f"  {arrow.source} {line}{label} {arrow.target}")
    return "\n".join(lines) + "\n"


def _box(box: Box) -> str:
    left, right = _SHAPES[box.shape]
    return f"{box.id}{left}{_quoted(*box.lines)}{right}"


def _quoted(*lines: str) -> str:
    return '"' + "<br/>".join("".join(map(_sign, " ".join(line.split()))) for line in lines) + '"'


def _sign(sign: str) -> str:
    if sign.isalnum() or sign in _SAFE:
        return sign
    return f"#{ord(sign)};" if sign.isprintable() else " "
