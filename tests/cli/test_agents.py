"""What `gateway agents` makes of a running gateway's status; beside a real one: tests/sip/test_box_agent_desk.py."""

from __future__ import annotations

from gateway.cli.agents import HEAD, rows_of


def seen(agent: str, state: str, **more: object) -> dict[str, object]:
    return {
        "agent": agent,
        "state": state,
        "since": 940.0,
        "reason": "",
        "then": "",
        "unanswered": 0,
        "teams": [],
        **more,
    }


def day(answered: int, occupancy: float | None) -> dict[str, object]:
    return {
        "phone": {"answered": answered},
        "times": {"logged_in_s": 7260.0, "paused_s": 90.0, "occupancy": occupancy},
    }


def test_a_row_tells_what_somebody_is_and_how_the_day_was():
    answer = {
        "now": 1000.0,
        "board": {
            "agents": [
                seen("anna", "paused", reason="lunch", teams=["office", "sales"], unanswered=2),
                seen("ewa", "talking", then="logout", reason="line1-7"),
                seen("new", "idle", since=0.0),
            ]
        },
        "agents_today": {"anna": day(4, 0.256), "ewa": day(0, None)},
    }
    anna, ewa, new = (dict(zip(HEAD, row, strict=True)) for row in rows_of(answer))
    assert anna == {
        "agent": "anna",
        "state": "paused",
        "since": "1 min 00 s",
        "reason": "lunch",
        "team": "office, sales",
        "calls today": "4",
        "unanswered": "2",
        "logged in": "2 h 01 min",
        "paused": "1 min 30 s",
        "occupancy": "26 %",
    }
    assert (ewa["state"], ewa["occupancy"]) == ("talking (then logout)", "-")
    assert (new["since"], new["calls today"], new["logged in"], new["occupancy"]) == ("", "", "", "-")
