"""Real calls through a whole gateway on this machine: CPU per call and second, latencies, memory.

The far ends are phones of tests/sip in this process; their own cost is not counted, because only the gateway's two
processes are read.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench.process import cpu_s, percentile, pss_mb, rss_mb
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import RtpEnd, sine

LOW_HZ, HIGH_HZ = 500.0, 1500.0
RECORDINGS = {"low.wav": sine(LOW_HZ, -16, 20), "high.wav": sine(HIGH_HZ, -16, 20)}
"""Two prompts that can be told apart in a single frame."""
ROUNDS = 60
WINDOW_S = 10.0
FLOW = """
flow: main
language: en
start: menu
steps:
  menu:
    menu: low.wav
    choices: {"1": again, "2": people}
    first_key: 30s
    no_input: {tries: 9, then: bye}
    no_match: {tries: 9, then: bye}
  again:
    say: high.wav
    then: menu
  people:
    queue: office
    gave_up: bye
  bye:
    hang_up: "Bye."
"""


@dataclass(frozen=True)
class Row:
    """One line of the table. `aim` is what the project promises itself, in words."""

    what: str
    value: str
    aim: str = ""


@contextmanager
def _box(folder: Path, agents: list[Phone], callers_max: int) -> Iterator[Box]:
    people = {desk.user: desk.uri for desk in agents} or {"nobody": "sip:nobody@127.0.0.1:9"}
    with Box(folder, agents=people, flow=FLOW, callers_max=callers_max, recordings=RECORDINGS) as box:
        yield box


class _Meter:
    """CPU of control and line over a window."""

    def __init__(self, box: Box) -> None:
        assert box.process is not None
        self.control, self.line = box.process.pid, box.line_pid()

    def window(self, seconds: float) -> tuple[float, float]:
        """(CPU seconds a second of the control process, of the line)."""
        before, begin = (cpu_s(self.control), cpu_s(self.line)), time.monotonic()
        time.sleep(seconds)
        span = time.monotonic() - begin
        return (cpu_s(self.control) - before[0]) / span, (cpu_s(self.line) - before[1]) / span


def idle_and_ivr(folder: Path) -> list[Row]:
    """Idle cost and memory, then four callers who listen to prompts and press a key now and then."""
    rows = []
    with ExitStack() as stack:
        box = stack.enter_context(_box(folder, [], callers_max=4))
        meter = _Meter(box)
        time.sleep(2)
        control, line = meter.window(WINDOW_S)
        rows.append(Row("idle, control + line", f"{100 * (control + line):.2f} % of a core", "below 1 %"))
        memory = [f"{ask(meter.control) + ask(meter.line):.0f}" for ask in (rss_mb, pss_mb)]
        rows.append(Row("memory idle, control + line", f"RSS {memory[0]} MB, PSS {memory[1]} MB", "below 120 MB"))
        callers = [stack.enter_context(Phone(f"caller{i}")) for i in range(4)]
        for caller in callers:
            assert caller.call(box.uri("100")).code == 200
        time.sleep(1)
        control, line = meter.window(WINDOW_S)
        per_call = 1000 * (control + line) / len(callers)
        rows.append(
            Row(
                "4 callers in the IVR",
                f"{per_call:.2f} ms CPU per call and second (control {250 * control:.2f}, line {250 * line:.2f})",
                "at most 2, aim 1.4",
            )
        )
        for caller in callers:
            caller.bye()
    return rows


def floor(folder: Path) -> list[Row]:
    """The same packets through a bare C loop that only receives and sends: what the kernel takes on this machine."""
    folder.mkdir(parents=True)
    program = folder / "rtp_floor"
    source = Path(__file__).with_name("rtp_floor.c")
    subprocess.run(["cc", "-O2", "-std=c11", "-pthread", "-o", program, source], check=True)
    with (
        subprocess.Popen([program, "4"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer,
        ExitStack() as stack,
    ):
        assert peer.stdout is not None
        for port in peer.stdout.readline().split():
            end = RtpEnd()
            stack.callback(end.close)
            end.remote = ("127.0.0.1", int(port))
        time.sleep(1)
        before = cpu_s(peer.pid)
        time.sleep(WINDOW_S)
        per_call = 1000 * (cpu_s(peer.pid) - before) / WINDOW_S / 4
        assert peer.stdin is not None
        peer.stdin.close()
    return [Row("peer: bare C loop, same packets", f"{per_call:.2f} ms CPU per call and second", "the floor here")]


def bridged(folder: Path) -> list[Row]:
    """Two callers who talk with two agents, sound both ways."""
    with ExitStack() as stack:
        agents = [stack.enter_context(Phone(f"agent{i}")) for i in range(2)]
        callers = [stack.enter_context(Phone(f"caller{i}")) for i in range(2)]
        box = stack.enter_context(_box(folder, agents, callers_max=0))
        for caller in callers:
            assert caller.call(box.uri("100")).code == 200
            caller.rtp.press("2")
        wait_until(lambda: all(box.agent(desk.user) == "talking" for desk in agents))
        for phone in (*agents, *callers):
            phone.rtp.say(sine(700, -16, 1), loop=True)
        meter = _Meter(box)
        time.sleep(1)
        control, line = meter.window(WINDOW_S)
        for caller in callers:
            caller.bye()
        per_call = 1000 * (control + line) / len(callers)
        return [
            Row(
                "2 bridged pairs",
                f"{per_call:.2f} ms CPU per call (two legs) and second "
                f"(control {500 * control:.2f}, line {500 * line:.2f})",
            )
        ]


def latencies(folder: Path) -> list[Row]:
    """One call at a time: INVITE to 200 OK, 200 OK to the first packet that carries sound, a key to the next prompt."""
    answer_ms, sound_ms, key_ms = [], [], []
    with _box(folder, [], callers_max=0) as box:
        for _ in range(ROUNDS):
            with Phone("caller") as caller:
                begin = time.monotonic()
                caller.invite(box.uri("100"))
                caller.wait(lambda m: m.code == 200)
                answered = time.monotonic()
                caller.finish_invite()
                answer_ms.append(1000 * (answered - begin))
                sound_ms.append(1000 * (_first(caller, 0, LOW_HZ) - answered))
                time.sleep(0.3)
                mark = caller.rtp.mark()
                caller.rtp.press("1")
                heard = _first(caller, mark, HIGH_HZ)
                key_ms.append(1000 * (heard - caller.rtp.key_sent_at))
                caller.bye()
                caller.wait_code(200)
    return [
        Row("INVITE to 200 OK", _spread(answer_ms), "p95 below 10 ms"),
        Row("200 OK to the first sound", _spread(sound_ms), "p95 below 40 ms"),
        Row("key (RFC 4733) to the next prompt", _spread(key_ms), "p95 below 40 ms"),
    ]


def _first(caller: Phone, mark: int, hz: float) -> float:
    """When the first packet came that is loud with that tone."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if any(_holds(frame, hz) for frame in caller.rtp.heard[mark:]):
            return time.monotonic()
        time.sleep(0.001)
    raise AssertionError(f"no {hz:g} Hz came")


def _holds(frame: np.ndarray, hz: float) -> bool:
    """Whether most of a 20 ms frame's energy is that tone; whole cycles fit in, so two tones do not mix."""
    x = frame.astype(float)
    tone = abs(np.sum(x * np.exp(-2j * np.pi * hz * np.arange(len(x)) / 8000))) ** 2 * 2 / max(len(x), 1)
    return bool(tone > 0.5 * np.sum(x * x) > 0)


def _spread(values: list[float]) -> str:
    return f"p50 {percentile(values, 0.5):.1f} ms, p95 {percentile(values, 0.95):.1f} ms (n = {len(values)})"
