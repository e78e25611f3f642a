"""A real pjsua2 endpoint whose I/O queue watches Unix sockets; a program of its own. Prints one JSON object.

Run as `python wake_peer.py PATH`: it listens on PATH (SOCK_SEQPACKET), answers each message with its length, counts how
often libHandleEvents came back, and ends when the client that said "quit" has closed its end.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pjsua2 as pj
from pjsua2 import _pjsua2

from gateway.audio.tap import Readiness, Wake, bind


def main() -> None:
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    endpoint.libInit(config)
    bind(_pjsua2.__file__)
    endpoint.libStart()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(sys.argv[1])
    listener.listen(4)
    doorway = Wake(listener.fileno(), listening=True)
    print("ready", flush=True)
    log: list[object] = []
    turns = 0

    def wait(wake: Wake) -> Readiness:
        nonlocal turns
        while wake.arm() is Readiness.ARMED:
            # A minute: only the socket can end this turn in time, a poll of a tenth could hide that it did not.
            turns += 1
            endpoint.libHandleEvents(60_000)
        return wake.state

    quitting = False
    while not quitting:
        log.append(wait(doorway).name)
        client = doorway.accepted()
        assert client is not None
        assert doorway.accepted() is None
        log.append(["inheritable", client.get_inheritable()])
        wake = Wake(client.fileno())
        while wait(wake) is Readiness.READABLE:
            batch = []
            while True:
                try:
                    message = client.recv(65536, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    break
                if not message:
                    break
                batch.append(len(message))
                quitting = quitting or message == b"quit"
                client.send(b"%d %d" % (len(message), time.monotonic_ns()))
            log.append(batch)
        log.append(wake.state.name)
        wake.close()
        wake.close()
        # The queue had a duplicate: ours is still open.
        log.append(["still ours", client.fileno() >= 0 and os.fstat(client.fileno()).st_ino > 0])
        client.close()
    doorway.close()
    print(json.dumps({"log": log, "turns": turns}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
