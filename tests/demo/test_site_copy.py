"""The demo's site differs from the example in the values that were asked for, and in nothing else."""

from __future__ import annotations

import pytest

from gateway.demo.site_copy import copy_site, with_scalars
from gateway.errors import SettingError

TEXT = """\
# an office
sip:
  port: 5060      # as the trunk expects
agents:
  anna: {name: "Anna", uri: "sip:anna@10.0.0.5"}
teams:
  - id: qa
    ring: 20s
  - {id: tech, ring: 15s}
"""


def test_values_are_replaced_where_they_stand():
    changed = with_scalars(
        TEXT, {("sip", "port"): "5999", ("agents", "anna", "uri"): "sip:x@127.0.0.1:1", ("teams", "tech", "ring"): "3s"}
    )
    assert changed == TEXT.replace("5060", "5999").replace('"sip:anna@10.0.0.5"', "sip:x@127.0.0.1:1").replace(
        "15s", "3s"
    )


@pytest.mark.parametrize(
    "path", [("sip", "lines"), ("agents", "anna"), ("teams", "none", "ring"), ("sip", "port", "x")]
)
def test_a_value_that_is_not_there_is_said(path):
    with pytest.raises(SettingError, match=r"\.".join(path)):
        with_scalars(TEXT, {path: "1"})


def test_links_become_files(tmp_path):
    flow = tmp_path / "flow.yaml"
    flow.write_text("flow: a\n")
    site = tmp_path / "site"
    (site / "flows").mkdir(parents=True)
    (site / "gateway.yaml").write_text(TEXT)
    (site / "flows" / "a.yaml").symlink_to(flow)
    target = copy_site(site, tmp_path / "copy", {("sip", "port"): "1"})
    assert (target / "flows" / "a.yaml").read_text() == "flow: a\n"
    assert not (target / "flows" / "a.yaml").is_symlink()
    assert "port: 1 " in (target / "gateway.yaml").read_text()
    assert "port: 5060" in (site / "gateway.yaml").read_text()
