"""What must be true of a call, asked of what the foreign parties saw, heard and received. One check, one sentence.

A check never reads the gateway's memory or files: its material is recordings, SIP traces and the subscriber's lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gateway.demo.hearing import find_clip, find_pilot, share_covered
from gateway.demo.pcm import RATE
from gateway.demo.voice import PILOT_DBM0, PILOTS_HZ

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.demo.hearing import ClipHeard, Ear, PilotHeard
    from gateway.demo.pcm import Pcm
    from gateway.demo.trace import SipMessage

PROMPT_SHARE = 0.9
"""Of a prompt that nobody interrupts, that much must be found."""
FOREIGN_SHARE = 0.35
"""Of another prompt of the same voice, no more than that may be found: people begin sentences alike."""
SLIP_MS = 1.0
"""Between two pieces of one prompt no sample may be inserted or lost; 1 ms leaves room for the search's own error."""
MUSIC_SHARE = 0.7
"""Of the time in the music's span; the edges are cut by whole pieces."""
LEVEL_TOLERANCE_DB = 1.0
"""Bridge loss. G.711 twice moves a tone by less than 0.1 dB; speech over it adds its own error."""
PILOT_MIN_S = 1.5
FOREIGN_PILOT_S = 0.5
BREAK_MAX_MS = 120.0
"""In all, during one conversation, on a machine that runs a dozen other processes beside."""


@dataclass(frozen=True)
class Check:
    """One verdict: what was asked, whether it held, and the figure or value that was found."""

    what: str
    good: bool
    found: str = ""


@dataclass(frozen=True)
class Heard:
    """Something that was heard, for the timeline. `at` is Unix time."""

    at: float
    who: str
    what: str


@dataclass
class Verdict:
    """The checks of one call, and what was heard in it."""

    checks: list[Check] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether all held. A verdict without a single check is not good: nothing was proved."""
        return bool(self.checks) and all(check.good for check in self.checks)

    def that(self, what: str, good: object, found: object = "") -> bool:
        """Note one check; returns whether it held."""
        self.checks.append(Check(what, bool(good), str(found)))
        return bool(good)

    def equal(self, what: str, found: object, expected: object) -> bool:
        """Note that two values are the same."""
        good = found == expected
        return self.that(what, good, f"{found!r}" if good else f"{found!r} instead of {expected!r}")

    def heard_prompt(self, ear: Ear, words: str, clip: Pcm, *, cut_short: bool = False) -> ClipHeard:
        """These words were heard whole and without a break; with `cut_short`: their beginning, and not their end."""
        what = f"“{words}”"
        found = find_clip(ear.pcm, clip)
        enough = 0 < found.share < PROMPT_SHARE if cut_short else found.share >= PROMPT_SHARE
        self.that(
            f"{ear.who} heard {'only the beginning of ' if cut_short else ''}{what}",
            enough and found.slip_ms <= SLIP_MS,
            f"{found.share:.0%} of it, {found.start_s:.1f} s to {found.end_s:.1f} s, slip {found.slip_ms:.1f} ms",
        )
        if found.share:
            length = f"{found.end_s - found.start_s:.1f} s" + (", cut short" if cut_short else "")
            self.heard.append(Heard(ear.began_at + max(found.start_s, 0), ear.who, f"{what} ({length})"))
        return found

    def heard_not(self, ear: Ear, words: str, clip: Pcm) -> bool:
        """Those words were not heard."""
        share = find_clip(ear.pcm, clip).share
        return self.that(f"{ear.who} did not hear “{words}”", share <= FOREIGN_SHARE, f"{share:.0%} of it")

    def heard_music(self, ear: Ear, music: Pcm) -> bool:
        """Somebody waited during this recording, or this span of one: it is filled with the music."""
        share = share_covered(ear.pcm, music)
        if share:
            self.heard.append(Heard(ear.began_at, ear.who, f"music for {ear.pcm.size / RATE:.1f} s"))
        return self.that(f"{ear.who} heard music while waiting", share >= MUSIC_SHARE, f"{share:.0%} of the wait")

    def heard_voice(self, ear: Ear, whom: str, pilot_hz: float, *, min_s: float = PILOT_MIN_S) -> PilotHeard:
        """The party with that pilot was heard: long enough, at the level it spoke with, without breaks, and nobody
        else's pilot beside it."""
        found = find_pilot(ear.pcm, pilot_hz)
        level = abs(found.level_dbm0 - PILOT_DBM0) <= LEVEL_TOLERANCE_DB
        text = f"{found.heard_s:.1f} s at {found.level_dbm0:.1f} dBm0 (sent {PILOT_DBM0:.1f})"
        self.that(
            f"{ear.who} heard {whom}",
            found.heard_s >= min_s and level and found.break_ms <= BREAK_MAX_MS,
            f"{text}, breaks {found.break_ms:.0f} ms",
        )
        if found.heard_s:
            self.heard.append(Heard(ear.began_at + found.start_s, ear.who, f"{whom}: {text}"))
        self.heard_nobody(ear, but=pilot_hz)
        return found

    def heard_nobody(self, ear: Ear, *, but: float = 0.0) -> bool:
        """No party's pilot is in the recording, or none other than `but`."""
        others = [hz for hz in PILOTS_HZ if hz != but and find_pilot(ear.pcm, hz).heard_s > FOREIGN_PILOT_S]
        found = f"pilots {', '.join(f'{hz:.0f} Hz' for hz in others)}" if others else ""
        return self.that(f"{ear.who} heard no {'other ' if but else ''}party", not others, found)

    def phone_showed(
        self, whose: str, invite: SipMessage | None, *, name: Sequence[str], headers: Mapping[str, str]
    ) -> bool:
        """The INVITE on an agent's phone: parts of the display name, and headers with their values."""
        if invite is None:
            return self.that(f"{whose}'s phone rang", False, "no INVITE came")
        shown = invite.from_name
        good = self.that(f"{whose}'s phone showed {' and '.join(name)}", all(part in shown for part in name), shown)
        for header, value in headers.items():
            good &= self.equal(f"{whose}'s phone got {header}", invite.header(header), value)
        return good

    def record_says(self, record: Mapping[str, Any], expected: Mapping[str, object]) -> bool:
        """Fields of the call record as the subscriber received it."""
        good = True
        for name, value in expected.items():
            good &= self.equal(f"record says {name}", record.get(name), value)
        return good
