"""The vocabulary: every fact that flows from ear to speaker, and the one sample rate.

Times that end in `_s` are audio time: seconds of sound since the source was opened. No fact
carries a wall clock, so a file read at any speed gives the same evening.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from dndmood.fields import Share
from dndmood.scene import AmbienceCue, PlaceState, SceneCue

RATE_HZ = 16_000
"""Every sample on the tape is at this rate; the source resamples what it hears."""

REFERENCE_STEP = 320
"""Samples by which the reference of a chunk moves at once when clocks have come apart, 20 ms: who
has learnt the way to the microphone in blocks of this length need not learn it anew."""

SOFTEST_DB, LOUDEST_DB = -40.0, 12.0
"""How far the music's volume can be turned by hand, on the screen as in every player."""

Samples: TypeAlias = NDArray[np.float32]
"""Mono sound, dtype float32, shape `(n,)`, nominally within [-1, 1]."""

Verb: TypeAlias = Literal[
    "force",
    "release",
    "undo",
    "reject",
    "pause",
    "skip",
    "volume",
    "silence",
    "place",
    "ambience",
    "quit",
]
"""What the game master can ask for. `reject` takes the last automatic change back as `undo` does
and says that it came at the wrong time. `pause` and `silence` are switches: asked again, they end.
`place` says where the party is, or leaves it to the words again; `ambience` turns its volume."""


@dataclass(frozen=True, slots=True, eq=False)
class AudioChunk:
    """A stretch of sound as it arrived; a jump in `start` means that sound was lost."""

    samples: Samples
    """Shape `(n,)`, 16 kHz."""
    start: int
    """Index of the first sample, counted from the opening of the source."""
    reference: Samples | None = None
    """What our own player sent to the speaker at that moment, same shape; None if unknown."""
    side: Samples | None = None
    """Half the difference of left and right beside `reference`; None if it is unknown or mono."""
    ear: str = ""
    """Which ear heard it: "" for the microphone, the name of any further one."""
    music: Samples | None = None
    """What of that arrived and was taken out of `samples`, same shape; None if nothing was."""

    @property
    def heard(self) -> Samples:
        """The sound as the microphone gave it."""
        return self.samples if self.music is None else self.samples + self.music

    @property
    def end_s(self) -> float:
        """Audio time just after the last sample."""
        return (self.start + len(self.samples)) / RATE_HZ


@dataclass(frozen=True, slots=True)
class Command:
    """What the game master asked for; it enters at the head of the tape."""

    verb: Verb
    mood: str = ""
    """Which mood to force; empty for every other verb."""
    change_db: float = 0.0
    """By how much the volume of music or ambience moves; 0 for every other verb."""
    place: str = ""
    """Where the party is, for `place`; empty to leave it to the words."""
    at_s: float = 0.0
    """Audio time at which it came in, stamped by the inbox."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong while the evening goes on."""

    at_s: float
    text: str
    """One plain sentence: what happened, and what to do about it."""
    solved: bool = False
    """True when it says that an earlier problem is over."""
    about: str = ""
    """What stands until a solved one about the same comes; empty for what is over at once."""


@dataclass(frozen=True, slots=True, eq=False)
class SpeechWindow:
    """A stretch of sound in which somebody speaks."""

    samples: Samples
    """Shape `(window,)`, 16 kHz."""
    at_s: float
    """Audio time of the last sample."""
    voiced: float
    """Share of the window in which the voice detector heard speech, 0 to 1."""
    ear: str = ""
    """Which ear heard it."""


@dataclass(frozen=True, slots=True)
class EmotionEstimate:
    """How one window of speech sounded to the model."""

    at_s: float
    """Audio time of the window's last sample."""
    arousal: float
    """0 (drowsy) to 1 (excited), 0.5 neutral."""
    valence: float
    """0 (unpleasant) to 1 (pleasant), 0.5 neutral."""
    scores: Mapping[str, float]
    """Emotion label to probability; the labels come from the model card and sum to 1."""
    voice: float
    """How sure the model is that this is a human voice at all, 0 to 1."""
    voiced: float
    """Share of the window in which the voice detector heard speech, 0 to 1."""
    heard_arousal: float | None = None
    """What the model said before it was put on the table's own scale; None before it was."""
    heard_valence: float | None = None
    """The same for valence."""
    features: tuple[float, ...] = ()
    """What the model's head is given; kept nowhere, and gone once on the table's own zero."""
    ear: str = ""
    """Which ear heard it."""
    weight: float = 1.0
    """How much it counts as evidence beside one of weight 1, as `--ears` asks; 0 or above."""


@dataclass(frozen=True, slots=True)
class MoodState:
    """Which mood the table is in, and why; stated at every decision, also the decision to stay."""

    at_s: float
    mood: str
    since_s: float
    """Audio time at which this mood began."""
    why: str
    """One line for humans."""
    forced: bool = False
    """True while the game master rules by hand."""
    outlook: str = ""
    """What would have to happen for a change, one line for humans; empty when nothing is near."""
    shares: Mapping[str, float] = field(default_factory=dict, hash=False)
    """Mood to the probability that the table is in it, summing to 1; empty when nobody says."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What the game master said about a change that came by itself: numbers and names, no sound."""

    at_s: Annotated[float, Meta(gt=-1e12, lt=1e12)]
    kind: Literal["instead", "reject", "undo"]
    """Told what it should have been, "not now", or only undone."""
    left: str
    """The mood before the change."""
    taken: str
    """The mood that it brought."""
    wanted: str
    """The mood that it should have brought."""
    arousal: Share
    """Impression of the talk that led to it, on the table's own scale, 0 to 1."""
    valence: Share
    scores: Mapping[str, Share]
    """Emotion label to share of that talk."""
    shares: Mapping[str, Share]
    """Mood to how much the talk spoke for it, summing to 1."""
    refines: bool = False
    """True when it says better what the correction before meant, and stands in its place."""


@dataclass(frozen=True, slots=True)
class Track:
    """One piece of music on a shelf."""

    path: str
    title: str
    duration_s: float
    gain_db: float | None = None
    """What brings it to the common loudness, by a measurement of the whole file
    (`dndmood.loudness`); None while nobody has made one."""
    tagged_gain_db: float | None = None
    """What its tags say brings it to -18 LUFS (ReplayGain 2.0; R128 and 5 dB); None without any."""
    intensities: tuple[str, ...] = ()
    """Files of the same piece from its softest to its fullest version, `path` among them; one of
    them is heard at a time. Empty for a piece of one file."""
    stems: tuple[str, ...] = ()
    """Files that together are the piece: the first is always heard, each other one joins the ones
    before as the talk grows livelier. Empty for a piece of one file."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What shall be heard from now on."""

    at_s: float
    mood: str
    tracks: tuple[Track, ...]
    """In playing order and long enough for the evening: the player starts over at the end.
    Empty when the mood has nothing that can be played."""
    fade_s: float
    """Length of the crossfade from whatever plays now."""
    why: str
    """One line for humans: what plays, and what had to be left out."""
    resume: bool = False
    """True when the music before is to go on where it was left, as after an undo."""
    spare: tuple[Track, ...] = ()
    """Starter tracks of the same mood: they sound while none of `tracks` can be read."""
    wait_s: float = 0.0
    """So long the player may wait for a quiet moment in what plays, as the end of a phrase."""
    goes_on: bool = False
    """True when the first of `tracks` plays already and shall: what comes after it is new."""


@dataclass(frozen=True, slots=True)
class Balance:
    """How loud talk and our own music are at the microphone; stated while we know what plays."""

    at_s: float
    voice_db: float | None
    """Level of recent talk between 150 and 7000 Hz, in dB below full scale; None before
    anybody has spoken."""
    music_db: float
    """Level of our music in the same band."""
    speaking: bool
    """True while somebody speaks."""
    ear: str = ""
    """Which ear hears the two."""

    @property
    def over_music_db(self) -> float | None:
        """By how much the talk stands above the music; None before anybody has spoken."""
        return None if self.voice_db is None else self.voice_db - self.music_db


@dataclass(frozen=True, slots=True)
class Duck:
    """How far the music steps back under talk."""

    at_s: float
    gain_db: float
    """0 for the music as it is, down to -12."""
    over_s: float
    """How long the way there takes, above 0."""


@dataclass(frozen=True, slots=True)
class NowPlaying:
    """What sounds from now on, as the player knows it; it enters at the head of the tape."""

    track: Track | None
    """None when nothing can be heard although a cue asked for music."""
    place_s: float = 0.0
    """How far into the track, from its beginning."""
    at_s: float = 0.0
    """Audio time at which it came in, stamped by the inbox."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A track that really sounded, reported by the player when it is over."""

    track: Track
    for_s: float
    """How long it could be heard."""
    at_s: float = 0.0
    """Audio time of its end, stamped by the inbox."""


@dataclass(frozen=True, slots=True)
class TableScale:
    """How this table's voices are put on a common scale now, and how much talk that rests on.

    Stated every few minutes of talk and at the end of the tape, so that a sink can keep it.
    """

    at_s: float
    talk_s: float
    """Sure talk heard this evening, in seconds."""
    arousal_shift: float
    """Added to every arousal."""
    valence_shift: float
    """Added to every valence."""
    gain: float
    """How far arousal is spread around the ordinary; 1 leaves it."""
    tilts: Mapping[str, float]
    """By which factor an emotion counts less or more; 1 when it is not named."""
    mean: tuple[float, ...] = ()
    """The table's zero of each feature, as far as heard; empty for a model without a head."""
    deviation: tuple[float, ...] = ()
    """How far each feature spreads around it."""
    evidence_s: float = 0.0
    """How much sure talk these two rest on, of this evening and those before."""
    model: str = ""
    """Whose features they are: the beginning of the model's sha256."""


@dataclass(frozen=True, slots=True, eq=False)
class MoodBook:
    """Mood files were edited during the evening, and these moods are different from now on."""

    moods: Mapping[str, object]
    """The changed moods by their names, as `mood.book` reads them."""
    shelves: Mapping[str, object]
    """Their music by the same names, as `music.shelves` finds it."""
    at_s: float = 0.0
    """Audio time at which it came in, stamped by the inbox."""


Event: TypeAlias = (
    AudioChunk
    | Command
    | Problem
    | SpeechWindow
    | EmotionEstimate
    | MoodState
    | Correction
    | Cue
    | Balance
    | Duck
    | NowPlaying
    | Heard
    | TableScale
    | MoodBook
    | SceneCue
    | PlaceState
    | AmbienceCue
)
"""Every fact, who makes it and who reads it.

| fact            | made by           | read by                                                    |
|-----------------|-------------------|------------------------------------------------------------|
| AudioChunk      | the source        | attend, take_out_music, find_speech, report_no_talk,       |
|                 |                   | rescale, follow, duck                                      |
| Command         | the keys          | attend, report_no_talk, follow, spin, the player           |
| MoodBook        | `mood_files`      | follow, spin                                               |
| Problem         | whatever fails    | report_no_talk                                             |
| NowPlaying      | the player        | spin                                                       |
| Heard           | the player        | spin                                                       |
| SpeechWindow    | find_speech       | estimate                                                   |
| Balance         | find_speech       | report_no_talk, follow, duck                               |
| EmotionEstimate | estimate, rescale | report_no_talk, rescale, follow, duck, the player          |
| TableScale      | rescale           | the profile                                                |
| MoodState       | follow            | spin                                                       |
| Correction      | follow            | the profile                                                |
| Cue             | spin              | the player                                                 |
| Duck            | duck              | the player                                                 |
| SceneCue        | words, others     | locate, follow                                             |
| PlaceState      | locate            | surround                                                   |
| AmbienceCue     | surround          | the player                                                 |

The screen, the plain lines and the journal read every fact; the journal keeps no AudioChunk,
SpeechWindow, Balance or MoodBook. The first six enter at the head of the tape, where the inbox
stamps them; a stage adds a Problem where it stands.
"""
