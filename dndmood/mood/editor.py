"""The editor: holds the present mood, hears every witness, decides, and obeys."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial

from dndmood.events import (
    Balance,
    Command,
    Correction,
    EmotionEstimate,
    MoodState,
)
from dndmood.mood.belief import Belief
from dndmood.mood.book import Mood
from dndmood.mood.correcting_keys import CorrectingKeys, Impression
from dndmood.mood.corrections import Lessons
from dndmood.mood.decision import Decision
from dndmood.mood.evidence import PLACES, Evidence, of_any_model
from dndmood.mood.impression import Recently, Words, odds, witnesses
from dndmood.mood.no_voice import OUT_OF_GAME, NoVoice
from dndmood.mood.pacing import Pacing
from dndmood.mood.word_evidence import begins, speaks_for
from dndmood.scene import SceneCue

_OUTLOOK_S = 60
"""How far ahead a change is announced."""
_OUTLOOK_STEP_S = 2
_SILENT_S = 10.0
"""After so long without a sound of talk what was said last about it is no longer true."""
_BALANCE_S = 5.0
"""How far talk stood above our music so long ago says nothing about now."""


class Editor:
    """Holds the present mood, hears every witness, decides, and does what it is ordered to."""

    def __init__(
        self,
        moods: Mapping[str, Mood],
        *,
        opening: str,
        resting: str,
        pacing: Pacing,
        lessons: Lessons,
        evidence: Evidence | None = None,
        tone: bool = True,
    ) -> None:
        """Begin in the mood `opening`; without `tone` estimates say that people talk, no more."""
        self._moods = moods
        self._pacing = pacing
        self._resting = resting
        self._tone = tone
        self._evidence = evidence or of_any_model(_labels(moods))
        self._belief = Belief(moods, self._evidence, opening=opening)
        self._decision = Decision(moods, pacing, lessons, opening=opening)
        self._recently, self._words = Recently(), Words()
        self._no_voice: defaultdict[str, NoVoice] = defaultdict(NoVoice)  # by ear
        self._lessons = lessons
        self._keys = CorrectingKeys()
        self._spoken_s = 0.0  # audio time of the last talk
        self._window_s: float | None = None  # of the last window; None once silence was told
        self._balances: dict[str, Balance] = {}  # the last of each ear
        self._before = ""  # the mood that the last change left
        self.mood = opening
        self.since_s = 0.0
        self.forced = self._paused = False

    def state(self, at_s: float, why: str) -> MoodState:
        """The present mood as a fact."""
        held = bool(self._no_voice) and all(one.held for one in self._no_voice.values())
        silent = self._window_s is None
        outlook = "" if self._paused or held or silent else self._outlook(at_s)
        return MoodState(
            at_s,
            self.mood,
            self.since_s,
            why,
            forced=self.forced,
            outlook=outlook,
            shares=self._belief.shares(),
        )

    def take_up(self, edited: Mapping[str, object]) -> str:
        """From now on judge by the `edited` moods; one that is new waits for the next start."""
        new = {n: m for n, m in edited.items() if isinstance(m, Mood) and n in self._moods}
        self._moods = {**self._moods, **new}
        self._belief.take_up(self._moods)
        self._decision.take_up(self._moods)
        titles = ", ".join(mood.title for mood in new.values())
        return f"stays {self._title()}: {titles} as edited counts from now on" if new else ""

    def balance(self, balance: Balance) -> None:
        """Take in how far talk stands above our music."""
        self._balances[balance.ear] = balance

    def hear(self, estimate: EmotionEstimate) -> str:
        """Take in an estimate, change the mood if it is time to, and say why or why not."""
        if self._paused:
            return ""  # the last words before it came too late
        self._window_s = estimate.at_s
        if why := self._no_voice[estimate.ear].hear(estimate):
            if why == OUT_OF_GAME:
                # Neither talk nor silence: half of the quiet is still to come.
                self._spoken_s = max(self._spoken_s, estimate.at_s - self._pacing.quiet_s / 2.0)
            return f"stays {self._title()}: {why}"
        self._spoken_s = estimate.at_s
        if self._tone:
            self._listen(estimate)
        else:
            self._belief.wait(estimate.at_s)
        return self._decide(estimate.at_s)

    def hear_words(self, cue: SceneCue, at_s: float) -> str:
        """Take in what was said, at `at_s`, as a second witness; empty when it says nothing."""
        if self._paused or not any(speaks_for(cue, mood) for mood in self._moods.values()):
            return ""
        if cue.phrase:
            self._spoken_s = max(self._spoken_s, cue.at_s)
        self._belief.hear_words(cue)
        self._words.push(cue)
        return self._decide(at_s, announced=begins(cue))

    def _decide(self, at_s: float, *, announced: bool = False) -> str:
        """Change the mood if that is worth it, and say why or why not."""
        shares = self._belief.shares()
        leader, gain_s = self._decision.best(shares, self.mood)
        self._decision.lead(leader, at_s)
        if self.forced:
            return f"stays {self._title()}: chosen by hand"
        if leader == self.mood:
            return f"stays {self._title()}: {self._content(shares, at_s)}"
        if refusal := self._refusal(leader, gain_s, at_s, announced=announced):
            return f"stays {self._title()}: {refusal}"
        self._keys.changed(at_s, self.mood, leader, self._impression())
        heard = witnesses(self._recently, self._words, self._moods[leader], at_s)
        why = f"{self._title(leader)}: {heard}; {odds(shares, leader)}"
        return self._change(leader, at_s, why)

    def _listen(self, estimate: EmotionEstimate) -> None:
        balance = self._balances.get(estimate.ear)
        known = balance is not None and estimate.at_s - balance.at_s <= _BALANCE_S
        step_s = self._belief.push(
            estimate,
            balance.over_music_db if balance and known else None,
            partial(self._lessons.leaned, estimate=estimate) if self._lessons.any else None,
        )
        felt = self._evidence.tones[int(self._evidence.felt(estimate).argmax())]
        self._recently.push(estimate, step_s=step_s, felt=felt)

    def wait(self, at_s: float) -> str:
        """Return to the resting mood after a long silence, say once that nobody speaks; else empty."""
        quiet_s = self._pacing.quiet_s
        silent_s = at_s - max(self._spoken_s, self.since_s)
        held = self._paused or self.forced or self.mood == self._resting
        if held or not quiet_s or silent_s < quiet_s:
            return self._silent(at_s)
        self._belief.forget(self._resting)
        self._keys.forget()
        title = self._moods[self._resting].title
        return self._change(
            self._resting, at_s, f"{title}: nobody has spoken for {silent_s:.0f} s"
        )

    def _silent(self, at_s: float) -> str:
        """What goes on while nobody speaks, once in every silence; empty else."""
        if self._paused or self.forced or self._window_s is None:
            return ""
        if at_s - self._window_s < _SILENT_S:
            return ""
        self._window_s = None
        then = "the mood is held"
        if self._pacing.quiet_s and self.mood != self._resting:
            then = f"{self._title(self._resting)} after {self._pacing.quiet_s:g} s of it"
        return f"stays {self._title()}: nobody speaks; {then}"

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
            chosen = f"chosen by hand{self._noted(noted)}"
            if command.mood == self.mood:
                self._belief.plays("")
                return f"stays {title}: {chosen}"
            return self._change(command.mood, command.at_s, f"{title}: {chosen}")
        if command.verb == "release" and (self._decision.forgive() or self.forced):
            self.forced = False
            self._belief.plays(self.mood)
            return f"stays {self._title()}: automatic again"
        if command.verb == "undo" and self._before:
            undone = self._title()
            if self._decision.unwanted == self._before:  # "not now" is what is undone
                self._decision.forgive()
            return self._undo(command.at_s, f"the change to {undone} was undone")
        if command.verb == "reject":
            return self._reject(command.at_s, noted)
        why = ""
        if command.verb == "pause":  # silence counts only from its end on
            self._paused, self._spoken_s = not self._paused, command.at_s
            now = "listening is paused, the mood is held" if self._paused else "listening again"
            why = f"stays {self._title()}: {now}"
        return why

    def _noted(self, noted: Correction | None) -> str:
        """What a digit taught, as the end of a sentence."""
        if noted is None:
            return ""
        # After "not now" the same mood may be called all the same.
        right = noted.wanted == noted.taken
        title = self._title(noted.taken)
        return f", and noted: {title} was right" if right else f", and noted: not {title}"

    def _reject(self, at_s: float, noted: Correction | None) -> str:
        if noted is None or noted.taken != self.mood:
            return f"stays {self._title()}: no change came by itself that could be rejected"
        self._decision.reject(noted.taken, at_s)
        return self._undo(at_s, f"noted: not {self._title(noted.taken)} now")

    def _undo(self, at_s: float, why: str) -> str:
        """Back to the mood before, which is then as young, and as likely, as the one it replaces."""
        self.forced = False
        self._belief.favour(self._before)
        return self._change(self._before, at_s, f"{self._title(self._before)}: {why}")

    def _impression(self) -> Impression:
        heard = self._recently
        return Impression(
            heard.arousal, heard.valence, dict(heard.scores), self._belief.shares()
        )

    def _outlook(self, at_s: float) -> str:
        """When the mood would change if the talk went on as it is; empty when it would not."""
        if self.forced or not self._recently.scores:
            return ""
        ahead = self._belief.forecast(_OUTLOOK_STEP_S)
        led = self._decision.led()
        for ahead_s in range(_OUTLOOK_STEP_S, _OUTLOOK_S, _OUTLOOK_STEP_S):
            leader, gain_s = self._decision.best(next(ahead), self.mood)
            then_s = at_s + ahead_s
            led = led if led[0] == leader else (leader, then_s)
            if leader != self.mood and not self._refusal(leader, gain_s, then_s, led_s=led[1]):
                return f"{self._title(leader)} if this goes on for {ahead_s} s"
        return ""

    def _content(self, shares: Mapping[str, float], at_s: float) -> str:
        """Why the mood goes on, in words."""
        first = max(shares, key=lambda name: shares[name])
        if shares[self.mood] < shares[first]:  # then it leads with another of its kind
            akin = self._decision.akin(shares, self.mood)
            both = shares[self.mood] + shares[akin]
            # Where two are not enough, all of the kind together are.
            other = self._title(akin) if both >= shares[first] else "another of its kind"
            return f"{self._title()} or {other} is likelier than {self._title(first)}"
        heard = witnesses(self._recently, self._words, self._moods[self.mood], at_s)
        return f"{heard}; {odds(shares, self.mood)}"

    def _refusal(
        self,
        leader: str,
        gain_s: float,
        at_s: float,
        *,
        announced: bool = False,
        led_s: float | None = None,
    ) -> str:
        return self._decision.refusal(
            leader,
            gain_s,
            at_s,
            mood=self.mood,
            since_s=self.since_s,
            announced=announced,
            led_s=led_s,
        )

    def _change(self, mood: str, at_s: float, why: str) -> str:
        self._before, self.mood, self.since_s = self.mood, mood, at_s
        self._belief.plays("" if self.forced else mood)
        return why

    def _title(self, name: str = "") -> str:
        return self._moods[name or self.mood].title


def _labels(moods: Mapping[str, Mood]) -> list[str]:
    """Every emotion that a mood counts on, and those that are usual."""
    named = [label for mood in moods.values() for label in mood.emotions]
    return list(dict.fromkeys((*PLACES, *named)))
