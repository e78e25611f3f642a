"""Who publishes a version of the site: its broker, with the doors that the version opens there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway import __version__
from gateway.edge.mqtt import Publisher
from gateway.edge.mqtt_commands import Commands
from gateway.edge.mqtt_messages import Topics

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.box.doors import Doors
    from gateway.config.settings import Settings
    from gateway.edge.figures import Figures
    from gateway.edge.store import Journal


def publisher_of(
    journal: Journal, figures: Figures, doors: Doors, clock: Callable[[], float], settings: Settings
) -> Publisher | None:
    """None for a version without a broker. Raises BrokerError for settings that cannot work."""
    site, broker = settings.site, settings.broker
    if broker is None:
        return None
    return Publisher(
        broker,
        journal,
        figures,
        site=site.name,
        site_version=site.version,
        version=__version__,
        clock=clock,
        commands=Commands(Topics(broker.topic, site.name).base, doors.over_mqtt(broker.commands), clock),
    )
