"""What to do. Imperatives, frozen. An edge that cannot do one answers with an Event; it never raises."""

from __future__ import annotations

import msgspec

from gateway.core.events import LegDialog
from gateway.core.line_config import Trunk
from gateway.core.service_model import Service


class Action(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Root of all actions."""

    leg: str


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of sound that was made ready when the site was loaded: 8 kHz PCM in a file named by its content.
    `words` is what is heard, for people (simulator, trace); a line reads only `key`."""

    key: str
    words: str = ""


class Answer(Action, frozen=True, kw_only=True):
    """200 OK."""


class Ring(Action, frozen=True, kw_only=True):
    """180 Ringing."""


class Refuse(Action, frozen=True, kw_only=True):
    """A final refusal of an offered call."""

    code: int
    reason: str = ""
    retry_after_s: int = 0


class Dial(Action, frozen=True, kw_only=True):
    """Send an INVITE on `line` under the new leg id `leg`. `display_name` and `headers` are cleaned by the line
    (no CR, LF or control character reaches the wire). `trunk` is empty for a phone on the local network."""

    line: str
    call: str
    uri: str
    agent: str = ""
    display_name: str = ""
    from_user: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    trunk: str = ""


class HangUp(Action, frozen=True, kw_only=True):
    """End the leg, whatever it is doing: CANCEL, BYE, or a refusal. `elsewhere`: the phone that rings is told that
    somebody else has answered, so that it shows no missed call (RFC 3326); one that has not said a word yet is not
    told, because its CANCEL is then the library's own, without our headers."""

    code: int = 0
    reason: str = ""
    elsewhere: bool = False


class Play(Action, frozen=True, kw_only=True):
    """Play clips one after another without a gap, in place of whatever plays. `play` names it in PlayEnded."""

    play: str
    clips: tuple[Clip, ...]
    loop: bool = False
    barge_in: bool = True


class StopPlay(Action, frozen=True, kw_only=True):
    """Be silent."""


class Bridge(Action, frozen=True, kw_only=True):
    """Let two legs of one line hear each other. What plays to them goes on until it ends or is stopped."""

    other: str


class Unbridge(Action, frozen=True, kw_only=True):
    """Undo Bridge."""

    other: str


class Hear(Action, frozen=True, kw_only=True):
    """Let `other` hear `leg`, one way, beside whatever Bridge lets them hear (three-way, listening, whispering)."""

    other: str


class Unhear(Action, frozen=True, kw_only=True):
    """Undo Hear. What a Bridge lets `other` hear stays."""

    other: str


class KeepKeys(Action, frozen=True, kw_only=True):
    """Do not pass the leg's keys on to its bridge: they may be codes, and the core passes on those that are not."""


class TellTransfer(Action, frozen=True, kw_only=True):
    """Tell a phone that asked for a transfer (TransferRequested) how it goes. The first code answers its REFER: 100 as
    202 Accepted, 300 and above as it is. What comes behind a 202 goes as NOTIFY (RFC 3515, 2.4.4), a final code ends
    it."""

    code: int
    reason: str = ""


class SendKeys(Action, frozen=True, kw_only=True):
    """Press keys towards the far end: RFC 4733 where it was negotiated, else in-band."""

    keys: str


class Echo(Action, frozen=True, kw_only=True):
    """Send what comes in straight back (test number)."""

    on: bool


class Tone(Action, frozen=True, kw_only=True):
    """Send a steady tone until StopPlay or the next Play (test number)."""

    hz: float
    level_dbm0: float


class MeasureLevel(Action, frozen=True, kw_only=True):
    """Report LevelMeasured every `window_ms`; 0 ends it."""

    window_ms: int


class StartRecording(Action, frozen=True, kw_only=True):
    """Record what `leg` says into a new WAV file; with `other`, what both say, side by side. `file` is relative to the
    gateway's state folder. Ends by StopRecording, with a leg, or after `longest_s`; each way Recorded tells it."""

    recording: str
    file: str
    other: str = ""
    longest_s: float


class StopRecording(Action, frozen=True, kw_only=True):
    """Finish the file."""

    recording: str


class EndOrphans(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Say BYE for dialogues of a line process that died. From the edge that watches the line, not from the core."""

    dialogs: tuple[LegDialog, ...]


class Reconfigure(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """These trunks and this limit from now on, with calls up. From the edge that watches the line, not from the core;
    LineReconfigured answers it. `addresses`: IP address -> trunk, to know by where a call comes from."""

    trunks: tuple[Trunk, ...]
    callers_max: int
    """0: half of the legs that the library has."""
    addresses: dict[str, str]


class Shutdown(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """End every leg, unregister, leave. From the edge that watches the line, not from the core."""

    reason: str = ""


LineAction = (
    Answer
    | Ring
    | Refuse
    | Dial
    | HangUp
    | Play
    | StopPlay
    | Bridge
    | Unbridge
    | Hear
    | Unhear
    | KeepKeys
    | TellTransfer
    | SendKeys
    | Echo
    | Tone
    | MeasureLevel
    | StartRecording
    | StopRecording
    | EndOrphans
    | Reconfigure
    | Shutdown
)
"""What may go down a line's socket."""


class LookUp(Action, frozen=True, kw_only=True):
    """Ask an HTTP service and answer with one LookedUp, within the service's time limit. `leg` is the caller's, which
    is the call's id; `url` is complete and may hold personal values: it is neither logged nor remembered."""

    lookup: str
    service: Service
    url: str


class ScreenPop(Action, frozen=True, kw_only=True):
    """Show the agent who calls, before the telephone rings; `leg` is the agent's. Comes right before its Dial, is sent
    once and answered by nobody. `number` is the caller's (E.164), empty when withheld; `keyed` what he answered to
    `collect` steps, by name, without what is secret."""

    agent: str
    call: str
    team: str = ""
    number: str = ""
    client: str = ""
    client_name: str = ""
    matter: str = ""
    wait_s: float = 0.0
    case: str = ""
    keyed: dict[str, str] = {}


BoardAction = LineAction | LookUp | ScreenPop
"""What the switchboard can want done: by a line, or by the edge that speaks HTTP or MQTT."""
