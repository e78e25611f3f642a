"""Another broker, another name, another version: what is published, where, and that no fact is lost or sent twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.config.settings import BrokerSettings, Settings, SipSettings
from gateway.core.site.site import Team
from gateway.edge.figures import Figures
from gateway.edge.mqtt import Publisher
from gateway.edge.store import Journal
from gateway.errors import BrokerError
from gateway.versions.publishing import Publishing
from tests.edge.broker import MOSQUITTO, SUBSCRIBER, Mosquitto, Subscriber
from tests.edge.calls_made_up import MONDAY, SITE, day, step
from tests.edge.mqtt_box import soon

pytestmark = pytest.mark.skipif(
    MOSQUITTO is None or SUBSCRIBER is None, reason="mosquitto and mosquitto_sub are not installed"
)


class Place:
    """Two brokers with a listener each, a journal, its figures, and the publishing of them."""

    def __init__(self, folder: Path) -> None:
        self.brokers = [Mosquitto(folder / name).start() for name in ("one", "two")]
        self.heard = [Subscriber(broker, "#", folder, name=f"s{i}") for i, broker in enumerate(self.brokers)]
        self.journal = Journal(folder / "journal.sqlite")
        self.figures = Figures(self.journal, SITE)

    def settings(self, broker: int | None, site=SITE, **more: object) -> Settings:
        made = None if broker is None else BrokerSettings(port=self.brokers[broker].port, topic="gw", **more)
        return Settings(folder="", site=site, sip=SipSettings(), broker=made)

    def make(self, settings: Settings) -> Publisher | None:
        if settings.broker is None:
            return None
        return Publisher(
            settings.broker, self.journal, self.figures, site=settings.site.name, site_version=settings.site.version,
            version="0.1", clock=lambda: MONDAY + 14 * 3600,
        )  # fmt: skip

    def numbers(self, of: int) -> list[int]:
        return [message.data["seq"] for message in self.heard[of].on("/fact/")]

    def statuses(self, of: int) -> list[tuple[str, str]]:
        return [(m.data["state"], m.data["site_version"]) for m in self.heard[of].on("/status")]

    def append(self, count: int) -> None:
        self.journal.append([step(MONDAY, str(number)) for number in range(count)])

    def close(self) -> None:
        for heard in self.heard:
            heard.stop()
        self.figures.close()
        self.journal.close()
        for broker in self.brokers:
            broker.kill()


@pytest.fixture
def place(tmp_path: Path):
    made = Place(tmp_path)
    yield made
    made.close()


def test_another_broker_gets_what_the_old_one_has_not_and_the_old_one_a_goodbye(place: Place) -> None:
    async def main() -> None:
        publishing = Publishing(place.make, place.settings(0))
        publishing.start()
        place.append(30)
        await soon(lambda: len(place.numbers(0)) == 30, "the first broker")
        publishing.take(place.settings(1))
        place.append(20)
        await soon(lambda: len(place.numbers(1)) == 20, "the second broker")
        await soon(lambda: place.statuses(0)[-1][0] == "offline", "the goodbye")
        await publishing.close()

    asyncio.run(main())
    assert place.numbers(0) == list(range(1, 31))
    assert place.numbers(1) == list(range(31, 51))


def test_another_version_is_told_on_the_connection_that_is_there(place: Place) -> None:
    async def main() -> None:
        publishing = Publishing(place.make, place.settings(0))
        publishing.start()
        await soon(lambda: place.statuses(0) == [("online", "v1")], "the birth")
        publishing.take(place.settings(0, replace(SITE, version="v2")))
        await soon(lambda: place.statuses(0)[-1] == ("online", "v2"), "the news")
        assert "offline" not in {state for state, _ in place.statuses(0)}
        await publishing.close()

    asyncio.run(main())


def test_a_broker_that_is_taken_out_or_added_and_several_changes_at_once(place: Place) -> None:
    async def main() -> None:
        publishing = Publishing(place.make, place.settings(None))
        publishing.start()
        assert publishing.state is None
        place.append(5)
        publishing.take(place.settings(0))
        publishing.take(place.settings(None))
        publishing.take(place.settings(1, replace(SITE, name="renamed")))
        await soon(lambda: len(place.numbers(1)) == 5, "the last of them")
        assert place.heard[1].on("/status")[-1].topic == "gw/renamed/status"
        publishing.take(place.settings(None))
        await soon(lambda: publishing.state is None, "nobody")
        await soon(lambda: place.statuses(1)[-1][0] == "offline", "the goodbye")
        await publishing.close()

    asyncio.run(main())


def test_a_broker_that_cannot_be_used_is_known_before_anything_changes(place: Place, tmp_path: Path) -> None:
    publishing = Publishing(place.make, place.settings(0))
    (tmp_path / "ca.pem").write_text("this is no certificate")
    with pytest.raises(BrokerError, match=r"ca\.pem"):
        publishing.check(place.settings(1, tls=True, ca_file=str(tmp_path / "ca.pem")))


def test_figures_of_a_new_version_come_and_those_of_a_team_that_is_gone_are_removed(place: Place) -> None:
    async def main() -> None:
        publishing = Publishing(place.make, place.settings(0))
        publishing.start()
        place.journal.append(day(40))
        await soon(lambda: {m.topic for m in place.heard[0].on("/figures/")} == {
            "gw/demo/figures/care", "gw/demo/figures/technical"}, "both teams")  # fmt: skip
        new = replace(SITE, version="v2", teams={
            "care": replace(SITE.teams["care"], threshold_s=7.0), "sales": Team(id="sales", name="Sales", agents=())
        })  # fmt: skip
        place.figures.load(new)
        publishing.take(place.settings(0, new))
        await soon(lambda: place.heard[0].on("/figures/sales"), "the new team")
        await soon(lambda: place.heard[0].on("/figures/technical")[-1].text == "", "the empty message")
        assert place.figures.now(MONDAY + 14 * 3600)["care"].offered == 20, "what was counted stays"
        message = place.figures.message("care", place.figures.now(MONDAY + 14 * 3600)["care"], MONDAY)
        assert (message.threshold_s, message.site_version) == (7.0, "v2")
        await publishing.close()

    asyncio.run(main())
