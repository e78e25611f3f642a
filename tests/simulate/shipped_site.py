"""A site in which every shipped flow is at home: the example office with what the first lines of the flows ask for."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from gateway import shipped

PAGE = (Path(__file__).parents[2] / "docs" / "testing-flows.md").read_text()
JOINED = re.search(r"^```yaml\n(flow: office_line\n.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[1]
"""The page's example of one number with all shipped flows."""
DOOR_EN = """\
flow: door_en
language: en
start: outage
steps:
  outage: {subflow: outage_en, then: office}
  office: {queue: office}
"""


def asked_for(flow: str, section: str) -> str:
    """What the first lines of a shipped flow tell to put under `section:` of gateway.yaml, indented."""
    lines = [line[2:] for line in shipped.flow_files()[flow].read_text().splitlines() if line.startswith("#")]
    begin = lines.index(f"{section}:") + 1
    end = next((number for number, line in enumerate(lines) if number >= begin and not line.startswith("  ")), None)
    return "\n".join(lines[begin:end]) + "\n"


def make_site(folder: Path) -> Path:
    """The site, in a folder that is not there yet: all shipped flows with their calls, and the joined example."""
    shutil.copytree(shipped.example_site(), folder)
    for path in shipped.flows_folder().glob("*.yaml"):
        shutil.copy(path, folder / "flows" / path.name)
    (folder / "flows" / "office_line.yaml").write_text(JOINED)
    (folder / "flows" / "door_en.yaml").write_text(DOOR_EN)
    gateway = (folder / "gateway.yaml").read_text()
    assert gateway.count("\nhours:\n") == 1
    gateway = gateway.replace("\nhours:\n", "\nhours:\n" + asked_for("outage_pl", "hours"))
    anna, told = "  anna:\n", asked_for("agent_desk_pl", "agents")
    assert gateway.count(anna) == 1
    assert told.startswith(anna)
    gateway = gateway.replace(anna, told)
    gateway += "\npause_reasons: [lunch, training]\n"
    (folder / "secrets").mkdir()
    (folder / "secrets" / "anna_pin").write_text("471100\n")
    (folder / "secrets" / "anna_pin").chmod(0o600)
    (folder / "gateway.yaml").write_text(gateway + "\nservices:\n" + asked_for("faq_pl", "services"))
    return folder
