"""A web server on loopback that does to its visitors whatever a server can do: raw sockets, so that nothing of it is
kept within the rules. What was asked is in `heads`."""

from __future__ import annotations

import contextlib
import gzip
import json
import shutil
import socket
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Self

GOOD = {"order": {"status": "sent", "days": 2, "total": 12.5}}


def reply(body: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    """A whole HTTP answer."""
    size = len(body) if length is None else length
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {size}", "Content-Type: application/json", *headers))
    return head.encode() + b"\r\n\r\n" + body


class Web:
    """Listens while its `with` block runs. The last word of the path says what it does (`_do`)."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self.port}"
        self.heads: list[str] = []
        self.body: bytes = json.dumps(GOOD).encode()
        """What `body` answers with."""
        self.connections = 0
        self.at_once = 0
        self.most_at_once = 0
        self.over = threading.Event()
        """Ends whatever hangs or drips."""
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.stop()

    def stop(self) -> None:
        """Listen no more: the next visitor is refused."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                visitor, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(visitor,), daemon=True).start()

    def _serve(self, visitor: socket.socket) -> None:
        with contextlib.suppress(OSError), visitor:
            link = self._context.wrap_socket(visitor, server_side=True) if self._context else visitor
            with link:
                answered = 0
                while head := self._head(link):
                    with self._lock:
                        self.heads.append(head)
                        self.at_once += 1
                        self.most_at_once = max(self.at_once, self.most_at_once)
                    try:
                        what = head.split(" ", 2)[1].partition("?")[0].rpartition("/")[2]
                        if not self._do(link, what, answered):
                            return
                    finally:
                        with self._lock:
                            self.at_once -= 1
                    answered += 1

    @staticmethod
    def _head(link: socket.socket) -> str:
        data = b""
        while b"\r\n\r\n" not in data:
            more = link.recv(4096)
            if not more:
                return ""
            data += more
        return data.decode()

    def _do(self, link: socket.socket, what: str, answered: int) -> bool:
        """Answer; whether the connection is kept."""
        match what:
            case "body":
                link.sendall(reply(self.body))
                return True
            case "once":  # kept, they think, but the second question on a connection gets no answer
                if answered:
                    return False
                link.sendall(reply(self.body))
                return True
            case "waits":
                self.over.wait(0.2)
                link.sendall(reply(self.body))
                return True
            case "hang":
                self.over.wait(30)
            case "drip":
                link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not self.over.wait(0.02):
                    link.sendall(b" ")
            case "drip_head":
                while not self.over.wait(0.02):
                    link.sendall(b"H")
            case "endless":
                link.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while not self.over.is_set():
                    link.sendall(b"[" * 65536)
            case "endless_head":
                link.sendall(b"HTTP/1.1 200 OK\r\n")
                while not self.over.is_set():
                    link.sendall(b"X-Y: " + b"z" * 1000 + b"\r\n")
            case "continue":
                while not self.over.wait(0.001):
                    link.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)
            case "close":
                pass
            case "half":
                link.sendall(reply(self.body, length=len(self.body) + 10))
            case "packed":
                link.sendall(reply(gzip.compress(b"[" * 10_000_000), "200 OK", "Content-Encoding: gzip"))
            case "no_http":
                link.sendall(b"220 mail.example ESMTP\r\n" * 20)
            case "bad_length":
                link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}")
            case "bad_chunks":
                link.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n")
            case "cookie":
                link.sendall(reply(self.body, "200 OK", "Set-Cookie: id=1; Path=/"))
                return True
            case "redirect":
                link.sendall(reply(b"", "302 Found", f"Location: {self.url}/body"))
            case _:
                link.sendall(reply(b"{}", f"{what} Something"))
                return True
        return False


def certificate(folder: Path) -> Path | None:
    """A self-signed certificate of 127.0.0.1 with its key, in one PEM file; None where openssl is not installed."""
    if shutil.which("openssl") is None:
        return None
    pem, key = folder / "web.pem", folder / "web.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(pem)],
        check=True, capture_output=True,
    )  # fmt: skip
    return pem
