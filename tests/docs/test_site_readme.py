"""The table of settings in the example site's README names every setting that the reader knows, and no other."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from gateway.config.clients import _COLUMNS
from gateway.config.hours import OWN_KEYS
from gateway.config.load import load_site
from gateway.errors import SiteError

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "firmware_config" / "site.example"
PAGE = (EXAMPLE / "README.md").read_text()
EVERY_SECTION = """
site: {zzz: 1}
sip: {zzz: 1}
trunks: {a: {zzz: 1}}
numbers: {"1": x}
agents: {a: {zzz: 1}}
teams: {a: {zzz: 1}}
mqtt: {zzz: 1}
recordings: {zzz: 1}
draft: {zzz: 1}
call_backs: {zzz: 1}
cases: {zzz: 1, escalation: {zzz: 1}}
alarms: {zzz: 1, surge: {zzz: 1}}
costs: {zzz: 1}
quality: {zzz: 1, form: {zzz: {zzz: 1}}}
features: {zzz: 1}
new_clients: [{zzz: 1}]
zzz: 1
"""


def test_every_setting_is_told(tmp_path):
    site = Path(shutil.copytree(EXAMPLE, tmp_path / "site"))
    (site / "gateway.yaml").write_text(EVERY_SECTION)
    with pytest.raises(SiteError) as caught:
        load_site(site)
    known = {
        key: problem.message
        for problem in caught.value.problems
        if "no setting 'zzz'" in problem.message
        for key in problem.expected.split(", ")
    }
    assert len(known) > 40
    told = set(re.findall(r"`(\w+):?`", PAGE))
    assert known.keys() <= told, {key: known[key] for key in known.keys() - told}
    table = {
        word for row in re.findall(r"^\| (.*?) \|", PAGE, re.MULTILINE) for word in re.findall(r"`(\w+):?`", row)
    } | {
        word
        for row in re.findall(r"^\| [^|]* \| ([^|]*) \|", PAGE, re.MULTILINE)
        for word in re.findall(r"`([a-z_]+)(?::)?`", row)
    }
    assert len(table) > 40
    assert table - known.keys() == set(OWN_KEYS)  # a calendar's other keys are days


def test_every_column_of_the_client_list_is_told():
    for column in set(_COLUMNS.values()) - {"numbers"}:
        assert f"`{column}`" in PAGE


def test_the_ten_lines_for_a_trunk_in_the_readme_are_right(tmp_path):
    readme = (ROOT / "README.md").read_text()
    (ten,) = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    assert len(ten.splitlines()) <= 10
    site = Path(shutil.copytree(EXAMPLE, tmp_path / "site"))
    text = (site / "gateway.yaml").read_text()
    for section in ("sip", "numbers"):
        text = re.sub(rf"^{section}:\n(?:  .*\n)+", "", text, flags=re.MULTILINE)
    (site / "gateway.yaml").write_text(ten + text)
    name = re.search(r"password_file: (\S+)", ten)[1]
    (site / name).write_text("made up\n")
    (site / name).chmod(0o600)
    settings = load_site(site)
    assert settings.trunks[0].register
    assert settings.trunks[0].password == "made up"
