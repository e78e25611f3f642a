"""Binding to the running PJSIP: the real one is taken, and each kind of stranger is refused by what is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# In a process of its own: a binding, once made, stays.
TRY = """
import ctypes, sys
from gateway.audio import tap
from gateway.errors import NativeError
try:
    library = ctypes.CDLL(sys.argv[1]) if sys.argv[2] == "load" else None
    print("bound", tap.bind(sys.argv[1]))
except NativeError as error:
    print("refused", error)
try:
    tap.connect(0, 1)
except NativeError as error:
    print(error)
"""


def attempt(library: Path | str, load: str = "load") -> str:
    run = subprocess.run(
        [sys.executable, "-c", TRY, str(library), load], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def stranger(tmp_path: Path, *defines: str) -> Path:
    library = tmp_path / "stranger.so"
    flags = ["-std=c11", "-O1", "-fPIC", "-shared", *(f"-D{define}" for define in defines)]
    subprocess.run(["gcc", *flags, HERE / "fake_pj.c", "-o", library], check=True)
    return library


def test_the_installed_pjsua2_is_bound_and_counts_its_legs():
    code = """
import os
import pjsua2 as pj
from pjsua2 import _pjsua2
from gateway.audio import tap
endpoint, config = pj.Endpoint(), pj.EpConfig()
endpoint.libCreate()
config.logConfig.level = config.logConfig.consoleLevel = 0
config.uaConfig.maxCalls = 100000
endpoint.libInit(config)
print("answers:", tap.bind(_pjsua2.__file__), tap.bind(_pjsua2.__file__), tap.legs_max(), flush=True)
os._exit(0)
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    first, second, legs = run.stdout.rpartition("answers: ")[2].split()
    assert first == second
    assert first.startswith("2.15")
    assert 1 <= int(legs) < 100000  # what the build can do, not what was wished for


def test_before_the_endpoint_is_up_a_tap_has_no_slot():
    code = """
from pjsua2 import _pjsua2
from gateway.audio import tap
from gateway.errors import NativeError
def asked():
    try:
        leg.slot
    except NativeError as error:
        print(error)
leg = tap.Tap("leg")
asked()
tap.bind(_pjsua2.__file__)
asked()
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "tap leg: the native core is not bound to a running pjsua2 endpoint\n" * 2


def test_the_stand_in_is_bound_when_nothing_is_wrong_with_it(tmp_path):
    # Without this the refusals below could come from the stand-in itself.
    assert attempt(stranger(tmp_path)).startswith("bound 2.15.1\n")


@pytest.mark.parametrize(
    ("defines", "found"),
    [
        (['VERSION="2.14.1"'], "it is PJSIP 2.14.1, and the native core knows 2.15"),
        (['VERSION="2.16"'], "it is PJSIP 2.16, and the native core knows 2.15"),
        (['VERSION="2.150"'], "it is PJSIP 2.150, and the native core knows 2.15"),
        (["NO_CONNECT"], "it does not export pjsua_conf_connect"),
        (["MOVED_RATE"], "pjmedia_port_info: a clock rate of 8000 reads back as 0"),
        (["FAT_INFO"], "pjmedia_port_info is larger than the 64 bytes of 2.15"),
        (["NO_GRP_LOCK"], "pjmedia_port: get_clock_src is not where 2.15 has it"),
        (["SWAPPED"], "pjmedia_port: put_frame is not where 2.15 has it"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_another_version_or_layout_is_refused_with_what_was_found(tmp_path, defines, found):
    library = stranger(tmp_path, *defines)
    refused, unbound = attempt(library).splitlines()
    assert refused == (
        f"refused pjsua2 at {library} cannot carry the native core: {found}; "
        "install pjsua2-python 2.15.1 (or another build of PJSIP 2.15 with its C functions exported)"
    )
    # A refused library is not half bound.
    assert unbound.endswith("not bound to a running pjsua2 endpoint")


@pytest.mark.parametrize("version", ["2.15", "2.15-dev", "2.15.2"])
def test_the_whole_family_is_taken(tmp_path, version):
    assert attempt(stranger(tmp_path, f'VERSION="{version}"')).startswith(f"bound {version}\n")


def test_a_library_that_is_not_loaded_is_not_loaded_by_binding(tmp_path):
    library = stranger(tmp_path)
    assert attempt(library, "leave").splitlines()[0] == (
        f"refused pjsua2: {library} is not loaded in this process; import pjsua2 before binding"
    )
