"""`python -m gateway.live SPEC.json`: the gateway of one live call. People use `gateway test --live`."""

from __future__ import annotations

import ctypes
import logging
import signal
import sys
from pathlib import Path

import msgspec

from gateway.box.run import run_site
from gateway.clock import SteadyClock
from gateway.config.load import load_site
from gateway.errors import GatewayError
from gateway.live.spec import BoxSpec, settings_for

PR_SET_PDEATHSIG = 1
"""prctl(2): a signal when the parent dies, so that a trial that was killed leaves no gateway behind."""


def main() -> int:
    """Run until told to stop."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    spec = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=BoxSpec)
    real = SteadyClock()
    try:
        settings = settings_for(load_site(Path(spec.folder)), spec)
        run_site(settings, Path(spec.state), clock=SteadyClock(spec.at - real()))
    except GatewayError as error:
        sys.stderr.write(f"gateway: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
