"""Every error this program raises on purpose, in one tree: whose fault it is, what is wrong, and where.

    GatewayError
    |-- SiteError          the admin's files: carries every problem found, with file:line:column
    |-- SettingError       how the program was started: an option, a path, a missing program
    |-- TransitionError    our fault: a state was asked for a step that its table does not have
    |-- NativeError        the pjsua2 build: unknown version, other layout, missing symbol
    |-- AudioError         a caller of gateway.audio: wrong dtype, shape or sample rate
    |-- SpeechError        the speech engine: missing, or it failed on a text; or a value that cannot be said
    |-- LineError          a line process: does not start, does not greet, speaks another version
    |-- StoreError         the journal: cannot be opened, damaged, disk full
    `-- BrokerError        the MQTT broker: refuses us, bad settings

Errors of libraries are wrapped once, at the edge, with `raise ... from`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.config.problems import Problem


class GatewayError(Exception):
    """Root of the tree. `str()` is a sentence for a person: what is wrong, where, and the remedy."""


class SiteError(GatewayError):
    """A site folder that cannot be used. `problems` holds all of them, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(f"{count} mistake{'s' if count != 1 else ''} in the site's files")


class SettingError(GatewayError):
    """The program was started with something that cannot work."""


class TransitionError(GatewayError):
    """A state machine was asked for a transition that its table does not have; nothing was changed."""

    def __init__(self, machine: str, state: str, event: str) -> None:
        self.machine, self.state, self.event = machine, state, event
        super().__init__(f"{machine}: no transition from {state!r} on {event!r}")


class NativeError(GatewayError):
    """The pjsua2 build that is loaded cannot carry the native core."""


class AudioError(GatewayError):
    """Samples of the wrong dtype, shape or rate."""


class SpeechError(GatewayError):
    """The speech engine is missing or failed on a text, or a value that cannot be said."""


class LineError(GatewayError):
    """A line process does not start, does not greet or speaks another version."""


class StoreError(GatewayError):
    """The journal cannot be opened or written."""


class BrokerError(GatewayError):
    """The MQTT broker refuses us or its settings cannot work."""
