"""Stage `follow`: decides which mood the table is in, rarely, and always says why."""

from collections.abc import Iterable, Iterator, Mapping

from dndmood.events import (
    AudioChunk,
    Command,
    Correction,
    EmotionEstimate,
    Event,
    MoodBook,
    MoodState,
)
from dndmood.mood.belief import Belief
from dndmood.mood.book import Mood
from dndmood.mood.correcting_keys import CorrectingKeys, Impression
from dndmood.mood.corrections import Lessons
from dndmood.mood.no_voice import OUT_OF_GAME, NoVoice
from dndmood.mood.pacing import Pacing
from dndmood.mood.transitions import ease

_BURST = 4.0
"""Changes that may follow each other before the hourly budget is felt."""
_OUTLOOK_S = 60
"""How far ahead a change is announced."""
_NOT_NOW_S = 90.0
"""A change that was rejected does not come again so soon; set by hand."""


class Editor:
    """Holds the present mood and judges every estimate like a film editor: cut or stay."""

    def __init__(
        self,
        moods: Mapping[str, Mood],
        *,
        opening: str,
        resting: str,
        pacing: Pacing,
        lessons: Lessons,
    ) -> None:
        self._moods = moods
        self._pacing = pacing
        self._resting = resting
        self._belief = Belief(moods, lessons)
        self._no_voice = NoVoice()
        self._lessons = lessons
        self._keys = CorrectingKeys()
        self._unwanted, self._unwanted_s = "", 0.0  # what was rejected, and until when
        self._budget = _BURST
        self._budget_s = 0.0  # audio time up to which the budget was refilled
        self._spoken_s = 0.0  # audio time of the last talk
        self._leader, self._ahead_s = opening, 0.0  # who leads, and since when
        self._before = ""  # the mood that the last change left
        self.mood = opening
        self.since_s = 0.0
        self.forced = self._paused = False

    def state(self, at_s: float, why: str) -> MoodState:
        """The present mood as a fact."""
        outlook = "" if self._paused or self._no_voice.held else self._outlook(at_s)
        return MoodState(
            at_s, self.mood, self.since_s, why, forced=self.forced, outlook=outlook
        )

    def take_up(self, edited: Mapping[str, object]) -> str:
        """From now on judge by the `edited` moods; one that is new waits for the next start."""
        new = {n: m for n, m in edited.items() if isinstance(m, Mood) and n in self._moods}
        self._moods = {**self._moods, **new}
        self._belief.take_up(self._moods)
        titles = ", ".join(mood.title for mood in new.values())
        return f"stays {self._title()}: {titles} as edited counts from now on" if new else ""

    def hear(self, estimate: EmotionEstimate) -> str:
        """Take in an estimate, change the mood if it is time to, and say why or why not."""
        if self._paused:
            return ""  # the last words before it came too late
        if why := self._no_voice.hear(estimate):
            if why == OUT_OF_GAME:
                # Neither talk nor silence: half of the quiet is still to come.
                self._spoken_s = max(self._spoken_s, estimate.at_s - self._pacing.quiet_s / 2.0)
            return f"stays {self._title()}: {why}"
        self._spoken_s = estimate.at_s
        self._belief.push(estimate)
        shares = self._belief.shares()
        leader = max(shares, key=lambda name: shares[name])
        if leader != self._leader:
            self._leader, self._ahead_s = leader, estimate.at_s
        if self.forced:
            return f"stays {self._title()}: chosen by hand"
        if leader == self.mood:
            return self._content(shares)
        lead = shares[leader] - shares[self.mood]
        refusal = self._refusal(leader, lead, estimate.at_s)
        if refusal:
            return f"stays {self._title()}: {refusal}"
        self._budget, self._budget_s = self._left(estimate.at_s) - 1.0, estimate.at_s
        self._keys.changed(estimate.at_s, self.mood, leader, self._impression())
        return self._change(leader, estimate.at_s, self._reason(leader, estimate.at_s))

    def wait(self, at_s: float) -> str:
        """Return to the resting mood after a long silence; empty while nothing is to be said."""
        silent_s = at_s - max(self._spoken_s, self.since_s)
        held = self._paused or self.forced or self.mood == self._resting
        if held or silent_s < self._pacing.quiet_s:
            return ""
        self._belief.forget()
        self._keys.forget()
        title = self._moods[self._resting].title
        return self._change(
            self._resting, at_s, f"{title}: nobody has spoken for {silent_s:.0f} s"
        )

    def learn(self, command: Command) -> Correction | None:
        """Learn from `command` if it says something about the last automatic change."""
        if command.verb == "force" and command.mood not in self._moods:
            return None
        correction = self._keys.of(command, self._impression())
        if correction:
            self._lessons.push(correction)
        return correction

    def obey(self, command: Command, noted: Correction | None = None) -> str:
        """Do what the game master asked for; empty when it is not for this room."""
        if command.verb == "force" and command.mood in self._moods:
            self.forced = True
            title = self._moods[command.mood].title
            chosen = (
                f"chosen by hand, and noted: not {self._title(noted.taken)}"
                if noted
                else "chosen by hand"
            )
            if command.mood == self.mood:
                return f"stays {title}: {chosen}"
            return self._change(command.mood, command.at_s, f"{title}: {chosen}")
        if command.verb == "release" and (self.forced or self._unwanted):
            self.forced, self._unwanted = False, ""
            return f"stays {self._title()}: automatic again"
        if command.verb == "undo" and self._before:
            undone = self._title()
            return self._undo(command.at_s, f"the change to {undone} was undone")
        if command.verb == "reject":
            return self._reject(command.at_s, noted)
        why = ""
        if command.verb == "pause":  # silence counts only from its end on
            self._paused, self._spoken_s = not self._paused, command.at_s
            now = "listening is paused, the mood is held" if self._paused else "listening again"
            why = f"stays {self._title()}: {now}"
        return why

    def _reject(self, at_s: float, noted: Correction | None) -> str:
        if noted is None or noted.taken != self.mood:
            return f"stays {self._title()}: no change came by itself that could be rejected"
        self._unwanted, self._unwanted_s = noted.taken, at_s + _NOT_NOW_S
        # A change that nobody wanted is not paid for.
        self._budget, self._budget_s = min(_BURST, self._left(at_s) + 1.0), at_s
        return self._undo(at_s, f"noted: not {self._title(noted.taken)} now")

    def _undo(self, at_s: float, why: str) -> str:
        """Back to the mood before, which is then as young, and as likely, as the one it replaces."""
        self.forced = False
        self._belief.favour(self._before)
        return self._change(self._before, at_s, f"{self._title(self._before)}: {why}")

    def _impression(self) -> Impression:
        heard = self._belief
        return Impression(heard.arousal, heard.valence, dict(heard.scores), heard.shares())

    def _outlook(self, at_s: float) -> str:
        """When the mood would change if the talk went on as it is; empty when it would not."""
        if self.forced or self._belief.leader_after(_OUTLOOK_S) == self.mood:
            return ""
        for ahead_s in range(1, _OUTLOOK_S):
            shares = self._belief.forecast(float(ahead_s))
            leader = max(shares, key=lambda name: shares[name])
            lead = shares[leader] - shares[self.mood]
            if leader != self.mood and not self._refusal(leader, lead, at_s + ahead_s):
                return f"{self._title(leader)} if this goes on for {ahead_s} s"
        return ""

    def _content(self, shares: Mapping[str, float]) -> str:
        second = max(
            (name for name in shares if name != self.mood),
            key=lambda name: shares[name],
            default=self.mood,
        )
        return (
            f"stays {self._title()}: it fits the talk best ({shares[self.mood]:.0%}, "
            f"next {self._title(second)} {shares[second]:.0%})"
        )

    def _refusal(self, leader: str, lead: float, at_s: float) -> str:
        """Why `leader` may not take over yet; empty when it may."""
        age_s, hold_s = at_s - self.since_s, self._moods[self.mood].hold_s
        title, pacing = self._title(leader), self._pacing
        if age_s < hold_s:
            return f"{title} leads, but {self._title()} is {age_s:.0f} s old and stays at least {hold_s:.0f} s"
        if leader == self._unwanted and at_s < self._unwanted_s:
            return f"{title} leads, but was not wanted just now"
        ahead_s = at_s - (self._ahead_s if leader == self._leader else at_s)
        if ahead_s < (wait_s := self._lessons.wait_s(leader)):
            return f"{title} leads for {ahead_s:.0f} s and waits {wait_s:.0f} s, as corrections taught"
        needed, because = self._needed(leader), ""
        if age_s < pacing.soft_hold_s:
            young = (pacing.soft_hold_s - age_s) / max(pacing.soft_hold_s - hold_s, 1.0)
            needed *= 1.0 + min(young, 1.0)
            because = f" while {self._title()} is only {age_s:.0f} s old"
        if (left := self._left(at_s)) < 1.0:
            needed *= 1.0 + 2.0 * (1.0 - left)
            because = f" because the {pacing.changes_per_h:.0f} changes an hour are used up"
        if lead >= needed:
            return ""
        points = f"{lead * 100:.0f} point{'s' * (round(lead * 100) != 1)}"
        return f"{title} leads by {points} and needs {needed * 100:.0f}{because}"

    def _needed(self, leader: str) -> float:
        """The lead that `leader` needs: less on a common way than on a rare one."""
        return self._pacing.margin * ease(self._moods[self.mood], self._moods[leader])

    def _reason(self, leader: str, at_s: float) -> str:
        heard = self._belief
        return (
            f"{self._title(leader)}: ahead for {max(at_s - self._ahead_s, 1.0):.0f} s, mostly "
            f"{heard.emotion()} voices (arousal {heard.arousal:.2f}, valence {heard.valence:.2f})"
        )

    def _change(self, mood: str, at_s: float, why: str) -> str:
        self._before, self.mood, self.since_s = self.mood, mood, at_s
        return why

    def _left(self, at_s: float) -> float:
        """Changes left in the budget, which refills with audio time."""
        refill = (at_s - self._budget_s) * self._pacing.changes_per_h / 3600.0
        return min(_BURST, self._budget + refill)

    def _title(self, name: str = "") -> str:
        return self._moods[name or self.mood].title


def follow(
    tape: Iterable[Event],
    *,
    moods: Mapping[str, Mood],
    opening: str,
    resting: str,
    pacing: Pacing | None = None,
    lessons: Lessons | None = None,
) -> Iterator[Event]:
    """Add a `MoodState` at the first sound, after every estimate, and after every order by hand.

    `opening` is the mood of the first moment, `resting` the one that a long silence returns to.
    An order that says something about the last automatic change teaches `lessons`, and is
    followed by a `Correction`.
    """
    editor = Editor(
        moods,
        opening=opening,
        resting=resting,
        pacing=pacing or Pacing(),
        lessons=lessons or Lessons(),
    )
    began = False
    for event in tape:
        yield event
        why, at_s, noted = "", 0.0, None
        match event:
            case AudioChunk(end_s=at_s) if not began:
                began = True
                why = f"{moods[opening].title}: the evening begins"
            case AudioChunk(end_s=at_s):
                why = editor.wait(at_s)
            case EmotionEstimate(at_s=at_s):
                why = editor.hear(event)
            case Command(at_s=at_s):
                noted = editor.learn(event)
                why = editor.obey(event, noted)
            case MoodBook(at_s=at_s, moods=edited):
                why = editor.take_up(edited)
        if why:
            yield editor.state(at_s, why)
        if noted:
            yield noted
