"""The flow for cases and listening in the README of the example site loads as it is printed."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path

from gateway.config.load import load_site
from gateway.core.flow.model import CaseDesk, Supervise

EXAMPLE = Path(__file__).parents[2] / "firmware_config" / "site.example"


def test_it_loads(tmp_path: Path) -> None:
    site = Path(shutil.copytree(EXAMPLE, tmp_path / "site"))
    page = (EXAMPLE / "README.md").read_text()
    text = re.search(r"^    flow: team_desk\n(?:    .*\n|\n(?=    ))+", page, re.MULTILINE)
    assert text is not None
    (site / "flows").mkdir(exist_ok=True)
    (site / "flows" / "team_desk.yaml").write_text(textwrap.dedent(text[0]))
    (site / "pin").write_text("4711\n")
    (site / "pin").chmod(0o600)
    gateway = (site / "gateway.yaml").read_text()
    gateway = gateway.replace('  "1004": test_number', '  "1004": test_number\n  "*90": team_desk')
    person = "    phone: sip:ewa@127.0.0.1:5073\n"
    assert person in gateway
    gateway = gateway.replace(person, f"{person}    code: 2003\n    pin_file: pin\n    supervises: [office]\n")
    (site / "gateway.yaml").write_text(f"{gateway}supervision: announce\n")
    found = load_site(site).site
    steps = found.flows["team_desk"].steps
    assert isinstance(steps["case"], CaseDesk)
    assert isinstance(steps["listen"], Supervise)
    assert found.numbers["*90"] == "team_desk"
    assert found.agents["ewa"].supervises == ("office",)
