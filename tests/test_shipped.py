"""What comes with the program is found in the source tree, and in a wheel where the build puts it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from gateway import shipped

ROOT = Path(__file__).parents[1]


def test_in_the_source_tree():
    assert shipped.flows_folder() == ROOT / "ivr_flows"
    assert shipped.example_site() == ROOT / "firmware_config" / "site.example"
    both = {"reception", "after_hours", "voicemail", "faq", "complaint", "outage", "survey", "agent_desk"}
    assert set(shipped.flow_files()) == {"test_number"} | {
        f"{name}_{tongue}" for name in both for tongue in ("pl", "en")
    }


def test_in_an_installed_wheel(tmp_path):
    """The package alone, laid out as setup.py's build_py lays it out, loads its example site."""
    package = tmp_path / "gateway"
    shutil.copytree(ROOT / "gateway", package, ignore=shutil.ignore_patterns("__pycache__", "demo", "*.so"))
    setup = (ROOT / "setup.py").read_text()
    assert '"_shipped"' in setup
    for source, name in {"ivr_flows": "ivr_flows", "firmware_config/site.example": "site_example"}.items():
        assert f'"{source}": "{name}"' in setup
        shutil.copytree(ROOT / source, package / "_shipped" / name)
    code = (
        "from gateway import shipped; from gateway.config.load import load_site\n"
        "print(shipped.example_site()); print(*load_site(shipped.example_site()).site.flows)\n"
        "print(*shipped.flow_files())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        str(package / "_shipped" / "site_example"),
        "reception_en reception_pl test_number voicemail_en voicemail_pl",
        " ".join(shipped.flow_files()),
    ]
