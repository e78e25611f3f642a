"""The garbage collector's pauses in the control process: what is there when it starts is not looked through again.

Libraries, site and tables live as long as the process, and a full collection would walk through all of them, in the
midst of calls. The thresholds stay as they are: a full collection comes only when what has lived on has grown by a
quarter, and a later one would be longer. A call and its parts hold each other: without any they would never be freed.
"""

from __future__ import annotations

import gc


def settle() -> None:
    """Everything is loaded and no call is up: from here on only what comes later is looked through."""
    gc.collect()
    gc.freeze()
