"""The ring against a deque, also where its 32-bit counters wrap. Its threads are tested in test_sanitize.py."""

from __future__ import annotations

import collections
import ctypes
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

HERE = Path(__file__).resolve().parent
NATIVE = HERE.parents[1] / "native"


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    """The ring's functions, compiled for this test."""
    library = tmp_path_factory.mktemp("ring") / "ring.so"
    flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-fPIC", "-shared", f"-I{NATIVE}"]
    subprocess.run(["gcc", *flags, HERE / "sanitize" / "ring_door.c", "-o", library], check=True)
    door = ctypes.CDLL(str(library))
    door.ring_new.restype = ctypes.c_void_p
    door.ring_new.argtypes = [ctypes.c_uint32] * 3
    door.ring_push.argtypes = door.ring_pop.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    door.ring_free.argtypes = door.ring_room.argtypes = door.ring_waiting.argtypes = [ctypes.c_void_p]
    door.ring_room.restype = door.ring_waiting.restype = ctypes.c_uint32
    return door


@given(
    capacity=st.sampled_from([1, 2, 8, 64]),
    slot_size=st.integers(1, 40),
    counter=st.one_of(st.just(0), st.integers(2**32 - 70, 2**32 - 1), st.integers(0, 2**32 - 1)),
    pushes=st.lists(st.booleans(), max_size=300),
)
def test_it_behaves_like_a_bounded_deque(ring, capacity, slot_size, counter, pushes):
    made = ring.ring_new(slot_size, capacity, counter)
    model: collections.deque[bytes] = collections.deque()
    slot = ctypes.create_string_buffer(slot_size)
    for i, push in enumerate(pushes):
        if push:
            value = bytes((i + k) % 256 for k in range(slot_size))
            taken = ring.ring_push(made, value)
            assert taken == (len(model) < capacity)
            if taken:
                model.append(value)
        else:
            given_out = ring.ring_pop(made, slot)
            assert given_out == (len(model) > 0)
            if given_out:
                assert slot.raw == model.popleft()
        assert ring.ring_waiting(made) == len(model)
        assert ring.ring_room(made) == capacity - len(model)
    ring.ring_free(made)
