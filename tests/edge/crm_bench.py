"""A Crm to ask: one question after another, or fed with actions as the pump does it."""

from __future__ import annotations

import asyncio

from gateway.core.actions import LookUp
from gateway.core.service_model import AnswerField, Service
from gateway.edge.crm import Crm
from tests.edge.web import Web

ANSWER = (
    AnswerField(name="status", at=("order", "status"), one_of=("new", "sent")),
    AnswerField(name="days", at=("order", "days"), kind="number"),
    AnswerField(name="total", at=("order", "total"), kind="money", currency="PLN"),
)


def service(web: Web, **more: object) -> Service:
    return Service(**{"name": "orders", "url": web.url, "time_limit_s": 60.0, "answer": ANSWER, **more})


def run(web: Web, *paths: str, tokens: dict | None = None, **more: object) -> list:
    """Ask one path after another with one Crm; its answers."""

    async def main() -> list:
        crm = Crm(lambda _: None)
        asked = service(web, **more)
        crm.load({asked.name: asked}, tokens or {})
        try:
            return [await crm.ask(asked, f"{web.url}/{path}") for path in paths]
        finally:
            await crm.close()

    return asyncio.run(main())


def outcome(web: Web, path: str, **more: object) -> tuple[str, str]:
    ((answer, _, _),) = run(web, path, **more)
    return answer.outcome, answer.reason


class Bench:
    """A Crm on a running loop, fed with actions as the pump does it."""

    def __init__(self) -> None:
        self.reports: asyncio.Queue = asyncio.Queue()
        self.crm = Crm(self.reports.put_nowait, lambda: 1000.0)
        self.asked = 0

    def ask(self, asked: Service, url: str) -> None:
        self.asked += 1
        self.crm.perform(LookUp(leg=f"call{self.asked}", lookup=f"call{self.asked}/1", service=asked, url=url))

    async def report(self):
        return await asyncio.wait_for(self.reports.get(), 30)


def bench(main) -> None:
    async def whole() -> None:
        box = Bench()
        try:
            await main(box)
        finally:
            await box.crm.close()

    asyncio.run(whole())
