"""The only door to the compiled extension. Nothing else imports gateway.audio._ext.

`ffi` and `lib` are Any: cffi has no types for what it reads from the headers, so typing is loosened here and
nowhere else. The modules beside this one give their callers types again.
"""

from __future__ import annotations

from typing import Any

from gateway.audio._ext import ffi as _ffi
from gateway.audio._ext import lib as _lib

ffi: Any = _ffi
lib: Any = _lib


def text(pointer: Any) -> str:
    """A C string of ours as text."""
    return str(ffi.string(pointer).decode("utf-8", "replace"))
