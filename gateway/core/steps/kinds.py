"""What each kind of step does: on entering it, on a key, when its sound is over, when its time is over, when what it
asked for came. A new kind is a struct in `flow.steps.py`, a Kind in a module here, and one line in KINDS here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.flow import model
from gateway.core.steps.agent import AgentSetKind, SignInKind
from gateway.core.steps.ask import ConfirmKind, LanguageKind, MenuKind
from gateway.core.steps.call_back import CallBackKind
from gateway.core.steps.case import CaseStatusKind, OpenCaseKind
from gateway.core.steps.choose import BranchKind, GotoKind, PublishKind, SetKind, SplitKind
from gateway.core.steps.collect import CollectKind
from gateway.core.steps.consent import ConsentKind
from gateway.core.steps.desk import CaseDeskKind, SuperviseKind
from gateway.core.steps.door import AnswerKind, RefuseKind
from gateway.core.steps.hours import HolidayKind, HoursKind, OverrideKind
from gateway.core.steps.human import QueueKind
from gateway.core.steps.kind import Kind, Move
from gateway.core.steps.lookup import AskServiceKind, FindClientKind
from gateway.core.steps.ring import RingKind
from gateway.core.steps.speak import EchoKind, HangUpKind, SayKind, ToneKind, WaitKind
from gateway.core.steps.subflow import LoopKind, ReturnKind, SubflowKind
from gateway.core.steps.survey import SurveyKindOfStep
from gateway.core.steps.voice import VoicemailKind

if TYPE_CHECKING:
    from gateway.core.events import Event
    from gateway.core.flow.model import AnyStep
    from gateway.core.steps.walk import Walk

__all__ = ["KINDS", "Kind", "Move", "due", "enter", "key", "left", "play_ended", "told", "verb_of"]

KINDS: dict[type[model.Step], Kind[Any]] = {
    model.Say: SayKind(),
    model.Menu: MenuKind(),
    model.Collect: CollectKind(),
    model.Confirm: ConfirmKind(),
    model.ChooseLanguage: LanguageKind(),
    model.Branch: BranchKind(),
    model.SetValues: SetKind(),
    model.Goto: GotoKind(),
    model.Split: SplitKind(),
    model.Publish: PublishKind(),
    model.AnswerStep: AnswerKind(),
    model.RefuseStep: RefuseKind(),
    model.Wait: WaitKind(),
    model.Queue: QueueKind(),
    model.EchoTest: EchoKind(),
    model.ToneTest: ToneKind(),
    model.HangUpStep: HangUpKind(),
    model.AskService: AskServiceKind(),
    model.FindClient: FindClientKind(),
    model.HoursStep: HoursKind(),
    model.HolidayStep: HolidayKind(),
    model.OverrideStep: OverrideKind(),
    model.Subflow: SubflowKind(),
    model.Return: ReturnKind(),
    model.Loop: LoopKind(),
    model.Voicemail: VoicemailKind(),
    model.Consent: ConsentKind(),
    model.Survey: SurveyKindOfStep(),
    model.CallBack: CallBackKind(),
    model.OpenCase: OpenCaseKind(),
    model.CaseStatus: CaseStatusKind(),
    model.Ring: RingKind(),
    model.Transfer: RingKind(),
    model.SignIn: SignInKind(),
    model.AgentSet: AgentSetKind(),
    model.Supervise: SuperviseKind(),
    model.CaseDesk: CaseDeskKind(),
}
"""Every member of `AnyStep` stands here; a test holds the two together."""


def verb_of(step: AnyStep) -> str:
    """The word for the step in the flow language."""
    return KINDS[type(step)].verb(step)


def enter(walk: Walk, step: AnyStep) -> Move | None:
    """The caller comes to `step`."""
    return KINDS[type(step)].enter(walk, step)


def key(walk: Walk, step: AnyStep, pressed: str) -> Move | None:
    """The caller pressed a key while in `step`."""
    return KINDS[type(step)].key(walk, step, pressed)


def play_ended(walk: Walk, step: AnyStep) -> Move | None:
    """What the step said has been heard, or was stopped."""
    return KINDS[type(step)].play_ended(walk, step)


def due(walk: Walk, step: AnyStep) -> Move | None:
    """The step's time is over."""
    if walk.call.playing:  # the end of the prompt was never reported
        walk.call.stop_play()
        return play_ended(walk, step)
    return KINDS[type(step)].due(walk, step)


def told(walk: Walk, step: AnyStep, event: Event) -> Move | None:
    """What the step asked for came."""
    return KINDS[type(step)].told(walk, step, event)


def left(walk: Walk, step: AnyStep) -> None:
    """The caller is gone from `step` without one of its exits."""
    KINDS[type(step)].left(walk, step)
