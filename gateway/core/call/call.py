"""One call: its state table, its record, and what its caller hears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec.structs import replace

from gateway.core import tables
from gateway.core.actions import Clip, Play, StopPlay
from gateway.core.call import joining
from gateway.core.call.record import Story
from gateway.core.call_back import dial as call_back_dial
from gateway.core.call_back import virtual as call_back_virtual
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import CallEnded, ClientIdentified
from gateway.core.flow.steps import Queue
from gateway.core.flow.steps_ring import Ring
from gateway.core.queue import admission, leaving, waiting
from gateway.core.speech import saying
from gateway.core.steps import ringing
from gateway.core.steps.kinds import Move
from gateway.core.steps.walk import Walk
from gateway.core.talk import handing, park, recalls, recordings, talk, transfers

if TYPE_CHECKING:
    from gateway.core.actions import BoardAction
    from gateway.core.board.exchange import Exchange
    from gateway.core.call_back.virtual import Outgoing
    from gateway.core.events import LegEnded
    from gateway.core.flow.model import Prompt
    from gateway.core.legs.legs import Leg
    from gateway.core.queue.queue import Waiter
    from gateway.core.site.site import Client, Site

CallState = Literal["offered", "flow", "queued", "bridged", "transferring", "parked", "ending", "ended"]
CallTrigger = Literal["answered", "queue", "gave_up", "bridge", "served", "transfer", "park", "hang_up", "gone"]
EndedBy = Literal["caller", "agent", "flow", "line", "box"]

CALL_TABLE: dict[tuple[CallState, CallTrigger], CallState] = {
    ("offered", "answered"): "flow",
    ("offered", "hang_up"): "ending",
    ("offered", "gone"): "ended",
    ("flow", "queue"): "queued",
    ("flow", "bridge"): "bridged",
    ("flow", "hang_up"): "ending",
    ("flow", "gone"): "ended",
    ("queued", "gave_up"): "flow",
    ("queued", "bridge"): "bridged",
    ("queued", "hang_up"): "ending",
    ("queued", "gone"): "ended",
    ("bridged", "served"): "flow",
    ("bridged", "hang_up"): "ending",
    ("bridged", "transfer"): "transferring",
    ("bridged", "park"): "parked",
    ("bridged", "gone"): "ended",
    ("flow", "transfer"): "transferring",
    ("transferring", "bridge"): "bridged",
    ("transferring", "queue"): "queued",
    ("transferring", "served"): "flow",
    ("transferring", "hang_up"): "ending",
    ("transferring", "gone"): "ended",
    ("parked", "bridge"): "bridged",
    ("parked", "transfer"): "transferring",
    ("parked", "hang_up"): "ending",
    ("parked", "gone"): "ended",
    ("ending", "gone"): "ended",
}

MUSIC_WORDS = "♪"


class Ending(NamedTuple):
    """Why a call ends, settled by whatever ended it first."""

    by: EndedBy
    reason: str
    lost: bool = False


class Call:
    """One caller, from the INVITE to the record. `id` is the id of the caller's leg. `site` is the version of the
    site that took the call; it stays the same to the end."""

    __slots__ = (
        "_plays", "adopted", "asked", "client", "dialled", "draft", "ending", "ex", "flow", "id", "joining",
        "leaving", "leg", "lookups", "out", "playing", "ringing", "site", "slot", "sounding", "state", "story", "talk",
        "told_name", "transfer", "values", "waiter", "walk",
    )  # fmt: skip

    def __init__(
        self, ex: Exchange, leg: Leg, *, flow: str, state: CallState = "offered", site: Site | None = None
    ) -> None:
        self.ex = ex
        self.site = site or ex.site
        self.draft = False
        """Somebody tries a version that is not published: nothing of it may touch real people's affairs."""
        self.id = leg.id
        self.leg = leg
        self.flow = flow
        self.state: CallState = state
        self.story = Story(leg.id)
        self.values: dict[str, str] = {}
        """The flow's variables."""
        self.client: Client | None = None
        self.walk = Walk(self)
        self.waiter: Waiter | None = None
        self.out: Outgoing | None = None
        """Set when the box makes this call; the leg is the client's then."""
        self.ringing: ringing.Ringing | None = None
        """Whom the present step rings without the queue."""
        self.joining: joining.Joining | None = None
        """The agent who has the call, until both hear each other."""
        self.told_name = ""
        """The agent with whom the caller was told to be connected."""
        self.talk: talk.Talk | None = None
        self.transfer: handing.Transfer | None = None
        """How the agent hands the caller on."""
        self.slot: park.Slot | None = None
        """Where the caller is parked."""
        self.dialled = 0
        """Legs dialled for this call so far; numbers the next one."""
        self.asked: tuple[tuple[str, str], ...] = ()
        """The `collect` steps (flow, step) that the caller has come to."""
        self.lookups = 0
        """Questions asked of services so far; numbers the next one."""
        self.playing = ""
        """Id of the Play of which no end was reported; empty when nothing plays."""
        self.sounding = False
        """A tone, or music of which no end is awaited."""
        self.leaving: Ending | None = None
        """Set while the last words are said."""
        self.ending: Ending | None = None
        self.adopted = False
        self._plays = 0

    @property
    def now(self) -> float:
        return self.ex.turn.now

    @property
    def language(self) -> str:
        """In which the caller is spoken to."""
        flow = self.walk.flow or self.site.flows.get(self.flow)
        return self.values.get("language") or (flow.language if flow is not None else "")

    def advance(self, trigger: CallTrigger) -> None:
        """Raises TransitionError for a pair that the table does not have."""
        self.state = tables.after("call", CALL_TABLE, self.state, trigger)

    def note(self, fact: AnyFact) -> None:
        """A fact of this call: kept in its record, and remembered for ever."""
        if not call_back_virtual.noted(self, fact):
            return
        self.story.apply(fact)
        self.ex.turn.note(fact)

    def order(self, action: BoardAction) -> None:
        self.ex.turn.order(action)

    # What the caller hears

    def play(self, clips: tuple[Clip, ...], *, barge_in: bool = True, loop: bool = False) -> None:
        """Play to the caller in place of whatever plays. The end of a loop is not awaited."""
        self._plays += 1
        play = f"{self.id}/{self._plays}"
        self.playing, self.sounding = ("", True) if loop else (play, False)
        self.order(Play(leg=self.id, play=play, clips=clips, loop=loop, barge_in=barge_in))

    def stop_play(self) -> None:
        """Be silent, if anything sounds."""
        if self.playing or self.sounding:
            self.playing, self.sounding = "", False
            self.order(StopPlay(leg=self.id))

    def play_over(self, *, failed: bool = False) -> None:
        """The present Play is over, or could not be played."""
        self.playing = ""
        if self.leaving is not None:
            self._leave(self.leaving)
        elif self.out is not None and self.state == "queued":
            call_back_dial.said(self.ex, self)
        elif self.joining is not None:
            joining.caller_heard(self.ex, self)
        elif self.state == "queued":
            self.music()
        elif self.state == "flow":
            self.walk.play_ended(failed=failed)

    def music(self) -> None:
        """What a waiting caller hears."""
        key = waiting.music(self.waiter) if self.waiter is not None else ringing.music(self) or transfers.music(self)
        if key:
            self.play((Clip(key=key, words=MUSIC_WORDS),), barge_in=False, loop=True)

    # Who the caller is

    def know(self, client: Client) -> None:
        """Let the flow read who calls."""
        self.client = client
        self.values.update(
            {
                "client.known": "yes",
                "client.name": client.name,
                "client.id": client.id,
                "client.team": client.team,
                "manager": client.manager,
            }
        )

    def identify(self, client: Client, how: Literal["caller_id", "keyed"]) -> None:
        """The client who calls is known from here on."""
        self.know(client)
        if client.language and how == "caller_id":
            self.values["language"] = client.language
        self.note(
            ClientIdentified(
                at=self.now, call=self.id, client=client.id, how=how, manager=client.manager, team=client.team
            )
        )

    def identify_by_key(self, keyed: str) -> bool:
        """Whether `keyed` is a client number; if so, that client calls."""
        client = self.ex.directory_of(self.site).by_client_number(keyed)
        if client is None:
            return False
        self.identify(client, "keyed")
        return True

    # The flow's doors to the network, to the queue and to the end

    def answer(self) -> None:
        """200 OK, unless the caller is gone; the flow goes on when its ACK has come."""
        if self.state == "offered":
            self.ex.answer_leg(self.leg)

    def enqueue(self, step: Queue) -> Move | None:
        """Wait for a human; where to go at once when there is nobody to wait for."""
        exit_ = admission.enter(self.ex, self, step)
        if exit_ is not None:
            return Move(exit_)
        waiter = self.waiter
        prompt = step.prompt
        if waiter is not None and waiter.stage == "manager" and waiter.first.role != "manager":
            prompt = step.prompt_other or prompt
        if waiter is None or prompt is None:
            self.music()
            return None
        untrue = "manager" in saying.names_in(prompt) and waiter.stage != "manager"
        if untrue or not self.walk.says_all(prompt) or not self._announce(prompt):
            self.music()
        elif "manager" in saying.names_in(prompt):
            self.told_name = waiter.manager
        return None

    def _announce(self, prompt: Prompt) -> bool:
        clips = self.walk.clips(prompt)
        if clips:
            self.play(clips, barge_in=False)
            self.ex.turn.after(saying.PLAY_GUARD_S, "step", self.id)
        return bool(clips)

    def gave_up(self, exit_: str) -> None:
        """The queue has let go of the caller; the flow goes on."""
        if self.out is not None:
            call_back_dial.gave_up(self.ex, self)
            return
        if recalls.gave_up(self):
            return
        self.stop_play()
        self.ex.turn.cancel("step", self.id)
        self.walk.go(Move(exit_))

    def served(self) -> bool:
        """The person has hung up first: whether the flow goes on with the caller. Which step led to the talk the story
        knows, also when this program was started anew since."""
        place = self.story.place
        flow = self.site.flows.get(place.flow) if place is not None else None
        step = flow.steps.get(place.step) if flow is not None and place is not None else None
        if flow is None or not isinstance(step, Queue | Ring) or not step.served or self.state != "bridged":
            return False
        self.advance("served")
        self.walk.flow = flow
        self.walk.go(Move(step.served))
        return True

    def step_due(self) -> None:
        """The "step" deadline."""
        if self.leaving is not None or self.state == "queued":
            if self.playing:
                self.stop_play()
                self.play_over()
        elif self.state in {"offered", "flow"}:
            self.walk.due()

    def say_goodbye(self) -> None:
        """The flow has no further step: the site's goodbye, then the end."""
        self._say_last(Ending("flow", "end_of_flow"), self.site.goodbye)

    def trouble(self, reason: str) -> None:
        """The box cannot go on with this call through a fault of its own."""
        self._say_last(Ending("box", reason, lost=True), self.site.trouble)

    def say_last(self, by: EndedBy, reason: str, prompt: Prompt | None) -> None:
        """Last words, then the end."""
        self._say_last(Ending(by, reason), prompt)

    def end_as(self, by: EndedBy, reason: str, *, lost: bool) -> None:
        """Settle why the call ends, before it does."""
        self.ending = self.ending or Ending(by, reason, lost)

    def _say_last(self, ending: Ending, prompt: Prompt | None) -> None:
        self.leaving = ending
        if self.state == "offered" or prompt is None or not self.walk.say(prompt, barge_in=False):
            self._leave(ending)

    def _leave(self, ending: Ending) -> None:
        self.hang_up(by=ending.by, reason=ending.reason, lost=ending.lost)

    # The end

    def hang_up(self, *, by: EndedBy, reason: str, lost: bool = False, code: int = 0, words: str = "") -> None:
        """End the call from our side: BYE to the caller and to whoever talks or rings; a call that was not answered is
        refused with `code` and `words`. Its record is written when the caller's leg is gone. Does nothing when it is
        ending already."""
        if (self.state, "hang_up") not in CALL_TABLE:
            return
        self.ending = Ending(by, reason, lost)
        self._let_go(talk_by="agent" if by == "agent" else "line", queue_as="overflowed" if by == "flow" else "lost")
        self.advance("hang_up")
        self.ex.hang_up_leg(self.leg, code, words)

    def gone(self, ended: LegEnded | None, *, reason: str = "") -> None:
        """The caller's leg is no more: close the books. `ended` is None when the line died or never reported it."""
        call_back_dial.client_gone(self, ended)
        far = ended is not None and ended.by == "far"
        if self.ending is None:
            self.ending = Ending("caller", "hung_up") if far else Ending("line", reason or _reason(ended), lost=True)
        self._let_go(talk_by="caller" if far else "line", queue_as="abandoned" if far else "lost")
        self.advance("gone")
        self.ex.turn.cancel("step", self.id)
        recordings.close_all(self.ex, self.story)
        record = self.story.record
        self.note(
            CallEnded(
                at=self.now,
                call=self.id,
                record=replace(
                    record,
                    ended_at=self.now,
                    outcome="lost" if self.ending.lost else record.outcome,
                    ended_by=self.ending.by,
                    end_code=ended.code if ended is not None else 0,
                    end_reason=self.ending.reason,
                    codec=record.codec or self.leg.codec,
                    adopted=self.adopted,
                ),
            )
        )
        self.ex.forget_call(self)

    def _let_go(
        self, *, talk_by: Literal["caller", "agent", "line"], queue_as: Literal["abandoned", "overflowed", "lost"]
    ) -> None:
        """Whoever talks or rings or would is free of this call, and what the flow began is ended."""
        joining.stop(self.ex, self)
        transfers.over(self)
        park.over(self)
        self.walk.left()
        if self.talk is not None:
            talk.end(self, by=talk_by)
        if self.waiter is not None:
            leaving.leave(self.ex, self.waiter, queue_as)
        elif self.story.contact is not None:
            leaving.close_contact(self, queue_as)


def _reason(ended: LegEnded | None) -> str:
    return (ended.reason if ended is not None else "") or "ended by the line"
