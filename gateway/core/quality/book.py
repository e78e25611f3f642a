"""The samples and what has become of them: a fold over facts, live and from the journal alike.

`gateway quality` folds the same facts by the same class, so what it lists is what the box knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from gateway.core.facts.desk import RecordingDeleted, TaskClosed
from gateway.core.facts.quality import QualitySampled, QualityScored

if TYPE_CHECKING:
    from gateway.core.facts.all import AnyFact


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A talk that was drawn. `withdrawn`: its task was cancelled, by a person or because the sound is no more."""

    sampled: QualitySampled
    scored: QualityScored | None = None
    withdrawn: bool = False
    deleted: bool = False
    """The recording, or a part of it, was kept long enough."""

    @property
    def open(self) -> bool:
        """Whether it waits for its score."""
        return self.scored is None and not self.withdrawn


class QualityBook:
    """All samples of the journal, by recording, in the order in which they were drawn."""

    def __init__(self) -> None:
        self.by_recording: dict[str, Sample] = {}
        self._of_task: dict[str, str] = {}
        self._of_file: dict[str, str] = {}

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        match fact:
            case QualitySampled():
                self.by_recording[fact.recording] = Sample(sampled=fact)
                self._of_task[fact.task] = fact.recording
                self._of_file |= dict.fromkeys(fact.files, fact.recording)
            case QualityScored():
                self._change(fact.recording, scored=fact)
            case TaskClosed(result="cancelled"):
                self._change(self._of_task.get(fact.task, ""), withdrawn=True)
            case RecordingDeleted():
                self._change(self._of_file.get(fact.file, ""), deleted=True)
            case _:
                pass

    def open(self) -> tuple[Sample, ...]:
        """Those that wait for their score, the nearest limit first."""
        found = [sample for sample in self.by_recording.values() if sample.open]
        return tuple(sorted(found, key=lambda sample: (sample.sampled.due_at, sample.sampled.recording)))

    def find(self, name: str) -> tuple[Sample, ...]:
        """The sample of a recording, else those of a call: a call that was handed on may have several."""
        one = self.by_recording.get(name)
        if one is not None:
            return (one,)
        return tuple(sample for sample in self.by_recording.values() if sample.sampled.call == name != "")

    def with_file(self, file: str) -> Sample | None:
        """The sample whose sound lies there."""
        return self.by_recording.get(self._of_file.get(file, ""))

    def _change(self, recording: str, **changes: object) -> None:
        sample = self.by_recording.get(recording)
        if sample is not None:
            self.by_recording[recording] = replace(sample, **changes)
