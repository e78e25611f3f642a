"""What a running box takes at once, what waits, and how versions differ."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.config.load import load_site
from gateway.config.settings import SipSettings
from gateway.errors import SettingError, SiteError
from gateway.versions import commands
from gateway.versions.changes import at_next_start, effective
from gateway.versions.compare import differences
from gateway.versions.start import begin, note, told
from gateway.versions.store import VersionStore
from tests.versions.folders import FLOW, GATEWAY, make


def test_every_setting_of_sip_is_taken_at_once_or_told_to_wait() -> None:
    """None is silently ignored: a setting that is added must be put on one side."""
    running = SipSettings()
    others = {
        "bind": "127.0.0.1", "port": 5070, "tcp": False, "public_address": "192.0.2.1", "rtp_port": 6000,
        "rtp_ports": 500, "lines": 2, "codecs": ("PCMA/8000",), "callers_max": 7,
    }  # fmt: skip
    assert set(others) == set(SipSettings.__struct_fields__)
    for name, value in others.items():
        waits = at_next_start(running, replace(running, **{name: value}))
        assert bool(waits) == (name != "callers_max"), name
        assert all(line.startswith("sip: ") and " -> " in line for line in waits)


def test_a_running_box_keeps_its_sockets(tmp_path: Path) -> None:
    settings = load_site(make(tmp_path, gateway=GATEWAY.replace("port: 5999", "port: 6001, callers_max: 3")))
    made = effective(SipSettings(port=5999), settings)
    assert (made.sip.port, made.sip.callers_max) == (5999, 3)
    assert made.site is settings.site


def test_texts_are_compared_by_line_and_others_are_named() -> None:
    before = {"a.yaml": b"one\ntwo\n", "b.wav": b"\xff\xfe1", "gone.csv": b"x\n", "same": b"s"}
    after = {"a.yaml": b"one\nthree\n", "b.wav": b"\xff\xfe2", "new.yaml": b"n\n", "same": b"s"}
    shown = list(differences(before, after))
    assert "-two" in shown
    assert "+three" in shown
    assert "b.wav: another one, 3 bytes" in shown
    assert "--- a/gone.csv" in shown
    assert "+++ /dev/null" in shown
    assert "+n" in shown
    assert not any("same" in line for line in shown)


def begun(folder: Path, state: Path):
    """As `gateway run` does it."""
    started = begin(folder, state)
    note(started, state)
    return started


def test_a_box_begins_with_the_folder_until_something_was_published(tmp_path: Path, capsys) -> None:
    folder, state = make(tmp_path / "site"), tmp_path / "state"
    first = begun(folder, state)
    assert (first.published, first.kept) == (None, True)
    assert first.settings.folder == str(folder)
    assert "read anew at each start" in "\n".join(told(first))
    make(folder, flow=FLOW.replace("Hello", "Good day"))
    second = begun(folder, state)
    assert second.settings.site.version != first.settings.site.version
    assert begun(folder, state).settings.site.version == second.settings.site.version
    assert [entry.how for entry in VersionStore(state).log()] == ["start", "start"], "the same again is not noted"
    assert commands.publish(folder, state, note="good day", who="ola", test=False) == 0
    make(folder)
    third = begun(folder, state)
    assert third.settings.site.version == second.settings.site.version
    assert "by ola: good day." in "\n".join(told(third))
    assert "is NOT used" in "\n".join(told(third))
    make(folder, flow="steps: [")
    assert "mistake" in "\n".join(told(begin(folder, state)))
    assert "the next `gateway run` begins with it" in capsys.readouterr().out


def test_recordings_and_clips_of_a_version_come_from_where_it_is_kept(tmp_path: Path) -> None:
    """Nobody can change them between the check and the making of the clips."""
    import wave

    folder = make(tmp_path / "site", flow=FLOW.replace('say: "Hello."', "say: hello.wav"))
    (folder / "prompts").mkdir()
    with wave.open(str(folder / "prompts" / "hello.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\x00\x10\x00\xf0" * 4000)
    started = begin(folder, tmp_path / "state")
    (source,) = [clip for clip in started.settings.clips if clip.recording.endswith("hello.wav")]
    assert Path(source.recording).is_relative_to(tmp_path / "state" / "versions")


def test_a_version_is_found_by_its_first_letters(tmp_path: Path) -> None:
    folder, state = make(tmp_path / "site"), tmp_path / "state"
    for number in range(2):
        make(folder, flow=FLOW + f"# {number}\n")
        commands.publish(folder, state, note="", who="ola", test=False)
    store = VersionStore(state)
    one, two = store.versions()
    assert commands.find(store, one[:10].upper()) == one
    with pytest.raises(SettingError, match="could be"):
        commands.find(store, "")
    with pytest.raises(SettingError, match=f"did you mean {two}"):
        commands.find(store, two[:-1] + ("0" if two[-1] != "0" else "1"))


def test_there_is_nothing_to_go_back_to(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="no version to go back to"):
        commands.rollback("", tmp_path / "state", note="", who="ola")


def test_a_wrong_folder_is_published_by_nobody(tmp_path: Path) -> None:
    folder = make(tmp_path / "site", flow=FLOW.replace("then: office", "then: offcie"))
    with pytest.raises(SiteError):
        commands.publish(folder, tmp_path / "state", note="", who="ola", test=True)
    assert VersionStore(tmp_path / "state").versions() == ()


def test_the_list_tells_who_and_why_and_marks_what_begins(tmp_path: Path, capsys) -> None:
    folder, state = make(tmp_path / "site"), tmp_path / "state"
    commands.versions(state, everything=False, as_json=False)
    assert "no version is kept" in capsys.readouterr().out
    for number in range(25):
        make(folder, flow=FLOW + f"# {number}\n")
        commands.publish(folder, state, note=f"change {number}", who="ola", test=False)
    capsys.readouterr()
    commands.versions(state, everything=False, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("* ")
    assert lines[0].endswith("change 24")
    assert "... and 5 before; --all shows them" in lines[20]
    commands.versions(state, everything=True, as_json=False)
    assert "change 0" in capsys.readouterr().out


def test_the_folder_is_compared_that_the_version_came_from(tmp_path: Path, capsys) -> None:
    folder, state = make(tmp_path / "site"), tmp_path / "state"
    commands.publish(folder, state, note="", who="ola", test=False)
    make(folder, flow=FLOW.replace("Goodbye", "See you"))
    capsys.readouterr()

    def elsewhere(given: Path | None) -> Path:
        return given or make(tmp_path / "elsewhere")

    (version,) = VersionStore(state).versions()
    commands.compare(version, commands.FOLDER, None, state, elsewhere)
    assert "See you" in capsys.readouterr().out
    commands.compare(version, commands.FOLDER, tmp_path / "elsewhere", state, lambda given: make(given or tmp_path))
    assert capsys.readouterr().out == "no difference\n"


def test_a_version_whose_calls_fail_says_how_to_go_on(tmp_path: Path, capsys) -> None:
    folder, state = make(tmp_path / "site"), tmp_path / "state"
    calls = "flow: main\ncalls:\n  one:\n    from: withheld\n    expect: {path: [bye]}\n"
    (folder / "flows/main.calls.yaml").write_text(calls)
    assert commands.publish(folder, state, note="", who="ola", test=True) == 1
    told = capsys.readouterr().err
    assert "flows/main.calls.yaml: one" in told
    assert told.endswith("`--no-test` publishes without trying the calls\n")
    assert VersionStore(state).current() is None
