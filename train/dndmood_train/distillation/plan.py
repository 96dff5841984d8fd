"""What a training would do, before it does it: clips, voices, hours, and how long it takes."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from dndmood.errors import UserError
from dndmood_train import corpora
from dndmood_train.audio.loading import duration_s
from dndmood_train.corpora import Corpus, short, split_of
from dndmood_train.files import write_whole

_FILE = "plan.json"


@dataclass(frozen=True, slots=True)
class Share:
    """What one corpus brings along."""

    corpus: str
    """Its title."""
    licence: str
    clips: int
    speakers: int
    develop: int
    """Of these speakers, those that are kept for measuring."""
    hours: float
    dropped: int


@dataclass(frozen=True, slots=True)
class Plan:
    """One training, from corpora to model."""

    teacher: str
    recipe: str
    device: str
    shares: tuple[Share, ...]
    fingerprint: str
    """The same for the same sounds, teacher and recipe, wherever they lie."""

    @property
    def clips(self) -> int:
        """How many clips there are."""
        return sum(share.clips for share in self.shares)

    @property
    def hours(self) -> float:
        """How much sound there is."""
        return sum(share.hours for share in self.shares)


def make(
    found: Sequence[Corpus],
    *,
    teacher: str,
    recipe: str,
    choices: Mapping[str, object],
    device: str,
    everyone: bool = False,
    around: Iterable[Path] = (),
    on_clips: Callable[[int], None] | None = None,
) -> Plan:
    """The plan for these corpora; `choices` are all that the recipe says, `around` all other sounds.

    Raises `UserError` when no voice would be left to learn from.
    """
    shares = tuple(_share(corpus, on_clips) for corpus in found)
    if not everyone and all(share.develop == share.speakers for share in shares):
        raise UserError(
            "Nobody is left to learn from: all speakers found are kept for measuring. "
            "Add a corpus with more speakers."
        )
    digest = hashlib.sha256(f"{teacher} {json.dumps(choices, sort_keys=True)}".encode())
    for corpus in found:
        for clip in corpus.clips:
            labels = (clip.emotion, clip.votes, clip.intensity, clip.arousal, clip.valence)
            size = clip.path.stat().st_size
            text = f"\n{clip.corpus} {corpus.place(clip)} {size} {clip.speaker} {labels}"
            digest.update(text.encode())
    for path in around:
        digest.update(f"\n{short(path)} {path.stat().st_size}".encode())
    return Plan(teacher, recipe, device, shares, digest.hexdigest())


def keep(plan: Plan, out: Path) -> None:
    """Write the plan to `out`, or find it there unchanged.

    Raises `UserError` when another training was begun in that folder.
    """
    path = out / _FILE
    if path.is_file():
        try:
            before = json.loads(path.read_text(encoding="utf-8"))["fingerprint"]
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(f"{path} is damaged: choose another folder for --out.") from error
        if before != plan.fingerprint:
            raise UserError(
                f"Another training was begun in {out}, with other sounds, another teacher or "
                "another recipe: choose another folder for --out, or delete that one."
            )
    write_whole(path, json.dumps(asdict(plan), indent=2).encode())


def _share(corpus: Corpus, on_clips: Callable[[int], None] | None) -> Share:
    reader = corpora.reader(corpus.name)
    seconds = 0.0
    for clip in corpus.clips:
        try:
            seconds += duration_s(clip.path)
        except UserError:
            # Labelling counts what cannot be read; a plan need not be exact.
            seconds += 0.0
        if on_clips:
            on_clips(1)
    return Share(
        corpus=reader.TITLE,
        licence=reader.LICENCE,
        clips=len(corpus.clips),
        speakers=len(corpus.speakers),
        develop=sum(split_of(speaker) == "develop" for speaker in corpus.speakers),
        hours=seconds / 3600,
        dropped=sum(corpus.dropped.values()),
    )
