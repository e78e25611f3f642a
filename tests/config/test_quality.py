"""What gateway.yaml says of the quality sample, as it is read. What is wrong in it stands in broken/quality_*."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path

import pytest

from gateway.config.load import load_site
from gateway.core.site.quality_form import QualityRules, Question
from gateway.core.site.site import Site

SOUND = Path(__file__).parent / "sound"
CONSENT = '  ask_first:\n    consent: "Zgoda, jeden."\n    yes: office\n    no: office\n'


def read(tmp_path: Path, more: str, *, consent: bool = True) -> Site:
    folder = Path(shutil.copytree(SOUND, tmp_path / "site"))
    (folder / "gateway.yaml").write_text((folder / "gateway.yaml").read_text() + more)
    if consent:
        flow = folder / "flows" / "main.yaml"
        flow.write_text(flow.read_text().replace('"#": office', '"#": ask_first') + CONSENT)
    return load_site(folder).site


def test_what_is_written(tmp_path):
    site = read(
        tmp_path,
        "recordings: {keep: 30 days}\n"
        "quality:\n  per_agent_week: 5\n  reviewer: jan\n  due: 14 days\n  form:\n"
        '    greeting: "Przedstawił się?"\n'
        '    clear: {ask: {pl: "Jasno?", en: "Clear?"}, answer: 1-5, weight: 3}\n'
        '    consent: {ask: {pl: "Zgoda?"}, critical: yes, may_skip: tak}\n'
        '    remark: {ask: "Uwagi", answer: note}\n',
    )
    assert site.quality == QualityRules(
        per_agent_week=5,
        reviewer="jan",
        due_s=14 * 86_400.0,
        form=(
            Question(name="greeting", ask={"pl": "Przedstawił się?", "en": "Przedstawił się?"}),
            Question(name="clear", ask={"pl": "Jasno?", "en": "Clear?"}, answer="1-5", weight=3),
            Question(name="consent", ask={"pl": "Zgoda?"}, critical=True, may_skip=True),
            Question(name="remark", ask={"pl": "Uwagi", "en": "Uwagi"}, answer="note"),
        ),
    )


def test_what_is_left_out(tmp_path):
    assert read(tmp_path, "", consent=False).quality is None


@pytest.mark.parametrize("keep", ["", "recordings: {keep: forever}\n", "recordings: {keep: 14 days}\n"])
def test_recordings_that_are_kept_long_enough(tmp_path, keep):
    rules = read(tmp_path, keep + 'quality: {reviewer: anna, form: {greeting: "Przedstawił się?"}}\n').quality
    assert rules is not None
    assert (rules.per_agent_week, rules.due_s, rules.reviewer) == (3, 7 * 86_400.0, "anna")


def test_the_example_of_the_readme(tmp_path):
    page = (Path(__file__).parents[2] / "firmware_config" / "site.example" / "README.md").read_text()
    (example,) = re.findall(r"^    quality:\n(?:      .+\n)+", page, re.MULTILINE)
    rules = read(tmp_path, textwrap.dedent(example).replace("ewa", "jan")).quality
    assert rules is not None
    assert [question.name for question in rules.form] == ["greeting", "solved", "clear", "case", "privacy", "remark"]
    assert all(set(question.ask) == {"pl", "en"} for question in rules.form)
