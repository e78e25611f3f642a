"""The running box's side of versions: another one is read, checked and made ready while calls go on, and then takes
the place of the old one in a single step; a bad one is refused and changes nothing."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec
from msgspec.structs import replace

from gateway.config.load import read_site
from gateway.config.problems import nearest, render
from gateway.core.facts.site import DraftLoaded, SiteLoaded, SiteRefused
from gateway.core.numbers import mask
from gateway.core.site.directory import Directory
from gateway.edge.control import SiteAsked
from gateway.errors import GatewayError, SiteError
from gateway.versions.changes import at_next_start, effective
from gateway.versions.store import Entry, VersionStore
from gateway.versions.watch import watch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gateway.config.problems import Problem
    from gateway.config.settings import Settings
    from gateway.core.facts.all import AnyFact
    from gateway.core.site.site import Site
    from gateway.versions.start import Started

log = logging.getLogger("gateway.versions")

By = Literal["publish", "rollback", "reload", "watch"]
PLACES_MAX = 20
_NUMBER = re.compile(r"\+?\d{7,}")


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The last version that was not taken, for `gateway status`."""

    at: float
    by: str
    error: str
    problems: tuple[str, ...] = ()


class Box(Protocol):
    """What the keeper needs of the box. `prepare` may take its time and raises GatewayError; `switch` and `draft` are
    done at once, on the event loop, and do not fail."""

    async def prepare(self, settings: Settings) -> None: ...
    def switch(self, settings: Settings, facts: tuple[AnyFact, ...]) -> None: ...
    def draft(self, settings: Settings | None, called: str, facts: tuple[AnyFact, ...]) -> None: ...
    def note(self, fact: AnyFact) -> None: ...
    def older_calls(self) -> int: ...


class Keeper:
    """One at a time: who comes while a version is being taken waits for his turn."""

    def __init__(self, started: Started, store: VersionStore, box: Box, clock: Callable[[], float]) -> None:
        self._store, self._box, self._clock = store, box, clock
        self._sip = started.settings.sip
        self._folder = started.folder
        self.running = started.settings
        self.published = started.published
        self.since = clock()
        self.waiting: tuple[str, ...] = ()
        """Settings of the running version that wait for the next start."""
        self.refused: Refused | None = None
        self._draft: tuple[Settings, str] | None = None
        self._turn = asyncio.Lock()
        self._jobs: set[asyncio.Task[Any]] = set()

    async def ask(self, request: SiteAsked) -> dict[str, Any]:
        """Do it; the answer for the one who asked."""
        match request.do:
            case "publish" | "rollback" as by:
                version = request.version
                return await self._guarded(by, request.who, version, lambda: self._take(version, by, request))
            case "reload":
                return await self.reload("reload", request.who)
            case "draft":
                async with self._turn:
                    return await self._load_draft(request)

    async def reload(self, by: Literal["reload", "watch"], who: str) -> dict[str, Any]:
        """Take what the site's folder holds now."""

        async def read() -> dict[str, Any]:
            found = await asyncio.to_thread(read_site, self._folder)
            version = await asyncio.to_thread(self._store.keep, found.contents)
            return await self._take(version, by, SiteAsked(do="reload", who=who, folder=str(self._folder)))

        return await self._guarded(by, who, "", read)

    def soon(self, by: Literal["reload", "watch"], who: str) -> None:
        """`reload` without waiting for it: what comes of it is in the log, the journal and `gateway status`."""
        job = asyncio.get_running_loop().create_task(self.reload(by, who))
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def watch(self) -> None:
        """Take what changes in the folder, as long as the running version says `reload: watch`."""

        async def changed() -> None:
            await self.reload("watch", "")

        await watch(self._folder, lambda: self.running.reload == "watch", changed)

    def state(self) -> dict[str, Any]:
        """For `gateway status`."""
        entry, draft = self.published, self._draft
        number = self.running.site.draft.number if self.running.site.draft is not None else ""
        return {
            "since": self.since,
            "published": msgspec.to_builtins(entry) if entry is not None else None,
            "older_calls": self._box.older_calls(),
            "at_next_start": list(self.waiting),
            "refused": msgspec.to_builtins(self.refused) if self.refused is not None else None,
            "draft": {"version": draft[0].site.version, "called": draft[1], "number": number} if draft else None,
        }

    async def _guarded(
        self, by: By, who: str, version: str, work: Callable[[], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        async with self._turn:
            try:
                return await work()
            except SiteError as error:
                return self._refuse(by, who, version, str(error), error.problems)
            except GatewayError as error:
                return self._refuse(by, who, version, str(error), ())

    async def _take(self, version: str, by: By, request: SiteAsked) -> dict[str, Any]:
        """Raises GatewayError; nothing is changed then."""
        before = self.running
        new, waiting = await self._ready(version)
        entry = Entry(
            version=version, how=by, who=request.who, at=time.time(), note=request.note, folder=request.folder
        )
        publishes = by in {"publish", "rollback"} or self.published is not None
        same = new == before
        if publishes and not (same and by in {"reload", "watch"}):
            await asyncio.to_thread(self._store.publish, entry)
            self.published = entry
        elif not same and version != before.site.version:
            await asyncio.to_thread(self._store.note, entry)
        if not same:
            self.waiting = waiting
            self._switch(new, by, request)
        self.refused = None
        return {
            "ok": True,
            "version": version,
            "before": before.site.version,
            "changed": not same,
            "older_calls": self._box.older_calls(),
            "at_next_start": list(self.waiting),
        }

    async def _ready(self, version: str) -> tuple[Settings, tuple[str, ...]]:
        """The version as this box can run it, every clip made; and what of it waits for the next start."""
        found = await asyncio.to_thread(self._store.read, version, secrets=self._folder)
        new = replace(effective(self._sip, found.settings), folder=self.running.folder)
        await self._box.prepare(new)
        return new, at_next_start(self._sip, found.settings.sip)

    def _switch(self, new: Settings, by: By, request: SiteAsked) -> None:
        before, self.running = self.running, new
        self.since = self._clock()
        loaded = SiteLoaded(
            at=self.since,
            version=new.site.version,
            before=before.site.version,
            by=by,
            who=request.who,
            note=request.note,
            at_next_start=self.waiting,
        )
        self._box.switch(new, (loaded,))
        if self._draft is not None:  # whom it may ring may be others now
            self._box.draft(*self._draft, ())
        log.info("version %s runs (%s%s)", new.site.version, by, f" by {request.who}" if request.who else "")
        for line in self.waiting:
            log.warning("takes effect at the next start: %s", line)

    def _refuse(self, by: By, who: str, version: str, error: str, problems: tuple[Problem, ...]) -> dict[str, Any]:
        places = [f"{problem.file}:{problem.line}:{problem.column}" for problem in problems]
        said = tuple(f"{place}: {problem.message}" for place, problem in zip(places, problems, strict=True))
        now = self._clock()
        self.refused = Refused(at=now, by=by, error=error, problems=said[:PLACES_MAX])
        self._box.note(
            SiteRefused(at=now, by=by, who=who, version=version, count=len(problems), places=tuple(places[:PLACES_MAX]))
        )
        running = self.running.site.version
        log.error("a new version is refused (%s), %s goes on: %s", by, running, error)
        for line in said[:PLACES_MAX]:
            log.error("  %s", _NUMBER.sub(lambda found: mask(found[0]), line))
        return {"ok": False, "error": error, "problems": render(problems, colour=False) if problems else ""}

    async def _load_draft(self, request: SiteAsked) -> dict[str, Any]:
        site = self.running.site
        try:
            if not request.version:
                self._draft = None
                self._box.draft(None, "", (DraftLoaded(at=self._clock(), version="", who=request.who),))
                return {"ok": True, "version": "", "number": site.draft.number if site.draft else ""}
            if site.draft is None:
                return {"ok": False, "error": _NO_TEST_NUMBER}
            found = (await asyncio.to_thread(self._store.read, request.version, secrets=self._folder)).settings
            called, problem = _number(found.site, request.called)
            if problem:
                return {"ok": False, "error": problem}
            await self._box.prepare(found)
        except SiteError as error:
            return {"ok": False, "error": str(error), "problems": render(error.problems, colour=False)}
        except GatewayError as error:
            return {"ok": False, "error": str(error)}
        self._draft = (found, called)
        fact = DraftLoaded(at=self._clock(), version=found.site.version, called=called, who=request.who)
        self._box.draft(found, called, (fact,))
        return {
            "ok": True,
            "version": found.site.version,
            "number": site.draft.number,
            "called": called,
            "flow": found.site.numbers[called],
            "rings": list(site.draft.rings),
        }


_NO_TEST_NUMBER = (
    'the version that runs has no test number: put `draft: {number: "9999"}` into its gateway.yaml and publish it'
)


def _number(site: Site, text: str) -> tuple[str, str]:
    """(the number as which the draft is tried, "") or ("", why not)."""
    if not text:
        return next(iter(site.numbers)), ""
    found = Directory(site).dialled("".join(text.split()))
    if found is not None:
        return found[0], ""
    near = nearest(text, tuple(site.numbers))
    hint = f"did you mean {near}?" if near else f"it has {', '.join(site.numbers)}"
    return "", f"the draft has no number {text}; {hint}"
