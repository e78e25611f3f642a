"""`python -m gateway.line CONFIG.json`: starts one line process."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import msgspec

from gateway.core.line_config import LineConfig
from gateway.errors import GatewayError, SettingError
from gateway.line.watchdog import RESOLVER_OPTIONS


def read_config(path: Path) -> LineConfig:
    """Raises SettingError: no such file, or something in it is not as LineConfig says."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=LineConfig)
    except OSError as error:
        raise SettingError(f"{path}: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path}: {error}") from error


def main(arguments: list[str]) -> int:
    """Exit status: 0 after an orderly end, 2 when it was started wrongly or cannot start."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m gateway.line CONFIG.json\n")
        return 2
    try:
        config = read_config(Path(arguments[0]))
        logging.basicConfig(
            stream=sys.stderr, level=config.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
        os.environ.setdefault("RES_OPTIONS", RESOLVER_OPTIONS)
        from gateway.line.run import run  # noqa: PLC0415 - loads PJSIP, which a wrong call of the program need not

        run(config)
    except GatewayError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except ValueError as error:  # an unknown log level
        sys.stderr.write(f"{arguments[0]}: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    logging.shutdown()
    sys.stderr.flush()
    # PJSIP does not survive the interpreter taking its modules down (pjproject#4353).
    os._exit(status)
