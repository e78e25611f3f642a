"""What can happen to a file between an admin's keyboard and the box: slips, bad copies, and malice."""

from __future__ import annotations

import random

HOSTILE = (
    # what copies and editors leave behind
    b"\x00", b"\xff\xfe", b"\xc3(", b"\xef\xbb\xbf", b"\r", b"\x1b[2J", b"\t", b"\xf0\x9f\x92\xa5",
    *(text.encode() for text in ("\u202e", "\u200b", "\u2028", "\u00a0", "e\u0301", "\u0130\u0131\ufb01")),
    *(text.encode() for text in ("\uff10\uff11", "\u0661\u0662\u0663")),
    # YAML
    b"*a", b"&a ", b"!!python/object:os.system ", b"<<: *a", b"- " * 50, b"[" * 60, b"{" * 60, b"{a: " * 60, b'"', b"'",
    b"|", b">", b"---\n", b"...\n", b"%YAML 9.9\n", b"? ", b": ", b" #", b"no", b"0123", b"12:30:45", b"~", b"null",
    # numbers and lengths
    b"9" * 400, b"-1", b"1e999", b"0x7fffffffffffffff", b".inf", b".nan", b"1e-400", b"99999999999999999999 h",
    # texts, conditions, names
    b"{" + b"a" * 300 + b"}", b"{manager as money PLN}", b"{x as }", b"{}", b"{{}}", b"${HOME}", b"$(id)",
    b"../../x.wav", b"a" * 5000, b"not " * 500, b"(" * 500, b"a == b or " * 300, b"=",
)  # fmt: skip


def mutated(data: bytes, rng: random.Random) -> bytes:
    """One to four changes of a file, of any kind."""
    for _ in range(rng.randint(1, 4)):
        data = rng.choice(CHANGES)(data, rng)
    return data


def _flip(data: bytes, rng: random.Random) -> bytes:
    if not data:
        return b"\x00"
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def _swap_lines(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _repeat_line(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    return b"\n".join([*lines[:at], *[lines[at]] * rng.choice((2, 3, 300)), *lines[at + 1 :]])


def _drop_line(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    del lines[rng.randrange(len(lines))]
    return b"\n".join(lines)


def _indent(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    lines[at] = rng.choice((b" " + lines[at], b"\t" + lines[at], lines[at].lstrip(), b" " * 2000 + lines[at]))
    return b"\n".join(lines)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _insert(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(HOSTILE) + data[at:]


def _replace_word(data: bytes, rng: random.Random) -> bytes:
    """A word of the file, or a hostile one, in place of another word."""
    words = data.split()
    if not words:
        return data
    old, new = rng.choice(words), rng.choice([*words, *HOSTILE])
    at = data.find(old, rng.randrange(len(data)))
    return data if at < 0 else data[:at] + new + data[at + len(old) :]


def _swap_values(data: bytes, rng: random.Random) -> bytes:
    """The values of two lines exchanged."""
    lines = data.split(b"\n")
    with_value = [at for at, line in enumerate(lines) if b": " in line]
    if len(with_value) < 2:
        return data
    one, other = rng.sample(with_value, 2)
    (a, b), (c, d) = lines[one].split(b": ", 1), lines[other].split(b": ", 1)
    lines[one], lines[other] = a + b": " + d, c + b": " + b
    return b"\n".join(lines)


CHANGES = (
    _flip, _swap_lines, _repeat_line, _drop_line, _indent, _cut, _insert, _insert, _replace_word, _replace_word,
    _replace_word, _swap_values,
)  # fmt: skip
