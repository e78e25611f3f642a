"""Which flows a site has, before the steps of any are read: the site's own files, those shipped files that are asked
for by name, and the flows in each. What they note and hand to each other is known then, so that texts can say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway import shipped
from gateway.config import handing
from gateway.config.fields import clean, shown
from gateway.config.flows import read_heads
from gateway.core.flow.steps_case import CASE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from gateway.config.files import SiteFiles
    from gateway.config.flows import FlowFile
    from gateway.config.handing import Face
    from gateway.config.problems import Problems
    from gateway.config.variables import Variables
    from gateway.core.service_model import Service


class Heads:
    """The flows of a site by name. `names` are all that can be named, those of files with mistakes among them."""

    def __init__(self) -> None:
        self.flows: dict[str, FlowFile] = {}
        self.names: tuple[str, ...] = ()

    @property
    def faces(self) -> dict[str, Face]:
        """What other flows need to know of each."""
        return {name: head.face for name, head in self.flows.items()}

    @property
    def remembered(self) -> tuple[str, ...]:
        """What some `collect` keeps for later calls, by name."""
        return tuple(dict.fromkeys(name for head in self.flows.values() for name in sorted(head.variables.remembered)))

    def variables(self, services: Mapping[str, Service]) -> dict[str, Variables]:
        """The variables that each flow can read."""
        kept = {*self.remembered, CASE}
        for head in self.flows.values():
            head.variables.learn(services)
            head.variables.collected |= head.variables.recent & kept
        known = handing.closed({name: head.variables for name, head in self.flows.items()}, self.faces)
        for variables in known.values():
            variables.learn(services)
        return known


def gather(
    files: SiteFiles, problems: Problems, own: dict[str, Path], wanted: Iterable[str], languages: Collection[str]
) -> Heads:
    """The heads of all flows. `own` are the site's files by their name without .yaml, `wanted` the flows that numbers
    lead to, `languages` those of the site."""
    shipped_files = shipped.flow_files(files.shipped_flows)
    in_files = {**shipped_files, **own}
    heads = Heads()
    without_own_flow: set[str] = set()
    todo = [*own, *wanted]
    done: set[str] = set()
    while todo:
        name = todo.pop(0)
        if name in done or name not in in_files or name in heads.flows:
            continue
        done.add(name)
        path = in_files[name]
        file = f"flows/{path.name}" if name in own else f"shipped/{path.name}"
        text = files.text(path, file)
        found = read_heads(text, file, name, problems, languages) if text is not None else []
        for head in found:
            if _is_new(head, name, heads, in_files, problems):
                heads.flows[head.id] = head
                todo.extend(clean(node.value) for node in head.face.gone_to)
                todo.extend(clean(call.flow.value) for call in head.face.calls)
        if found and all(head.id != name for head in found):
            without_own_flow.add(name)
    available = (*own, *(name for name in shipped_files if name not in own))
    heads.names = tuple(dict.fromkeys((*(n for n in available if n not in without_own_flow), *heads.flows)))
    return heads


def _is_new(head: FlowFile, file: str, heads: Heads, in_files: Collection[str], problems: Problems) -> bool:
    """Whether no other flow has this name; else the second one is told of the first."""
    first = heads.flows.get(head.id)
    if first is None and (head.id == file or head.id not in in_files):
        return True
    where = f"{first.root.place.file}, line {first.root.place.line}" if first is not None else f"{head.id}.yaml"
    problems.add(
        head.root.place,
        f"there is another flow '{shown(head.id)}': {shown(where, 100)}",
        hint="every flow of the site has a name of its own",
    )
    return False
