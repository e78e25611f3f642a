"""docs/mqtt.md and firmware_config/mosquitto/ say what is true: their examples are made, their commands are run."""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from gateway.config.settings import BrokerSettings
from gateway.core.facts.all import AnyFact
from gateway.core.kpi.agents import AgentTimes
from gateway.core.kpi.cases import CaseFigures
from gateway.core.kpi.continuity import ContinuityFigures
from gateway.core.kpi.costs import CostFigures
from gateway.core.kpi.figures import Figures as PeriodFigures
from gateway.core.quality.figures import QualityFigures
from gateway.edge import mqtt as mqtt_module
from gateway.edge.figures import Figures
from gateway.edge.mqtt import Publisher
from gateway.edge.store import Journal
from tests.edge.broker import Mosquitto, Subscriber, until
from tests.edge.calls_made_up import SITE, step
from tests.edge.mqtt_examples import BLOCK, PAGE, examples, shown

CONFIG = PAGE.parent.parent / "firmware_config" / "mosquitto"
PAGE_TEXT = PAGE.read_text()


def test_every_example_is_what_the_gateway_sends() -> None:
    made = {topic: shown(topic, payload) for topic, payload in examples()}
    told = {block[1]: block[3] for block in BLOCK.finditer(PAGE_TEXT)}
    assert told == made, "python -m tests.edge.mqtt_examples puts the present ones into the page"


def test_every_kind_of_fact_is_on_the_page() -> None:
    told = {block[1].rpartition("/")[2] for block in BLOCK.finditer(PAGE_TEXT) if "/fact/" in block[1]}
    assert told == {kind.__name__ for kind in get_args(AnyFact)}


@pytest.mark.parametrize(
    ("section", "figures"),
    [
        ("Figures", PeriodFigures),
        ("How agents spend their time", AgentTimes),
        ("Cases", CaseFigures),
        ("Costs", CostFigures),
        ("Continuity", ContinuityFigures),
        ("Quality sample", QualityFigures),
    ],
)
def test_every_figure_has_its_definition_and_no_other_has_one(section: str, figures: type[msgspec.Struct]) -> None:
    text = PAGE_TEXT.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([a-z0-9_, ]+) \| .+ \|$", text, re.MULTILINE)
    defined = [name for row in rows for name in row.split(", ") if name != "id"]
    assert sorted(defined) == sorted(field.name for field in msgspec.structs.fields(figures))


def check(lines: list[str], tmp_path: Path) -> str:
    """What the page's own checker says of a stream."""
    script = tmp_path / "check.py"
    script.write_text(re.search(r"```python\n(.*?)```", PAGE_TEXT, re.DOTALL)[1])
    done = subprocess.run(
        [sys.executable, str(script)], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_pages_checker_sees_gaps_and_repetitions(tmp_path: Path) -> None:
    def line(seq: int, journal: str = "a") -> str:
        return json.dumps({"journal": journal, "seq": seq})

    whole = check([line(n) for n in (5, 6, 7, 8)], tmp_path)
    assert whole == "read up to {'a': 8}\n"
    assert "missing: 7 to 8 of journal a" in check([line(n) for n in (5, 6, 9)], tmp_path)
    repeated = check([line(n) for n in (5, 6, 5, 6, 7)], tmp_path)
    assert repeated.splitlines() == ["again: 5", "again: 6", "read up to {'a': 7}"]
    assert "missing" not in check([line(5), line(1, "b"), line(2, "b"), line(6)], tmp_path)


def test_the_pages_commands_work(mosquitto: Mosquitto, foreign: Subscriber, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.append([step(float(n), str(n)) for n in range(5)])
    journal.flush()
    asyncio.run(publish_all(journal, BrokerSettings(port=mosquitto.port), "demo"))
    journal.close()
    until(lambda: len(foreign.facts()) == 5, "the facts")
    commands = [line.strip() for line in PAGE_TEXT.splitlines() if line.startswith("    mosquitto_sub")]
    assert len(commands) == 4
    for command in commands:
        here = command.replace("127.0.0.1", f"127.0.0.1 -p {mosquitto.port} -W 1").replace("python3 check.py", "cat")
        done = subprocess.run(here, shell=True, capture_output=True, text=True, check=False)
        assert done.stderr == "" or "Timed out" in done.stderr, (command, done.stderr)
        if "status" in command:
            assert '"state":"offline"' in done.stdout
    lines = [message.text for message in foreign.on("/fact/")]
    assert check(lines, tmp_path).startswith("read up to")


async def publish_all(journal: Journal, settings: BrokerSettings, site: str) -> Publisher:
    figures = Figures(journal, SITE)
    publisher = Publisher(
        settings,
        journal,
        figures,
        site=site,
        site_version="v1",
        version="0",
        jitter=random.Random(1),
    )
    task = asyncio.create_task(publisher.run())
    end = time.monotonic() + 20
    while publisher.state.backlog and time.monotonic() < end and publisher.state.attempts < 3:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)
    await publisher.close()
    await task
    figures.close()
    return publisher


def test_the_example_configuration_lets_each_user_do_their_part_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt_module, "BACK_OFF_S", (0.1, 0.2))
    passwords = tmp_path / "passwords"
    for number, user in enumerate(("gateway", "dashboard", "frontdesk")):
        subprocess.run(["mosquitto_passwd", "-b", *(["-c"] * (not number)), str(passwords), user, "pw"], check=True)
    acl = tmp_path / "acl"
    acl.write_text((CONFIG / "gateway.acl").read_text())
    acl.chmod(0o600)
    lines = (CONFIG / "gateway.conf").read_text()
    lines = lines.replace("/etc/mosquitto/gateway.passwd", str(passwords))
    lines = lines.replace("/etc/mosquitto/conf.d/gateway.acl", str(acl))
    ours = ("listener", "persistence", "autosave", "max_queued")
    config = "".join(f"{line}\n" for line in lines.splitlines() if line and not line.startswith(("#", *ours)))
    assert "allow_anonymous false" in config
    broker = Mosquitto(tmp_path / "broker", config=config).start()
    as_user = ("-u", "dashboard", "-P", "pw")
    dashboard = Subscriber(broker, "gateway/#", tmp_path, name="dashboard", extra=as_user)
    journal = Journal(tmp_path / "journal.db")
    journal.append([step(0.0, str(n)) for n in range(40)])
    journal.flush()
    try:
        settings = BrokerSettings(port=broker.port, user="gateway", password="pw")
        ours = asyncio.run(publish_all(journal, settings, "example"))
        assert (ours.state.acked_seq, ours.state.last_error) == (40, "")
        until(lambda: len(dashboard.facts()) == 40, "the dashboard")
        assert dashboard.on("/status")
        assert dashboard.on("/figures/")
        other = asyncio.run(publish_all(journal, BrokerSettings(port=broker.port), "example"))
        assert "it refuses a client without a user name" in other.state.last_error
        for user, allowed in (("dashboard", False), ("frontdesk", True)):
            subprocess.run(
                [
                    *("mosquitto_pub", "-p", str(broker.port), "-u", user, "-P", "pw", "-q", "1"),
                    *("-t", "gateway/example/command/agent/anna", "-m", '{"command":"pause"}'),
                ],
                check=False,
            )
            denied = re.search(r"Denied PUBLISH from .*gateway/example/command/agent/anna", broker.log()) is not None
            assert denied or allowed, user
        assert broker.log().count("Denied PUBLISH") == 1
    finally:
        dashboard.stop()
        journal.close()
        broker.kill()
