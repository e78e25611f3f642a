"""Each folder under broken/ holds the files in which a site differs from sound/, and expected.txt, which is what a
person reads about it, letter by letter. `without.txt` names files that are taken away.

To write new expectations after a wished change: GATEWAY_GOLDEN=write pytest tests/config/test_broken.py
Then read them.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from gateway.config.load import load_site
from gateway.config.problems import render
from gateway.errors import SiteError

HERE = Path(__file__).parent
CASES = sorted(path for path in (HERE / "broken").iterdir() if path.is_dir())


def site_of(case: Path, target: Path) -> Path:
    site = target / "site"
    shutil.copytree(HERE / "sound", site)
    shutil.copytree(case, site, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt", "without.txt"))
    if (case / "without.txt").exists():
        for name in (case / "without.txt").read_text().split():
            (site / name).unlink()
    return site


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_site_is_told_in_these_words(case, tmp_path):
    with pytest.raises(SiteError) as caught:
        load_site(site_of(case, tmp_path))
    told = render(caught.value.problems) + f"\n{caught.value}\n"
    expected = case / "expected.txt"
    if os.environ.get("GATEWAY_GOLDEN") == "write":
        expected.write_text(told)
    assert told == expected.read_text()
    assert all(problem.file and problem.message for problem in caught.value.problems)
    assert json.loads(json.dumps([problem.as_json() for problem in caught.value.problems]))


def test_there_are_enough_of_them_and_the_unbroken_one_is_sound():
    assert len(CASES) >= 100
    assert load_site(HERE / "sound").site.flows


def test_no_message_shows_a_password():
    for case in CASES:
        assert "geheim7" not in (case / "expected.txt").read_text(), case.name
