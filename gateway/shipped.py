"""Finds what comes with the program: the shipped flows and the example site, in a source tree and in a wheel.

The build puts both into the wheel as `gateway/_shipped/`; a source tree and an editable install have them at the root.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "_shipped"
_SOURCE_TREE = _PACKAGE.parent


def flows_folder() -> Path:
    """The folder of the shipped flows, `NAME.yaml` each."""
    return _first(_IN_WHEEL / "ivr_flows", _SOURCE_TREE / "ivr_flows")


def example_site() -> Path:
    """The site folder that the demo runs and where an office starts. Copy it, never write into it."""
    return _first(_IN_WHEEL / "site_example", _SOURCE_TREE / "firmware_config" / "site.example")


def flow_files(folder: Path | None = None) -> dict[str, Path]:
    """Shipped flows by name; those of `folder` (a version that was kept) in place of the program's, if given."""
    found = sorted((folder or flows_folder()).glob("*.yaml"))
    return {path.stem: path for path in found if not path.stem.endswith(".calls")}


def _first(*places: Path) -> Path:
    return next((place for place in places if place.is_dir()), places[-1])
