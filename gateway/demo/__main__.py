"""`python -m gateway.demo [--scene NAME]... [--phone-off AGENT]...`"""

from __future__ import annotations

import argparse
import sys

from gateway.demo.run import run_demo
from gateway.demo.scenes import SCENES
from gateway.errors import GatewayError


def main() -> int:
    """Exit status: 0 all calls went as told, 1 not, 2 the demo could not begin, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="gateway demo", description="Real calls through a gateway on this machine.")
    parser.add_argument("--scene", action="append", choices=list(SCENES), help="only this scene; may be repeated")
    parser.add_argument("--phone-off", action="append", default=[], metavar="AGENT", help="whose phone stays off")
    given = parser.parse_args()
    try:
        return run_demo(given.scene, absent=given.phone_off)
    except GatewayError as error:
        sys.stderr.write(f"gateway demo: {error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("gateway demo: interrupted; everything that was started has been ended\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
