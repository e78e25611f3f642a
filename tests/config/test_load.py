"""A sound folder becomes Settings whose every value is the one that was written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateway import shipped
from gateway.config.files import site_version
from gateway.config.load import load_site
from gateway.config.settings import WAITING_MUSIC
from gateway.core.flow.model import Branch, Collect, Comparison, HangUpStep, Menu, Prompt, Queue
from gateway.core.speech.clips import clip_for
from gateway.core.speech.saying import names_in, value_texts
from gateway.errors import SiteError

SOUND = Path(__file__).parent / "sound"


@pytest.fixture
def site(tmp_path):
    return Path(shutil.copytree(SOUND, tmp_path / "site"))


def edit(site, file, *changes):
    path = site / file
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)


def messages(site):
    with pytest.raises(SiteError) as caught:
        load_site(site)
    return [problem.message for problem in caught.value.problems]


def test_people_and_numbers(site):
    edit(
        site,
        "gateway.yaml",
        ("{agents: [jan]}", "{agents: [jan], ring_each: 15s, max_wait: 2 min, service_level: 90% in 10s}"),
    )
    settings = load_site(site)
    made = settings.site
    assert made.numbers == {"+48220000100": "main"}
    assert made.agents["anna"].uri == "sip:anna@127.0.0.1:5071"
    assert made.agents["anna"].trunk == ""
    assert made.agents["anna"].spoken == {"pl": "Anną Nowak"}
    assert (made.agents["jan"].uri, made.agents["jan"].trunk) == ("+48220000301", "provider")
    qa = made.teams["qa"]
    assert (qa.agents, qa.agent_ring_s, qa.max_wait_s, qa.sl_target, qa.threshold_s) == (("jan",), 15, 120, 0.9, 10)
    assert qa.music == WAITING_MUSIC
    assert made.teams["office"].overflow_team == "qa"
    assert made.clients["1002"].team == "qa"
    assert made.voices == {"pl": "pl", "en": "en-gb"}
    assert settings.broker.port == 1883
    assert settings.trunks[0].register is False
    assert set(made.goodbye.parts) == {"pl", "en"}


def test_steps(site):
    steps = load_site(site).site.flows["main"].steps
    who = steps["who"]
    assert isinstance(who, Branch)
    assert who.rules[0].condition == Comparison(variable="client.known")
    assert (who.rules[0].exit.then, who.rules[1].condition, who.rules[1].exit.then) == ("manager", None, "ask")
    ask = steps["ask"]
    assert isinstance(ask, Collect)
    assert (ask.variable, ask.digits_min, ask.digits_max, ask.finish_on, ask.find) == ("keyed", 4, 6, "#", "client")
    assert (ask.no_match.tries, ask.no_match.then, ask.no_input.then) == (2, "matter", "")
    assert ask.place == "flows/main.yaml:9:3"
    matter = steps["matter"]
    assert isinstance(matter, Menu)
    assert matter.choices["1"].set == (("area", "invoices"),)
    assert matter.choices["#"].then == "office"
    manager = steps["manager"]
    assert isinstance(manager, Queue)
    assert (manager.to, manager.team, manager.gave_up, manager.no_agents) == ("by_client", "office", "sorry", "")
    assert names_in(manager.prompt) == {"manager"}
    hang_up = steps["hang_up"]
    assert isinstance(hang_up, HangUpStep)
    assert hang_up.prompt == load_site(site).site.goodbye


def spoken_everything(settings):
    """Keys of everything that any prompt of the site can ask for, worked out from the finished site alone."""
    site = settings.site
    keys = {team.music for team in site.teams.values()}
    every = {
        "manager": list(site.agents),
        "client.name": [client.name for client in site.clients.values()],
        "client.id": [client.id for client in site.clients.values()],
        "called": list(site.numbers),
        "keyed": ["0123456789"],
        "area": ["invoices"],
        "case.number": ["0123456789"],
    }
    prompts = [site.goodbye, site.trouble, *said_before_a_talk(site)]
    for flow in site.flows.values():
        for step in flow.steps.values():
            prompts += [getattr(step, "prompt", None)]
            prompts += [
                retry.prompt for retry in (getattr(step, "no_input", None), getattr(step, "no_match", None)) if retry
            ]
    for prompt in filter(None, prompts):
        for language, parts in prompt.parts.items():
            voice = site.voices[language]
            for part in parts:
                if part.clip:
                    keys.add(part.clip.key)
                for value in every[part.variable] if part.variable else ():
                    texts = value_texts(part, value, language=language, site=site)
                    keys |= {clip_for(text, language=language, voice=voice).key for text in texts}
    return keys


def said_before_a_talk(site) -> list[Prompt]:
    words = site.joining
    fields = [getattr(words, name) for name in words.__struct_fields__] if words is not None else []
    groups = [field for field in fields if not isinstance(field, Prompt)]
    nested = [inner for group in groups for inner in (group.values() if isinstance(group, dict) else group)]
    return [value for value in (*fields, *nested) if isinstance(value, Prompt)]


@pytest.mark.parametrize(
    "text",
    [
        "Łączę z {manager}, klient {client.name}, numer {client.id}, wybrano {keyed}, dział {area}, numer {called}.",
        "{keyed}",
        "{manager} {manager}",
    ],
)
def test_every_clip_that_can_be_asked_for_is_listed_and_no_other(site, text):
    edit(site, "flows/main.yaml", ("Łączę z opiekunem, {manager}.", text))
    settings = load_site(site)
    listed = [clip.key for clip in settings.clips]
    assert len(listed) == len(set(listed))
    names = ["zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć"]
    digits = {clip_for(name, language="pl", voice="pl").key for name in names}
    assert set(listed) | digits == spoken_everything(settings) | digits
    if "{keyed}" in text:
        assert digits <= set(listed)


@pytest.mark.parametrize("head", ["language: pl\nlanguages: [pl, en]", "languages: [pl, en]"])
def test_a_flow_in_two_languages(site, head):
    edit(site, "flows/main.yaml", ("language: pl", head))
    text = (site / "flows/main.yaml").read_text()
    for line in [*text.splitlines()]:
        for key in ("say: ", "menu: ", "hang_up: "):
            at = line.find(key + '"')
            if at >= 0:
                value = line[at + len(key) :].split('"')[1]
                text = text.replace(f'{key}"{value}"', f'{key}{{pl: "{value}", en: "(en) {value}"}}')
    (site / "flows/main.yaml").write_text(text)
    settings = load_site(site)
    flow = settings.site.flows["main"]
    assert flow.languages == ("pl", "en")
    prompt = flow.steps["manager"].prompt
    assert prompt.parts["en"][0].clip.words == "(en) Łączę z opiekunem,"
    assert clip_for("Anna Nowak", language="en", voice="en-gb").key in {clip.key for clip in settings.clips}


def test_a_shipped_flow_serves_a_site_that_has_none_of_that_name(site):
    edit(site, "gateway.yaml", ('"+48220000100": main', '"+48220000100": main\n  "1004": test_number'))
    flows = load_site(site).site.flows
    assert set(flows) == {"main", "test_number"}
    assert flows["test_number"].steps["tone"].place.startswith("shipped/test_number.yaml:")
    (site / "flows/test_number.yaml").write_text(
        "flow: test_number\nlanguage: pl\nstart: a\nsteps: {a: {say: own, then: hang_up}}\n"
    )
    assert set(load_site(site).site.flows["test_number"].steps) == {"a", "hang_up"}


def test_a_variable_of_one_flow_is_known_in_those_that_it_leads_to(site):
    edit(site, "flows/main.yaml", ('hang_up: "Nikt nie odbiera."', "go_to_flow: later"))
    later = site / "flows/later.yaml"
    later.write_text('flow: later\nlanguage: pl\nstart: a\nsteps: {a: {say: "Numer {keyed}.", then: hang_up}}\n')
    assert load_site(site).site.flows["main"].steps["sorry"].flow == "later"
    edit(site, "flows/main.yaml", ("go_to_flow: later", 'hang_up: "Nikt."'))
    assert messages(site) == ["there is no variable 'keyed'"]


def test_the_version_changes_with_any_file_and_only_then(site):
    version = load_site(site).site.version
    assert load_site(site).site.version == version
    seen = {version}
    for file in ("gateway.yaml", "clients.csv", "flows/main.yaml"):
        with (site / file).open("a") as stream:
            stream.write("#\n" if file != "clients.csv" else "\n")
        seen.add(load_site(site).site.version)
    assert len(seen) == 4
    assert site_version({"a": b"x", "b": b"y"}) != site_version({"a": b"xy", "b": b""})
    assert site_version({"a": b"x", "b": b"y"}) == site_version({"b": b"y", "a": b"x"})


def test_passwords_come_from_a_file_or_the_environment(site, monkeypatch):
    (site / "secrets").mkdir()
    password = site / "secrets/trunk"
    password.write_text("s3cret\n")
    password.chmod(0o640)
    monkeypatch.setenv("BROKER_PASSWORD", "brok3r")
    edit(
        site,
        "gateway.yaml",
        (
            "{host: sip.example.net}",
            '{host: "sip.example.net:5080", user: "4822", password_file: secrets/trunk, number: 22 000 01 00}',
        ),
        ("  host: 127.0.0.1", "  host: 127.0.0.1\n  user: box\n  password_env: BROKER_PASSWORD"),
    )
    settings = load_site(site)
    trunk = settings.trunks[0]
    assert (trunk.password, trunk.register, trunk.from_user) == ("s3cret", True, "+48220000100")
    assert settings.broker.password == "brok3r"
    assert "s3cret" not in repr(settings)
    assert "brok3r" not in repr(settings)
    password.chmod(0o644)
    assert messages(site) == ["secrets/trunk can be read by everybody"]
    password.chmod(0o600)
    password.write_text("\n")
    assert messages(site) == ["secrets/trunk holds no password"]


def test_the_sip_section(site):
    sip_section = (
        "sip:\n  bind: 127.0.0.1\n  port: 5066\n  rtp_ports: 4001..4200\n  lines: 2\n  tcp: no\n"
        "  codecs: [G722, PCMA]\n  callers_max: 2\n"
    )
    edit(site, "gateway.yaml", ("mqtt:", sip_section + "mqtt:"))
    sip = load_site(site).sip
    assert (sip.bind, sip.port, sip.tcp, sip.lines, sip.callers_max) == ("127.0.0.1", 5066, False, 2, 2)
    assert (sip.rtp_port, sip.rtp_ports) == (4002, 98)
    assert sip.rtp_port + sip.lines * sip.rtp_ports - 1 <= 4200
    assert sip.codecs == ("G722/16000", "PCMA/8000")


def test_the_brokers_certificates_lie_in_the_site(site):
    (site / "ca.pem").write_text("x")
    edit(site, "gateway.yaml", ("mqtt:\n", "mqtt:\n  tls: yes\n  ca_file: ca.pem\n"))
    broker = load_site(site).broker
    assert (broker.tls, broker.port, broker.ca_file) == (True, 8883, str(site.resolve() / "ca.pem"))


@pytest.mark.parametrize("file", ["gateway.yaml", "flows/main.yaml", "clients.csv"])
def test_a_file_of_fifty_megabytes_is_refused(site, file):
    with (site / file).open("wb") as stream:
        stream.truncate(50_000_000)
    assert "is larger than " in "".join(messages(site))


@pytest.mark.parametrize("file", ["gateway.yaml", "flows/main.yaml", "clients.csv"])
def test_what_is_no_file_is_refused_and_nobody_waits_for_it(site, file):
    (site / file).unlink()
    os.mkfifo(site / file)
    assert f"{file} is not a file" in messages(site)
    (site / file).unlink()
    (site / file).symlink_to(site / file)
    assert any(file in message for message in messages(site))


def test_a_folder_that_is_not_there(tmp_path):
    assert messages(tmp_path / "none") == ["there is no such folder"]
    assert messages(tmp_path)[0] == "there is no file gateway.yaml"


def test_the_example_site_is_sound_and_its_flows_are_the_shipped_ones():
    example = shipped.example_site()
    settings = load_site(example)
    assert set(settings.site.flows) == {"reception_pl", "reception_en", "test_number", "voicemail_pl", "voicemail_en"}
    own = {path.name: path.read_bytes() for path in (example / "flows").iterdir()}  # with their scripted calls
    assert own.keys() == {f"{name}{end}" for name in settings.site.flows for end in (".yaml", ".calls.yaml")}
    for name, content in own.items():
        assert content == (shipped.flows_folder() / name).read_bytes(), f"{name}: the two copies must be equal"
    for agent in settings.site.agents.values():
        assert agent.spoken.get("pl"), f"{agent.id} has no declined name"
    for client in settings.site.clients.values():
        assert all(number.startswith("+482200002") for number in client.numbers), "no real subscriber has these numbers"


def test_checking_is_light():
    """Neither numpy nor the C core nor pjsua2 is loaded to check a site."""
    code = (
        "import sys; from pathlib import Path; from gateway.config.load import load_site\n"
        f"load_site(Path({str(SOUND)!r}))\n"
        "heavy = {'numpy', 'soxr', 'pjsua2', 'gateway.audio', 'asyncio', 'typer'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
