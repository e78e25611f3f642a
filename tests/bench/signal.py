"""Speed of the signal code beside its peers, measured in turns in one run:  python -m tests.bench.signal

Ours is called through cffi on one second of samples, so that the crossing costs nothing; what a crossing costs with
frames of 20 ms stands at the end. Each figure is the best of many short runs: other programs only make it slower.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soxr
from rich.console import Console
from rich.table import Table

from gateway.audio import g711
from gateway.audio._native import ffi, lib
from gateway.audio.vad import Vad, VadBatch

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    try:
        import audioop
    except ImportError:  # gone since Python 3.13
        audioop = None
try:
    import webrtcvad
except ImportError:
    webrtcvad = None

N = 16000
ROUNDS = 60
VECTORS = Path(__file__).resolve().parents[1] / "data" / "g711_itu_g191.npz"

Run = Callable[[], object]


class Contest(NamedTuple):
    what: str
    unit: str
    per: int
    """Units in one run."""
    aim: str
    ours: Run
    peers: dict[str, Run]


def best_ns(runs: list[Run], per: int) -> list[float]:
    """Nanoseconds a unit of each, taken in turns."""
    best = [float("inf")] * len(runs)
    repeats = []
    for run in runs:  # so many calls that a turn takes about a millisecond
        started = time.perf_counter()
        run()
        repeats.append(max(1, round(1e-3 / max(time.perf_counter() - started, 1e-6))))
    for _ in range(ROUNDS):
        for i, run in enumerate(runs):
            started = time.perf_counter()
            for _ in range(repeats[i]):
                run()
            best[i] = min(best[i], (time.perf_counter() - started) / repeats[i])
    return [b / per * 1e9 for b in best]


def spandsp() -> ctypes.CDLL | None:
    """spandsp's G.711, compiled now; None without libspandsp-dev."""
    source = Path(__file__).with_name("signal_peer.c")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "peer.so"
        command = ["cc", "-O2", "-shared", "-fPIC", str(source), "-lspandsp", "-o", str(library)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        return ctypes.CDLL(str(library))


def pointer(array: np.ndarray, kind: str = "int16_t[]") -> object:
    return ffi.from_buffer(kind, array)


def g711_contests(x: np.ndarray, codes: np.ndarray, out: np.ndarray) -> list[Contest]:
    peer, found = spandsp(), []
    px, po, pc = pointer(x), pointer(out), pointer(codes, "uint8_t[]")
    for law in ("alaw", "ulaw"):
        encode, decode = getattr(lib, f"gw_{law}_encode"), getattr(lib, f"gw_{law}_decode")
        table = getattr(g711, f"{law}_encode")(np.arange(-32768, 32768).astype(np.int16))
        values = getattr(g711, f"{law}_decode")(np.arange(256, dtype=np.uint8))
        encoders: dict[str, Run] = {"numpy take": lambda table=table: table[x.astype(np.int32) + 32768]}
        decoders: dict[str, Run] = {"numpy take": lambda values=values: values[codes]}
        if audioop:
            raw, coded = x.tobytes(), codes.tobytes()
            encoders["audioop"] = lambda f=getattr(audioop, f"lin2{law}"), raw=raw: f(raw, 2)
            decoders["audioop"] = lambda f=getattr(audioop, f"{law}2lin"), coded=coded: f(coded, 2)
        if peer:
            address = [ctypes.c_void_p(a.ctypes.data) for a in (x, codes, out)]
            encoders["spandsp"] = lambda f=getattr(peer, f"peer_{law}_encode"), a=address: f(a[0], a[1], N)
            decoders["spandsp"] = lambda f=getattr(peer, f"peer_{law}_decode"), a=address: f(a[1], a[2], N)
        name = "A-law" if law == "alaw" else "u-law"
        found += [
            Contest(f"G.711 {name} encode", "sample", N, "0.6 ns", lambda f=encode: f(px, pc, N), encoders),
            Contest(f"G.711 {name} decode", "sample", N, "0.4 ns", lambda f=decode: f(pc, po, N), decoders),
        ]
    return found


def sample_contests(x: np.ndarray, y: np.ndarray, out: np.ndarray) -> list[Contest]:
    px, py, po = pointer(x), pointer(y), pointer(out)
    level, wide = ffi.new("gw_level *"), np.empty(2 * N, np.int16)
    up, down, pw = ffi.new("gw_upsampler *"), ffi.new("gw_downsampler *"), pointer(wide)
    raw, other = x.tobytes(), y.tobytes()
    rms: dict[str, Run] = {"numpy": lambda: np.sqrt(np.mean(x.astype(np.float64) ** 2))}
    add: dict[str, Run] = {"numpy": lambda: np.clip(x.astype(np.int32) + y, -32768, 32767).astype(np.int16)}
    if audioop:
        rms["audioop"] = lambda: audioop.rms(raw, 2)
        add["audioop"] = lambda: audioop.add(raw, other, 2)
    streams = soxr.ResampleStream(8000, 16000, 1, "int16"), soxr.ResampleStream(16000, 8000, 1, "int16")
    meter, agc = ffi.new("gw_audio_meter *"), ffi.new("gw_agc *")
    lib.gw_audio_meter_init(meter, 8000)
    lib.gw_agc_init(agc, 8000)
    return [
        Contest("RMS, peak, DC, clipping", "sample", N, "0.25 ns", lambda: lib.gw_level_add(level, px, N), rms),
        Contest("mix two", "sample", N, "0.15 ns", lambda: lib.gw_mix(px, py, po, N), add),
        Contest(
            "resample 8 to 16 kHz", "sample in", N, "4 ns", lambda: lib.gw_upsample(up, px, N, pw),
            {"soxr (HQ)": lambda: streams[0].resample_chunk(x)},
        ),
        Contest(
            "resample 16 to 8 kHz", "sample in", N, "4 ns", lambda: lib.gw_downsample(down, px, N, po),
            {"soxr (HQ)": lambda: streams[1].resample_chunk(x)},
        ),
        Contest("meter of one direction", "sample", N, "", lambda: lib.gw_audio_meter_feed(meter, px, N), {}),
        Contest("automatic gain", "sample", N, "", lambda: lib.gw_agc_feed(agc, px, po, N), {}),
    ]  # fmt: skip


def detector_contests(x: np.ndarray) -> list[Contest]:
    frames, px = N // 160, pointer(x)
    vad, room = ffi.new("gw_vad *"), ffi.new("gw_vad_frame[]", frames)
    progress, events = ffi.new("gw_progress *"), ffi.new("gw_progress_event[]", 16)
    amd, hints = ffi.new("gw_amd *"), ffi.new("gw_amd_event[]", 16)
    lib.gw_vad_init(vad, 8000)
    lib.gw_progress_init(progress, 8000, 0)
    lib.gw_amd_init(amd, 8000)
    peers: dict[str, Run] = {}
    if webrtcvad:
        theirs, parts = webrtcvad.Vad(2), [x[i : i + 160].tobytes() for i in range(0, N, 160)]
        peers["webrtcvad"] = lambda: [theirs.is_speech(part, 8000) for part in parts]
    return [
        Contest(
            "voice activity", "20 ms frame", frames, "1000 ns",
            lambda: lib.gw_vad_feed(vad, px, N, room, frames), peers,
        ),
        Contest("call progress tones", "sample", N, "", lambda: lib.gw_progress_feed(progress, px, N, events, 16), {}),
        Contest("answering machine", "sample", N, "", lambda: lib.gw_amd_feed(amd, px, N, hints, 16), {}),
    ]  # fmt: skip


def crossing_contests(x: np.ndarray) -> list[Contest]:
    frame, block = x[:160].copy(), x.reshape(100, 160).copy()
    one, batch = Vad(8000), VadBatch(100, 8000)
    return [
        Contest("from Python: A-law of 20 ms", "call", 1, "", lambda: g711.alaw_encode(frame), {}),
        Contest("from Python: voice activity of 20 ms", "call", 1, "", lambda: one.feed(frame), {}),
        Contest("from Python: the same of 100 channels", "call", 1, "", lambda: batch.feed(block), {}),
    ]


def mismatches() -> list[str]:
    """How many of the ITU's 65,536 samples each encoder codes otherwise."""
    with np.load(VECTORS) as file:
        itu = {name: file[name] for name in file.files}
    lines, peer = [], spandsp()
    for law in ("alaw", "ulaw"):
        counts = {"ours": np.count_nonzero(getattr(g711, f"{law}_encode")(itu["src"]) != itu[f"{law}_codes"])}
        if audioop:
            theirs = np.frombuffer(getattr(audioop, f"lin2{law}")(itu["src"].tobytes(), 2), np.uint8)
            counts["audioop"] = np.count_nonzero(theirs != itu[f"{law}_codes"])
        if peer:
            out = np.empty(65536, np.uint8)
            source = np.ascontiguousarray(itu["src"])
            getattr(peer, f"peer_{law}_encode")(
                ctypes.c_void_p(source.ctypes.data), ctypes.c_void_p(out.ctypes.data), len(out)
            )
            counts["spandsp"] = np.count_nonzero(out != itu[f"{law}_codes"])
        lines.append(f"{law}: " + ", ".join(f"{who} {count}" for who, count in counts.items()))
    return lines


def main() -> None:
    rng = np.random.default_rng(1)
    x, y = (np.clip(rng.normal(0, 4000, N), -32768, 32767).astype(np.int16) for _ in range(2))
    codes, out = rng.integers(0, 256, N).astype(np.uint8), np.empty(N, np.int16)
    table = Table("signal code", "per", "ours", "aim", "peers: ns, times as slow", title="signal", title_justify="left")
    contests = [
        *g711_contests(x, codes, out), *sample_contests(x, y, out), *detector_contests(x), *crossing_contests(x),
    ]  # fmt: skip
    for contest in contests:
        ours, *peers = best_ns([contest.ours, *contest.peers.values()], contest.per)
        beside = ", ".join(f"{who} {ns:.3g} ({ns / ours:.1f}x)" for who, ns in zip(contest.peers, peers, strict=True))
        table.add_row(contest.what, contest.unit, f"{ours:.3g} ns", contest.aim, beside)
    console = Console(width=130, highlight=False)
    console.print(table)
    console.print("G.711 samples coded otherwise than the ITU does, of 65,536: " + "; ".join(mismatches()))


if __name__ == "__main__":
    main()
