"""The demo's site: a copy of a site folder in which some scalars of gateway.yaml have other values.

The text is spliced where the YAML nodes stand, so that everything else, comments too, stays as the admin wrote it.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import yaml

from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SETTINGS = "gateway.yaml"


def copy_site(source: Path, target: Path, changes: Mapping[tuple[str, ...], str]) -> Path:
    """Copy `source` to `target` (links become files) with `changes`: path of keys -> new text of the scalar.
    Returns `target`. Raises SettingError for a path that gateway.yaml does not have."""
    shutil.copytree(source, target, symlinks=False)
    settings = target / SETTINGS
    settings.write_text(with_scalars(settings.read_text(encoding="utf-8"), changes), encoding="utf-8")
    return target


def with_scalars(text: str, changes: Mapping[tuple[str, ...], str]) -> str:
    """The YAML text with other scalars at some paths. In a list, a key names the item whose `id` it is."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    spans = []
    for path, value in changes.items():
        node = root
        for key in path:
            node = _child(node, key)
        if not isinstance(node, yaml.ScalarNode):
            raise SettingError(f"{SETTINGS} has no value at {'.'.join(path)}: the demo wants to set it")
        spans.append((node.start_mark.index, node.end_mark.index, value))
    for start, end, value in sorted(spans, reverse=True):
        text = text[:start] + value + text[end:]
    return text


def _child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key and isinstance(value, yaml.Node):
                return value
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            name = _child(item, "id")
            if isinstance(name, yaml.ScalarNode) and name.value == key and isinstance(item, yaml.Node):
                return item
    return None
