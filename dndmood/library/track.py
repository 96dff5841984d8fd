"""What is known of one music file."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

DecidedBy: TypeAlias = Literal["person", "folder", "playlist", "file name", "tag", "sound", ""]
"""Whose word a track's mood is, the strongest first; "" while nothing is known."""


@dataclass(frozen=True, slots=True)
class Track:
    """One music file as the index knows it; what is not known yet is None or ""."""

    path: str
    """Where it lies, absolute; bytes that are no UTF-8 are surrogates, as in `os.fsdecode`."""
    size: int
    """Bytes, when it was last read."""
    mtime_ns: int
    """Time of its last change in nanoseconds, when it was last read."""
    fingerprint: str = ""
    """Of the sound in it, in hexadecimal; the same when the file moves or its tags are edited."""
    title: str = ""
    artist: str = ""
    album: str = ""
    genre: str = ""
    comment: str = ""
    """What its tags say of mood, grouping and comment, as evidence for a mood."""
    duration_s: float | None = None
    """How long it is by its header, or by what was decoded."""
    lufs: float | None = None
    """Integrated loudness of the whole track (EBU R 128)."""
    peak_dbtp: float | None = None
    """True peak of the whole track, in dB relative to full scale (ITU-R BS.1770)."""
    gain_db: float | None = None
    """What brings it to -18 LUFS once its peaks are limited (`dndmood.loudness`)."""
    clips: float | None = None
    """How often a minute it runs flat against full scale, three samples and more."""
    replaygain_db: float | None = None
    """Gain to -18 LUFS that its tags ask for: ReplayGain 2.0, or R128 plus 5 dB."""
    silence_start_s: float | None = None
    """How much silence it begins with."""
    silence_end_s: float | None = None
    """How much silence it ends with."""
    loudest_s: float | None = None
    """Where its loudest 15 s begin."""
    arousal_odds: float | None = None
    """How excited it sounds by itself: log odds against the music that the estimator learned from."""
    valence_odds: float | None = None
    """How pleasant it sounds by itself, likewise."""
    arousal: float | None = None
    """How it sounds within its collection: 0 drowsy to 1 excited, 0.5 the collection's middle."""
    valence: float | None = None
    """How it sounds within its collection: 0 unpleasant to 1 pleasant."""
    tempo_bpm: float | None = None
    """Beats a minute."""
    key: str = ""
    """Key as "A minor" or "F# major"."""
    key_strength: float | None = None
    """How clear the key is, 0 to 1."""
    mood: str = ""
    """Name of the mood that is proposed or decided."""
    confidence: float | None = None
    """How sure the proposal is, 0 to 1."""
    reason: str = ""
    """Why it is in that mood, in a few words for people."""
    decided_by: DecidedBy = ""
    """Whose word the mood is."""
    analysis: int = 0
    """Version of the analysis that measured its sound; 0 while nothing was measured."""
    damage: str = ""
    """What is wrong with it though it plays, in a few words after its name."""
    problem: str = ""
    """Why it cannot be played, in a few words after its name; "" when it can be."""
