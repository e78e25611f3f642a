"""`make talkoff`: false digits in hours of speech and music, ours and spandsp side by side.

    python -m tests.native.talkoff [--minutes 8] [--speeds 13] [--polish-minutes 15]

Speech: every recording that Debian's asterisk-core-sounds-*-wav and asterisk-prompt-* brought, and synthetic Polish
(espeak-ng), played at several speeds from 0.85 to 1.15. Music: asterisk-moh-opsound-wav. English, Spanish, Canadian
French, the Polish voices pl and pl+m1 and two of the music files belong to the part on which thresholds were chosen;
the table says which part is which, and the figures that count are those of the other.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import soxr
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from gateway.audio.dtmf import DtmfDetector
from tests.native import dtmf_material as m
from tests.native.spandsp_peer import MISSING, peer

MUSIC = Path("/usr/share/asterisk/moh")
CHOSEN_ON = {
    "en_US_f_Allison",
    "es_MX_f_Allison",
    "fr_CA_f_June",
    "espeak pl",
    "espeak pl+m1",
    "macroform-cold_day",
    "macroform-robot_dity",
}
POLISH_VOICES = ("pl", "pl+m1", "pl+f3", "pl+m4", "pl+f5")
BEGINS = "b,c,ć,d,f,g,h,j,k,l,ł,m,n,p,r,s,ś,t,w,z,ż,ź,sz,cz,rz,dz,ch,st,pr,kr,tr,sk,zn"


def words(seed, count):
    """Pronounceable Polish-looking words and numbers: every sound of the language in every neighbourhood."""
    rnd = random.Random(seed)
    begins, vowels = BEGINS.split(","), list("aeiouyąęóaeoi")
    out = []
    for _ in range(count):
        syllables = (
            rnd.choice(begins) + rnd.choice(vowels) + (rnd.choice(begins) if rnd.random() < 0.3 else "")
            for _ in range(rnd.randint(1, 4))
        )
        out.append("".join(syllables) + rnd.choice(["", "", "", "", "", ",", "."]))
        if rnd.random() < 0.1:
            out.append(str(rnd.randint(0, 99999)))
    return " ".join(out)


def polish(voice, minutes):
    """Synthetic speech at 8 kHz, int16; about 95 words make a minute."""
    command = ["espeak-ng", "-v", voice, "-s", "150", "--stdout", words(f"{voice}", int(95 * minutes))]
    speech = subprocess.run(command, capture_output=True, check=True).stdout
    at = speech.index(b"data") + 8
    return m.pcm(
        soxr.resample(
            np.frombuffer(speech[at : at + (len(speech) - at) // 2 * 2], np.int16).astype(float), 22050, m.RATE
        )
    )


def file_samples(path):
    with wave.open(str(path)) as file:
        if file.getframerate() != m.RATE or file.getnchannels() != 1 or file.getsampwidth() != 2:
            return np.zeros(0, np.int16)
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def sources(polish_minutes):
    """(kind, name, a function that gives int16 samples at 8 kHz)"""
    found = [("speech", name, lambda name=name: m.recorded(name)) for name in m.languages()]
    if shutil.which("espeak-ng"):
        found += [
            ("speech", f"espeak {voice}", lambda voice=voice: polish(voice, polish_minutes)) for voice in POLISH_VOICES
        ]
    if MUSIC.is_dir():
        found += [("music", path.stem, lambda path=path: file_samples(path)) for path in sorted(MUSIC.glob("*.wav"))]
    return found


def count(samples):
    """False digits of ours and of spandsp, and the seconds each took."""
    began = time.perf_counter()
    detector = DtmfDetector(m.RATE)
    detector.feed(samples)
    mine = len(detector.begun)
    between = time.perf_counter()
    theirs = len(peer().dtmf(samples)[0]) if peer() is not None else 0
    return np.array([mine, theirs, between - began, time.perf_counter() - between])


def main(arguments=None):
    options = argparse.ArgumentParser(prog="talkoff")
    options.add_argument("--minutes", type=float, default=8.0, help="stop after the source that passes this")
    options.add_argument("--speeds", type=int, default=13, help="how many, evenly from 0.85 to 1.15")
    options.add_argument("--polish-minutes", type=float, default=15.0, help="of each of the synthetic voices")
    options = options.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    speeds = np.round(np.linspace(0.85, 1.15, options.speeds), 4) if options.speeds > 1 else np.array([1.0])
    found = sources(options.polish_minutes)
    if not found:
        console.print("nothing to listen to: install asterisk-core-sounds-en-wav, asterisk-moh-opsound-wav, espeak-ng")
        return 2
    sums, rows, unmade, began = {}, [], [], time.monotonic()
    columns = (TextColumn("{task.description:40}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("talk-off", total=len(found) * len(speeds))
        for number, (kind, name, give) in enumerate(found):
            if time.monotonic() - began > 60 * options.minutes:
                unmade.append(name)
                continue
            hours, total, plain = 0.0, np.zeros(4), give()
            for i, speed in enumerate(speeds):
                progress.update(task, description=f"{name} x {speed:g}", completed=number * len(speeds) + i)
                played = m.pcm(soxr.resample(plain.astype(np.float32), m.RATE * speed, m.RATE)) if speed != 1 else plain
                total += count(played)
                hours += len(played) / m.RATE / 3600
            part = "chosen on" if name in CHOSEN_ON else "reported"
            rows.append((kind, name, part, hours, total))
            for key in ((kind, part), (kind, "all")):
                sums[key] = sums.get(key, np.zeros(5)) + np.array([hours, *total])
    table = Table(
        "",
        "source",
        "part",
        "hours",
        "ours",
        "spandsp",
        title=f"False digits, {len(speeds)} speeds",
        title_justify="left",
    )
    for kind, name, part, hours, total in rows:
        table.add_row(kind, name, part, f"{hours:.2f}", *_counts(total))
    table.add_section()
    for (kind, part), total in sorted(sums.items()):
        table.add_row(kind, "[bold]sum", part, f"{total[0]:.2f}", *_counts(total[1:]))
    console.print(table)
    everything = sum(total[1:] for (_, part), total in sums.items() if part == "all")
    samples = sum(total[0] for (_, part), total in sums.items() if part == "all") * 3600 * m.RATE
    console.print(
        f"ns a sample over all of it: ours {everything[2] / samples * 1e9:.2f}"
        + (f", spandsp {everything[3] / samples * 1e9:.2f}" if peer() is not None else "")
    )
    if peer() is None:
        console.print(MISSING)
    for name in unmade:
        console.print(f"not measured for want of time: {name}")
    speech, music = sums.get(("speech", "all")), sums.get(("music", "all"))
    good = (speech is None or speech[1] <= max(1.0, 5.0 * speech[0] / 40.0)) and (
        music is None or music[1] <= max(1.0, music[0])
    )
    console.print("limits: at most 5 in 40 h of speech, 1 an hour of music: " + ("both hold" if good else "missed"))
    return 0 if good else 1


def _counts(total):
    return [f"{int(total[0])}", f"{int(total[1])}" if peer() is not None else "-"]


if __name__ == "__main__":
    sys.exit(main())
