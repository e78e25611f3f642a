"""How agents log in and pause, as gateway.yaml says it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.config.files import NO_SECRETS
from gateway.config.load import load_site, read_site
from gateway.core.agents.codes import CodeGuard
from gateway.errors import SiteError

SOUND = Path(__file__).parent / "sound"
PHONE = 'phone: "sip:anna@127.0.0.1:5071"'


def office(
    folder: Path, agent: str = "", *, head: str = "", pin: str = "4711\n", mode: int = 0o640, team: str = ""
) -> Path:
    """The sound site with more settings of anna, of the team office and of the whole."""
    shutil.copytree(SOUND, folder / "site")
    file = folder / "site" / "gateway.yaml"
    text = file.read_text().replace(PHONE, f"{PHONE}{agent}").replace("overflow_to: qa", f"overflow_to: qa{team}")
    file.write_text(head + text)
    (folder / "site" / "pin").write_text(pin)
    (folder / "site" / "pin").chmod(mode)
    return folder / "site"


def problems(folder: Path) -> list[str]:
    with pytest.raises(SiteError) as caught:
        load_site(folder)
    return [problem.message for problem in caught.value.problems]


def test_code_and_pin_let_the_agent_in(tmp_path):
    site = load_site(office(tmp_path, ", code: 0071, pin_file: pin")).site
    assert site.agents["anna"].code == "0071"
    assert "4711" not in repr(site)
    assert CodeGuard().who(site, "0071", "4711", 0.0) is site.agents["anna"]
    assert CodeGuard().who(site, "0071", "4712", 0.0) is None


def test_a_pin_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("ANNA_PIN", "123456")
    site = load_site(office(tmp_path, ", code: 71, pin_env: ANNA_PIN")).site
    assert CodeGuard().who(site, "71", "123456", 0.0) is site.agents["anna"]


def test_a_pin_alone_is_for_the_own_phone(tmp_path):
    anna = load_site(office(tmp_path, ", pin_file: pin")).site.agents["anna"]
    assert not anna.code
    assert anna.pin


def test_without_secrets_the_code_is_read_and_nobody_let_in(tmp_path):
    folder = office(tmp_path, ", code: 2001, pin_file: pin")
    anna = read_site(folder, secrets=NO_SECRETS).settings.site.agents["anna"]
    assert (anna.code, anna.pin) == ("2001", "")


@pytest.mark.parametrize("pin", ["471\n", "1234567890123\n", "47 11\n", "４７１１\n"])
def test_a_pin_that_cannot_be_keyed(tmp_path, pin):
    assert problems(office(tmp_path, ", code: 2001, pin_file: pin", pin=pin)) == [
        "the PIN cannot be keyed on a telephone"
    ]


def test_a_pin_that_everybody_can_read(tmp_path):
    assert problems(office(tmp_path, ", code: 2001, pin_file: pin", mode=0o644)) == ["pin can be read by everybody"]


@pytest.mark.parametrize("code", ["1", "123456789", "20a1", "'*50'", "-11"])
def test_a_code_that_cannot_be_keyed(tmp_path, code):
    (told,) = problems(office(tmp_path, f", code: {code}, pin_file: pin"))
    assert "cannot be keyed as a code" in told


def test_auto_pause_of_an_agent_a_team_and_nobody(tmp_path):
    site = load_site(office(tmp_path, ", auto_pause_after: 0", team=", auto_pause_after: 3")).site
    assert (site.agents["anna"].auto_pause_after, site.agents["jan"].auto_pause_after) == (0, None)
    assert (site.teams["office"].auto_pause_after, site.teams["qa"].auto_pause_after) == (3, 0)


def test_pause_reasons_keep_their_order(tmp_path):
    site = load_site(office(tmp_path, head="pause_reasons: [training, lunch, 1-1]\n")).site
    assert site.pause_reasons == ("training", "lunch", "1-1")
    assert load_site(SOUND).site.pause_reasons == ()
