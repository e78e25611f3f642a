"""What each line process is told: one configuration a line, made of the site's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.line_config import LineConfig

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.config.settings import Settings


def line_configs(settings: Settings, state_dir: Path) -> list[LineConfig]:
    """One configuration a line, ports side by side (`SipSettings`)."""
    sip = settings.sip
    return [
        LineConfig(
            line=f"line{i + 1}",
            socket=str(state_dir / "run" / f"line{i + 1}.sock"),
            bind=sip.bind,
            port=sip.port + 10 * i if sip.port else 0,
            public_address=sip.public_address,
            tcp=sip.tcp,
            rtp_port=sip.rtp_port + i * sip.rtp_ports,
            rtp_ports=sip.rtp_ports,
            codecs=sip.codecs,
            callers_max=sip.callers_max,
            clips_dir=str(state_dir / "clips"),
            data_dir=str(state_dir),
            trunks=settings.trunks,
        )
        for i in range(sip.lines)
    ]
