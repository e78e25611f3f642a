"""`gateway doctor` asks each HTTP service once, with "0" for every variable: whether it answers, and whether what it
says can be understood. Nothing can be told beforehand of the answer to a real question."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, NamedTuple

from gateway.core.steps.services import address
from gateway.edge.crm import Crm

if TYPE_CHECKING:
    from gateway.config.settings import Settings
    from gateway.core.service_model import LookupReason, Service
    from gateway.core.steps.services import Answer

MADE_UP = "0"
_REMEDIES: dict[LookupReason, str] = {
    "timed_out": "callers will hear the way for a failure; look whether the service runs, or is slow",
    "unreachable": "look whether the service runs and whether its address in gateway.yaml is right",
    "tls": "a certificate of your own authority is named with `ca_file:`",
    "refused": "give it a token that it accepts: `token_file:` and, if it wants a header of its own, `token_header:`",
    "redirect": "write the address that it sends us to into gateway.yaml; the gateway does not follow",
    "status": "look into the service's own log",
    "too_large": "the address should ask for one thing, not for a list of everything",
}
_WRONG: frozenset[LookupReason] = frozenset({"not_json", "wrong_answer"})


class Asked(NamedTuple):
    """What came of one service."""

    level: Literal["good", "note", "bad"]
    found: str
    remedy: str = ""


def ask_services(settings: Settings) -> dict[str, Asked]:
    """Every service of the site, by name, in its order. Takes at most their time limits together."""
    return asyncio.run(_ask(settings)) if settings.site.services else {}


async def _ask(settings: Settings) -> dict[str, Asked]:
    crm = Crm(lambda _: None)
    services = settings.site.services
    crm.load(services, settings.tokens)
    hosts = {state.service: state.host for state in crm.state()}
    told = {}
    try:
        for name, service in services.items():
            url = address(service, dict.fromkeys(service.asks, MADE_UP))
            answer, _, took_ms = await crm.ask(service, url)
            told[name] = _judged(service, answer, hosts[name], took_ms)
    finally:
        await crm.close()
    return told


def _judged(service: Service, answer: Answer, host: str, took_ms: int) -> Asked:
    where = f"{service.name} ({host})"
    if answer.outcome != "failed":
        what = "found" if answer.outcome == "found" else "no such entry"
        return Asked("good", f"{where} answers in {took_ms} ms: {what}")
    if answer.reason in _WRONG:
        remedy = "compare `answer:` in gateway.yaml with what the service sends" if service.asks == () else ""
        level: Literal["note", "bad"] = "note" if service.asks else "bad"
        asked = f" (asked with {MADE_UP} for {', '.join(service.asks)})" if service.asks else ""
        return Asked(level, f"{where} answers in {took_ms} ms, but not as declared{asked}: {answer.detail}", remedy)
    if answer.reason == "status" and service.asks and answer.status < 500:
        asked = f"{MADE_UP} for {', '.join(service.asks)}"
        return Asked("note", f"{where} answers in {took_ms} ms with status {answer.status}, asked with {asked}")
    return Asked("bad", f"{where}: {answer.reason}: {answer.detail}", _REMEDIES.get(answer.reason, ""))
