"""The only door to pjsua2. Nothing else in the program imports it.

The package has no types, so what comes through here is Any; the modules that use it give it names.
"""

from __future__ import annotations

import sys
from typing import Any

import pjsua2

from gateway.errors import NativeError

pj: Any = pjsua2
Call: Any = pjsua2.Call
Account: Any = pjsua2.Account
Endpoint: Any = pjsua2.Endpoint
LogWriter: Any = pjsua2.LogWriter
Error: type[Exception] = pjsua2.Error


def library_file() -> str:
    """Path of the shared object that holds the running PJSIP.

    Raises NativeError when the module was built in a way that hides it (linked into the interpreter).
    """
    for name, module in sys.modules.items():
        if name.rpartition(".")[2] == "_pjsua2" and getattr(module, "__file__", None):
            return str(module.__file__)
    raise NativeError("pjsua2 is loaded, but not from a shared object of its own: use a build with _pjsua2*.so")


def why(error: Exception) -> str:
    """One line about a pj.Error (its str() is a multi-line dump with source lines of PJSIP)."""
    reason = getattr(error, "reason", "") or str(error)
    return " ".join(str(reason).split())
