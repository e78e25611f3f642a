"""Facts of the versions of the site; part of `AnyFact` (all.py)."""

from __future__ import annotations

from typing import Literal

from gateway.core.facts.base import Fact

SiteChange = Literal["publish", "rollback", "reload", "watch"]


class SiteLoaded(Fact, frozen=True, kw_only=True):
    """Calls from here on run on this version of the site; those that were up stay on theirs. `by`: what brought it
    (`who` published it or rolled back to it), `before`: the version until then, `at_next_start`: settings in it that
    the running box cannot take."""

    version: str
    before: str
    by: SiteChange
    who: str = ""
    note: str = ""
    at_next_start: tuple[str, ...] = ()


class SiteRefused(Fact, frozen=True, kw_only=True):
    """A version could not be taken; nothing has changed. `places` (file:line:column) are where its mistakes are, the
    first twenty of `count`; what they are is in the log."""

    by: SiteChange
    who: str = ""
    version: str = ""
    count: int = 0
    places: tuple[str, ...] = ()


class DraftLoaded(Fact, frozen=True, kw_only=True):
    """Calls to the test number run on this version from here on, as calls to `called`; `version` empty: on none."""

    version: str
    called: str = ""
    who: str = ""
