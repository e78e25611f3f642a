"""A person's recording becomes a clip: one channel, 8 kHz, the level of all prompts; what cannot be heard well is told.

Only what would be of no use to a caller is refused. Whatever can be mended here (level, offset, silence at the ends,
channels, rate, coding) is mended, and when much had to be done a note says so with the figures.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from gateway.audio import speech
from gateway.audio.music import MUSIC_DBM0
from gateway.audio.music import PEAK_DBM0 as MUSIC_PEAK_DBM0
from gateway.core.speech.wav import WavError, wav_head
from gateway.errors import SettingError

if TYPE_CHECKING:
    from gateway.audio.speech import Samples
    from gateway.core.speech.wav import WavHead

GAIN_MAX_DB = 30.0
"""A recording that needs more to come to the level of speech would bring the noise of its room and its microphone up
with it: 60 dB below speech in a good studio, 40 dB in an office, would be 30 or 10 dB below it then."""
LEVEL_GOOD_DBM0 = (-34.0, -9.0)
"""Active level outside which a note is made: fainter, its noise comes up by 15 dB and more; louder, its peaks were
probably bent already (speech at -9 dBm0 peaks at full scale)."""
CLIPPED_RUN = 3
"""So many samples in a row at full scale were cut off; speech never stands still there."""
CLIPPED_SHARE_MAX = 0.0005
"""Share of cut-off samples that nobody hears."""
OFFSET_NOTED = 0.01
"""Mean of the samples, of full scale: more comes from a faulty sound card and clicks where the recording is joined."""
SILENCE_NOTED_S = 1.0
"""Silence at an end, longer than a breath: whoever cut the file did not look."""
CANCELLED_DB = 12.0
"""When the mean of the channels is that much below the loudest of them, they cancel each other out."""
_FULL_SCALE = {"int": 0.999, "float": 0.999, "alaw": 0.984, "ulaw": 0.980}
"""What counts as full scale; the largest codes of the two laws stand for 32256 and 32124 (ITU-T G.711)."""

Sound = npt.NDArray[np.float64]


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """One recording, looked at: what the file was, and the clip that was made of it."""

    head: WavHead
    level_dbm0: float
    """Of the file, over its active parts, before anything was done to it."""
    peak_dbm0: float
    """A sine with the same peak would have that level."""
    clipped_share: float
    offset: float
    silence_s: tuple[float, float]
    """At the beginning and at the end, cut off from prompts."""
    clip: Samples
    notes: tuple[str, ...] = ()
    """What a person should know; each continues the sentence "FILE ..."."""


def recording(path: Path, *, music: bool = False) -> Recording:
    """A WAV file as a clip. Speech is trimmed and brought to SPEECH_DBM0, music keeps its ends (it is a loop) and comes
    to MUSIC_DBM0.

    Raises WavError, whose text follows the file's name in a sentence, when it is no WAV file, damaged, silent, clipped
    or too faint, and SettingError when it cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}") from error
    return from_bytes(data, music=music)


def from_bytes(data: bytes, *, music: bool = False) -> Recording:
    """The same from the file's content. Raises WavError."""
    head = wav_head(data)
    wide = speech.channels(data, head)
    offset = float(np.abs(wide.mean(axis=0)).max())
    share = clipped_share(wide, _full_scale(head, wide))
    peak = float(np.abs(wide).max())
    notes: list[str] = []
    one = _one_channel(wide - wide.mean(axis=0), notes)
    narrow = speech.to_8k(one, head.rate)
    if speech.rms_dbm0(narrow) < speech.SILENT_DBM0 and speech.active_dbm0(narrow) < speech.SILENT_DBM0:
        raise WavError("is silent")
    if share > CLIPPED_SHARE_MAX:
        raise WavError(f"is clipped: {share:.2%} of it is cut off; record it again with less gain")
    level, target = speech.active_dbm0(narrow), MUSIC_DBM0 if music else speech.SPEECH_DBM0
    if target - level > GAIN_MAX_DB:
        raise WavError(
            f"is too faint: {level:.0f} dBm0, and to {target:.0f} dBm0 it would take {target - level:.0f} dB, its "
            f"noise included (the most is {GAIN_MAX_DB:.0f} dB); record it again with more gain"
        )
    trimmed, silence_s = _ends(narrow)
    clip = speech.limit(speech.levelled(narrow if music else trimmed, target), _peak_dbm0(music=music))
    made = Recording(
        head=head,
        level_dbm0=round(level, 1),
        peak_dbm0=round(float(20 * np.log10(peak + 1e-9)) + speech.FULL_SCALE_DBM0, 1),
        clipped_share=share,
        offset=offset,
        silence_s=silence_s,
        clip=speech.as_pcm(clip),
    )
    return msgspec.structs.replace(made, notes=(*_notes(made, music=music), *notes))


def clipped_share(sound: Sound, full_scale: float = _FULL_SCALE["int"]) -> float:
    """Share of the samples, shape (n,) or (n, channels), that stand at full scale in runs of CLIPPED_RUN and more."""
    full = np.abs(sound.reshape(len(sound), -1).T) >= full_scale
    if not full.any():
        return 0.0
    count = 0
    for row in full:
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
        runs = edges[1::2] - edges[::2]
        count += int(runs[runs >= CLIPPED_RUN].sum())
    return count / sound.size


def _full_scale(head: WavHead, sound: Sound) -> float:
    """A file of floats that goes beyond full scale was not cut off there."""
    top = _FULL_SCALE[head.coding]
    return top if head.coding != "float" or float(np.abs(sound).max()) <= 1.001 else float("inf")


def _one_channel(wide: Sound, notes: list[str]) -> Sound:
    """The mean of all channels; the loudest alone where they cancel each other out."""
    if wide.shape[1] == 1:
        return wide[:, 0]
    joined: Sound = wide.mean(axis=1)
    each = [speech.rms_dbm0(wide[:, channel]) for channel in range(wide.shape[1])]
    loudest = int(np.argmax(each))
    if each[loudest] - speech.rms_dbm0(joined) <= CANCELLED_DB + 20 * np.log10(wide.shape[1]):
        return joined
    notes.append(f"has channels that cancel each other out: only number {loudest + 1} of {len(each)} is taken")
    return wide[:, loudest]


def _ends(narrow: Sound) -> tuple[Sound, tuple[float, float]]:
    """Without the silence at both ends, and how much that was."""
    levels = speech.frame_levels_dbm0(narrow)
    loud = np.flatnonzero(levels >= max(levels.max() - 40.0, speech.SILENT_DBM0))
    before, after = int(loud[0]) / 100, max(0.0, narrow.size / speech.RATE - (int(loud[-1]) + 1) / 100)
    return speech.trimmed(narrow), (round(before, 2), round(after, 2))


def _peak_dbm0(*, music: bool) -> float:
    return MUSIC_PEAK_DBM0 if music else speech.PEAK_DBM0


def _notes(made: Recording, *, music: bool) -> list[str]:
    notes = []
    low, high = LEVEL_GOOD_DBM0
    target = MUSIC_DBM0 if music else speech.SPEECH_DBM0
    if made.level_dbm0 < low or (made.level_dbm0 > high and not music):  # music is mastered loud
        wrong = "faint" if made.level_dbm0 < low else "loud"
        notes.append(
            f"is {wrong}: {made.level_dbm0:.0f} dBm0, brought to {target:.0f}; "
            f"{low:.0f} to {high:.0f} is a good recording"
        )
    if made.clipped_share:
        notes.append(f"is clipped a little: {made.clipped_share:.3%} of it is cut off")
    if made.offset > OFFSET_NOTED:
        notes.append(f"has an offset of {made.offset:.1%} of full scale, taken out here; look at the sound card")
    for silence_s, where in zip(made.silence_s, ("begins", "ends"), strict=True):
        if silence_s > SILENCE_NOTED_S and not music:
            notes.append(f"{where} with {silence_s:.1f}s of silence, cut off here")
    return notes
