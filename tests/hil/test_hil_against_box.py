"""The technician's bench against a box that this test starts: the example site, on free ports of this machine."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.config.load import load_site
from gateway.demo.ports import Ports
from gateway.demo.site_copy import copy_site
from gateway.demo.subscriber import Subscriber
from gateway.edge.broker import embedded_broker
from gateway.shipped import example_site

pytestmark = [pytest.mark.sip, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
TEST_FLOW = "test_number"
BENCH_S = 180


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """(target, broker) of a gateway that runs; ended with it."""
    folder = tmp_path_factory.mktemp("box")
    ports = Ports()
    sip, mqtt, rtp = ports.block(2), ports.block(2), ports.block(40)
    changes = {
        ("sip", "port"): str(sip),
        ("sip", "rtp_ports"): f"{rtp}..{rtp + 39}",
        ("mqtt", "port"): str(mqtt),
    }
    settings = load_site(copy_site(example_site(), folder / "site", changes))
    number = next(number for number, flow in settings.site.numbers.items() if flow == TEST_FLOW)
    log = folder / "gateway.log"
    with embedded_broker(settings.broker, folder), log.open("wb") as out:
        subscriber = Subscriber(mqtt, "gateway")
        subscriber.start()
        gateway = subprocess.Popen(
            [sys.executable, "-m", "gateway", "run", str(folder / "site"), "--state", str(folder / "state")],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            up = subscriber.wait(lambda m: m.payload.get("kind") == "LineStarted", 30)
            assert up, f"the gateway did not come up:\n{log.read_text(errors='replace')[-2000:]}"
            yield f"sip:{number}@127.0.0.1:{sip}", f"127.0.0.1:{mqtt}"
        finally:
            subscriber.stop()
            gateway.send_signal(signal.SIGTERM)
            try:
                gateway.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(gateway.pid, signal.SIGKILL)
                gateway.wait()


def bench(*options):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "hil_tests", "-p", "no:cacheprovider", "-s", *options],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=BENCH_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.long  # every key in every way: a minute and a half
def test_the_bench_is_green_against_the_box(box):
    target, broker = box
    status, said = bench("--target", target, "--mqtt", broker)
    assert status == 0, said
    assert f"box under test: {target}" in said
    assert not re.search(r"\d+ (failed|skipped|error)", said), said


def test_a_bench_in_short_is_green_against_the_box(box):
    """The levels, and a key that the facts name."""
    target, broker = box
    status, said = bench("--target", target, "--mqtt", broker, "-k", "test_levels or hash_ends")
    assert status == 0, said
    assert f"box under test: {target}" in said
    assert not re.search(r"\d+ (failed|skipped|error)", said), said


def test_a_number_that_is_no_test_number_fails(box):
    """The same bench on the office's number: it must not find there what it is made to measure."""
    target, _ = box
    status, said = bench("--target", re.sub(r"sip:[^@]*@", "sip:+48220000100@", target), "-k", "tone_of_the_box")
    assert status == 1
    assert "test_tone_of_the_box" in said


def test_without_a_target_it_is_skipped_and_says_so():
    status, said = bench()
    assert status == 0, said
    assert "no box: give --target sip:NUMBER@HOST" in said
    assert "test_levels.py" in said


def test_a_target_that_is_none_is_refused():
    status, said = bench("--target", "1004")
    assert status == 2
    assert "is not sip:number@host" in said
