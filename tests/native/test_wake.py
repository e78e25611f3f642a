"""Sockets inside PJSIP's own I/O queue, with a real pjsua2 endpoint in a process of its own."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.audio.tap import Wake
from gateway.errors import NativeError

PEER = Path(__file__).resolve().parent / "wake_peer.py"


@pytest.fixture
def peer(tmp_path):
    path = tmp_path / "control"
    process = subprocess.Popen([sys.executable, PEER, path], stdout=subprocess.PIPE, text=True)
    while (line := process.stdout.readline()) and line != "ready\n":
        pass
    yield process, str(path)
    process.kill()
    process.wait()


def connected(path):
    client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    client.settimeout(50)  # less than one turn of the loop that nothing wakes
    client.connect(path)
    return client


def result(process):
    out, _ = process.communicate(timeout=120)
    return json.loads(out.splitlines()[-1])


def test_messages_wake_the_loop_and_keep_their_borders(peer):
    process, path = peer
    client = connected(path)
    delays = []
    for length in (1, 2, 4000, 30000):
        time.sleep(0.05)  # let it go to sleep in the queue
        asked = time.monotonic_ns()
        client.send(b"x" * length)
        said, when = client.recv(100).split()
        assert int(said) == length
        delays.append((int(when) - asked) / 1e6)
    # Several at once: nothing is merged, cut or lost.
    lengths = [10, 0x7000, 1, 300, 5]
    for length in lengths:
        client.send(b"y" * length)
    assert [int(client.recv(100).split()[0]) for _ in lengths] == lengths
    client.send(b"quit")
    client.recv(100)
    client.close()
    seen = result(process)
    batches = [entry for entry in seen["log"] if isinstance(entry, list) and entry and isinstance(entry[0], int)]
    assert [n for batch in batches for n in batch] == [1, 2, 4000, 30000, *lengths, 4]
    assert seen["log"][:2] == ["READABLE", ["inheritable", False]]
    assert seen["log"][-2:] == ["CLOSED", ["still ours", True]]
    print(f"\nwake latency: median {statistics.median(delays):.3f} ms, worst {max(delays):.3f} ms")


def test_the_peer_goes_and_another_one_comes(peer):
    process, path = peer
    first = connected(path)
    first.send(b"hello")
    first.recv(100)
    first.close()
    second = connected(path)
    second.send(b"unread until now")
    second.send(b"quit")
    assert [int(second.recv(100).split()[0]) for _ in range(2)] == [16, 4]
    second.close()
    seen = result(process)
    assert [entry for entry in seen["log"] if entry == "CLOSED"] == ["CLOSED", "CLOSED"]


def test_two_that_connect_at_once_are_served_one_after_the_other(peer):
    process, path = peer
    first, second = connected(path), connected(path)
    second.send(b"second")
    first.send(b"first!!")
    assert int(first.recv(100).split()[0]) == 7
    first.close()
    assert int(second.recv(100).split()[0]) == 6
    second.send(b"quit")
    second.recv(100)
    second.close()
    assert result(process)["log"].count("READABLE") == 2


def test_a_client_that_never_speaks_is_seen_to_leave(peer):
    process, path = peer
    connected(path).close()
    last = connected(path)
    last.send(b"quit")
    last.recv(100)
    last.close()
    seen = result(process)
    assert seen["log"].count("CLOSED") == 2


def test_without_an_endpoint_nothing_is_watched():
    ours, theirs = socket.socketpair()
    with pytest.raises(NativeError, match="not bound to a running pjsua2 endpoint"):
        Wake(ours.fileno())
    ours.close()
    theirs.close()
