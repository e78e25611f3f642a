"""BYE for the far ends of a line process that died: they heard nothing of it and still talk into the void."""

from __future__ import annotations

import logging

from gateway.core.events import LegDialog
from gateway.line.capi import PjLibrary
from gateway.line.headers import is_uri, one_line

log = logging.getLogger(__name__)

_CSEQ_STEP = 100
"""Requests that the dead process may have sent in the dialogue since its CSeq was told."""


class Byes:
    """Sends them and logs how they were answered. PJSIP repeats each until it is answered or 6 s are over."""

    def __init__(self, library: PjLibrary) -> None:
        self._library = library

    def end(self, dialogs: tuple[LegDialog, ...]) -> tuple[tuple[str, str], ...]:
        """Say BYE for each. Returns (leg, what is wrong) of those that could not be sent."""
        failed = []
        for dialog in dialogs:
            problem = self._end_one(dialog)
            if problem:
                log.warning("no BYE for the orphan leg %s: %s", dialog.leg, problem)
                failed.append((dialog.leg, problem))
            else:
                log.info("BYE sent for the orphan leg %s", dialog.leg)
        return tuple(failed)

    def _end_one(self, dialog: LegDialog) -> str:
        uris = (dialog.target, dialog.local_uri, dialog.remote_uri)
        if not all(is_uri(uri) for uri in uris):
            return "its addresses are no SIP URIs"
        tags = [one_line(tag, 200) for tag in (dialog.local_tag, dialog.remote_tag)]
        if not dialog.sip_call_id or any(set(tag) & set(' ;,<>"') for tag in tags):
            return "its Call-ID or tags are unusable"
        return self._library.send_bye(
            target=dialog.target,
            from_=_tagged(dialog.local_uri, tags[0]),
            to=_tagged(dialog.remote_uri, tags[1]),
            call_id=one_line(dialog.sip_call_id, 256),
            cseq=dialog.cseq + _CSEQ_STEP,
            route=tuple(one_line(entry, 512) for entry in dialog.route),
            done=lambda answer: _answered(dialog.leg, answer),
        )


def _answered(leg: str, answer: str) -> None:
    log.info("the BYE of the orphan leg %s: %s", leg, answer or "no answer")


def _tagged(uri: str, tag: str) -> str:
    return f"<{uri}>;tag={tag}" if tag else f"<{uri}>"
