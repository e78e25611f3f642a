"""The steps that look something up (verb `lookup`): in an HTTP service, or in the site's own list of clients."""

from __future__ import annotations

from typing import ClassVar, Literal

from gateway.core.flow.base import Prompt, Step


class AskService(Step, frozen=True, kw_only=True):
    """Ask the HTTP service `service`; what it answers become the variables `service.name`."""

    VERB: ClassVar[str] = "lookup"
    EXITS: ClassVar[tuple[str, ...]] = ("found", "not_found", "failed")
    WAITS: ClassVar[bool] = False  # it is answered at once when the service is left alone after failures

    service: str
    given: tuple[tuple[str, str], ...] = ()
    """(variable of the address, variable of the flow)."""
    prompt: Prompt | None = None
    """Heard while the service is asked; the answer waits for its end."""
    found: str
    not_found: str
    failed: str


class FindClient(Step, frozen=True, kw_only=True):
    """Find the client who calls by what a variable holds: a telephone number, or a client number."""

    VERB: ClassVar[str] = "lookup"
    EXITS: ClassVar[tuple[str, ...]] = ("found", "not_found")
    WAITS: ClassVar[bool] = False

    by: Literal["number", "client"]
    variable: str
    found: str
    not_found: str
