"""What a corpus says: clips that can be used, and files that had to be left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

EMOTIONS = (
    "neutral",
    "calm",
    "happy",
    "sad",
    "angry",
    "fearful",
    "disgusted",
    "surprised",
)
"""Every emotion a clip may carry; each corpus maps its own words onto these and no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One recording of one voice, and everything its corpus knows about it.

    What a corpus does not know is None: nothing is ever guessed.
    """

    path: Path
    corpus: str
    speaker: str
    """Unique across all corpora, such as `cremad:1002`."""
    emotion: str | None = None
    """The corpus' own verdict, one of `EMOTIONS`; None where its word has no place there."""
    label: str = ""
    """The corpus' own word for it, also when `emotion` is None (`boredom`, `Awe`)."""
    votes: Mapping[str, float] | None = None
    """What listeners heard: emotion to share of the votes, summing to 1 over `EMOTIONS`."""
    intensity: float | None = None
    """How strongly the emotion is shown, 0 to 1."""
    arousal: float | None = None
    """0 (drowsy) to 1 (excited), 0.5 neutral."""
    valence: float | None = None
    """0 (unpleasant) to 1 (pleasant), 0.5 neutral."""
    dominance: float | None = None
    """0 (submissive) to 1 (dominant), 0.5 neutral."""
    sex: str | None = None
    """`female` or `male`."""
    language: str = ""
    """ISO 639 code; `zxx` for wordless sounds."""
    speech: bool = True
    """False for a sound that people make but nobody says, such as laughter."""
    sentence: str = ""
    """Which text is spoken, in the corpus' own numbering; empty if unknown."""
    coarse: str = ""
    """The corpus' own coarser word, where it has one: `NEG` or `IDL` in FAU-AIBO."""
    part: str = ""
    """The part of the corpus' own split that the clip belongs to, in its own word (`Test1`)."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A file of a corpus that is not used, and why."""

    path: Path
    reason: str
    """A few words that are counted: `silent`, `duplicate`, `unreadable name`."""


def plain(path: Path) -> str:
    """A path as text that any file can hold: bytes of a name that are no text come out escaped."""
    text = path.as_posix().encode(errors="surrogateescape")
    return text.decode(errors="backslashreplace")


def counted(reasons: Mapping[str, int]) -> str:
    """Why things were left out and how many, as in a sentence; empty for none.

    >>> counted({"missing file": 2, "duplicate": 1})
    '2 missing file, 1 duplicate'
    """
    return ", ".join(f"{count} {reason}" for reason, count in reasons.items())


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus as it lies on this disk."""

    name: str
    root: Path
    clips: tuple[Clip, ...]
    """In the order of their paths."""
    dropped: Mapping[str, int]
    """Reason to number of files left out."""

    def place(self, clip: Clip) -> str:
        """Where one of its clips lies, the same wherever the corpus does; else its whole path."""
        inside = clip.path.is_relative_to(self.root)
        return plain(clip.path.relative_to(self.root) if inside else clip.path)

    @property
    def speakers(self) -> frozenset[str]:
        """Everybody who is heard in it."""
        return frozenset(clip.speaker for clip in self.clips)


class Reader(Protocol):
    """What every public module of this folder offers."""

    TITLE: str
    """The name people know it by."""
    LICENCE: str
    LINK: str
    LANGUAGES: tuple[str, ...]
    """ISO 639 codes."""
    EMOTION: Mapping[str, str]
    """The corpus' own words to `EMOTIONS`."""
    EXAMPLE: str
    """A path as the official release has it, relative to the corpus' root; "" where its layout
    is not published: see `_unpublished`."""
    BESIDE: Mapping[str, str]
    """Text files that the example needs beside it: relative path to content."""

    def here(self, folder: Path) -> bool:
        """Whether `folder` is the root of this corpus; looks at names, opens no sound."""
        ...

    def clips(self, root: Path) -> Iterator[Clip | Drop]:
        """Every sound file of the corpus, as a clip or as a drop."""
        ...


def shares(votes: Mapping[str, float]) -> dict[str, float] | None:
    """Vote counts as shares that sum to 1; None when nobody voted.

    >>> shares({"angry": 3, "sad": 1, "happy": 0})
    {'angry': 0.75, 'sad': 0.25}
    """
    total = sum(votes.values())
    if total <= 0:
        return None
    return {emotion: count / total for emotion, count in votes.items() if count > 0}
