"""What `gateway run` says when it is up: how to call it, how to subscribe, how to look at it."""

from __future__ import annotations

from pathlib import Path

from gateway.config.settings import Settings


def welcome(settings: Settings, state_dir: Path, version: list[str]) -> str:
    """Several lines for a person at a terminal; those of `version` tell where it comes from."""
    sip, site = settings.sip, settings.site
    host = "127.0.0.1" if sip.bind in ("0.0.0.0", "127.0.0.1") else sip.bind  # noqa: S104 - compared, not bound
    transports = "UDP and TCP" if sip.tcp else "UDP"
    lines = [f"gateway: site {site.name!r}, version {site.version}, from {settings.folder}", *version]
    lines += [f"  SIP on {sip.bind}:{sip.port + 10 * number} ({transports})" for number in range(sip.lines)]
    lines.append("  Call it with any SIP phone:")
    lines += [f"    sip:{did}@{host}:{sip.port}    flow {flow}" for did, flow in site.numbers.items()]
    if settings.broker is not None:
        b = settings.broker
        user = f" -u {b.user} -P ..." if b.user else ""
        lines.append("  Watch its measurements:")
        lines.append(f"    mosquitto_sub -h {b.host} -p {b.port}{user} -v -q 1 -t '{b.topic}/{site.name}/#'")
    lines.append(f"  Look at it:  gateway status --state {state_dir}")
    lines.append("  End it:      Ctrl-C")
    return "\n".join(lines)
