"""The control process and a system clock that is set while it runs."""

from __future__ import annotations

import pytest

from gateway.app import CLOCK_STEP_S, App
from gateway.box.state_folder import prepare_state
from gateway.clock import SteadyClock
from gateway.config.load import load_site
from gateway.core.events import CallOffered, LineUp
from gateway.core.hours.override import OverrideRequest
from tests.sip.harness import ROOT

HOUR_S = 3600.0


class LateClock(SteadyClock):
    """Of a box that began with a clock an hour behind."""

    def __init__(self) -> None:
        super().__init__()
        self._offset -= HOUR_S


@pytest.fixture
def app(tmp_path):
    settings = load_site(ROOT / "firmware_config" / "site.example")
    lock = prepare_state(tmp_path)
    made = App(settings, tmp_path, LateClock())
    yield made
    made.figures.close()
    made.journal.close()
    lock.close()


def test_what_is_said_by_hand_counts_from_the_right_time(app):
    assert app.clock.step_s() > CLOCK_STEP_S
    event = app.doors.hours("office", OverrideRequest(to="closed", until="2h"), by="cli")
    assert app.clock.step_s() < CLOCK_STEP_S
    assert event.until == pytest.approx(app.clock() + 2 * HOUR_S, abs=60)


def test_the_clock_is_not_followed_while_a_call_is_up(app):
    now = app.clock()
    line = LineUp(line="line1", boot="b", legs_max=4, callers_max=2, codecs=(), listening=())
    app.board.receive(line, now=now)
    app.board.receive(CallOffered(line="line1", leg="line1-b-1", caller="", called="1004"), now=now)
    assert app.board.view().calls
    app.now()
    assert app.clock.step_s() > CLOCK_STEP_S
