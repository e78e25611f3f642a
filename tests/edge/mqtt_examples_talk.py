"""Made-up facts of callers who are handed on, for the examples of docs/mqtt.md."""

from __future__ import annotations

from gateway.core.facts.all import AnyFact
from gateway.core.facts.talk import (
    CodeRefused,
    Conferenced,
    Consulted,
    Parked,
    TransferAsked,
    TransferDone,
    TransferFailed,
    Unparked,
)

T = 1_795_420_800.0


def handed_on() -> list[AnyFact]:
    """Anna asks Piotr, who is busy, then Marek, who takes the caller and parks him."""
    call = "line1-6f1c2a-51"
    to = {"target": "agent", "to": "marek"}
    return [
        TransferFailed(
            at=T + 200, call=call, agent="anna", how="blind", target="agent", to="piotr", reason="busy", then="stays"
        ),
        TransferAsked(at=T + 210, call=call, agent="anna", how="consult", via="code", **to),
        Conferenced(at=T + 232, call=call, agent="anna", other="marek"),
        Consulted(at=T + 260, call=call, agent="marek", by="anna", talk_s=43.5, outcome="transferred"),
        TransferDone(at=T + 260, call=call, agent="anna", how="consult", answered_by="marek", after_s=50.0, **to),
        CodeRefused(at=T + 270, call=call, agent="marek", code="*4", reason="nobody_consulted"),
        Parked(at=T + 280, call=call, agent="marek", slot="1"),
        Unparked(at=T + 311, call=call, slot="1", how="taken", agent="piotr", parked_s=31.0),
    ]
