"""`label`: every clip is shown to the teachers once, and their opinions are kept.

The opinions lie in parts of a few hundred clips, each written whole or not at all and named
after what it holds; `manifest.json` is written last. Stopped at any moment and started again
it goes on; clips that were added later are the only ones asked about.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood_train.audio.loading import is_silent, load, trimmed, unread
from dndmood_train.corpora import EMOTIONS, Clip, Corpus, counted
from dndmood_train.distillation.labels import FIELDS, MANIFEST, Labels, read, read_part
from dndmood_train.distillation.processes import team
from dndmood_train.files import make_folder, write_arrays, write_whole
from dndmood_train.teachers import About, Opinions, Teacher, open_teacher

PART_CLIPS = 256
"""Clips in one part: what is lost at most when the power fails."""

LONGEST_S = 30.0
"""Of a longer clip the teachers hear the beginning."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some clips of one corpus that are asked about together."""

    keys: tuple[str, ...]
    """What each clip is called wherever the corpus lies: corpus and path inside it."""
    clips: tuple[Clip, ...]
    file: str
    """Named after the teacher's weights, the clips and the sizes of their files."""


def key_of(clip: Clip, corpus: Corpus) -> str:
    """What a clip is called wherever its corpus lies."""
    return f"{clip.corpus}/{corpus.place(clip)}"


def label(
    found: Sequence[Corpus],
    *,
    teacher: str,
    out: Path,
    device: str = "auto",
    batch: int = 8,
    known: Path | None = None,
    on_clips: Callable[[int], None] | None = None,
) -> Labels:
    """The teacher's opinions on every clip of `found`, from `out` where they are known.

    What the folder `known` holds of the same teacher and clips is taken from there.
    `on_clips` is called with the number of clips done, each time some are. Under `accelerate launch`
    the processes share the parts between them. Raises `UserError` when the teacher cannot be
    had, a disk is full, or not one clip can be judged.
    """
    mates = team()
    device = mates.device if device == "auto" else device
    with open_teacher(teacher, device=device) as asked:
        parts = list(plan(found, about=asked.about))
        make_folder(out)
        for number, part in enumerate(parts):
            if number % mates.size == mates.rank and not (out / part.file).is_file():
                # A part's name says everything that it was made of.
                if known and (known / part.file).is_file():
                    write_whole(out / part.file, (known / part.file).read_bytes())
                else:
                    write_arrays(out / part.file, _asked(asked, part, batch))
            if on_clips:
                on_clips(len(part.clips))
        mates.wait()
        if mates.rank == 0:
            _finish(out, asked.about, parts)
        mates.wait()
    return read(out)


def plan(found: Sequence[Corpus], *, about: About) -> Iterator[Part]:
    """The parts into which the clips of `found` are cut, the same ones every time."""
    for corpus in found:
        for start in range(0, len(corpus.clips), PART_CLIPS):
            clips = corpus.clips[start : start + PART_CLIPS]
            keys = tuple(key_of(clip, corpus) for clip in clips)
            digest = hashlib.sha256(f"{about.name} {about.digest}".encode())
            for key, clip in zip(keys, clips, strict=True):
                digest.update(f"\n{key} {clip.path.stat().st_size}".encode())
            yield Part(keys, clips, f"{corpus.name}-{digest.hexdigest()[:16]}.npz")


def _asked(teacher: Teacher, part: Part, batch: int) -> dict[str, Any]:
    sounds, reasons = _heard(part)
    # Clips of like length share a batch, so that little of it is padding.
    order = sorted(
        (row for row, reason in enumerate(reasons) if not reason), key=lambda n: len(sounds[n])
    )
    opinions = Opinions.none(len(sounds))
    features = np.zeros((len(sounds), 0), np.float32)
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        given = teacher(
            [sounds[row] for row in rows], [part.clips[row].speaker for row in rows]
        )
        for name in FIELDS:
            getattr(opinions, name)[rows] = getattr(given, name)
        if given.features is not None:
            if features.shape[1] == 0:
                features = np.full((len(sounds), given.features.shape[1]), np.nan, np.float32)
            features[rows] = given.features
    return {
        "features": features,
        "key": np.array(part.keys),
        "reason": np.array(reasons),
        "duration_s": np.array([len(s) / RATE_HZ for s in sounds], np.float32),
        **{name: getattr(opinions, name) for name in FIELDS},
    }


def _heard(part: Part) -> tuple[list[Samples], list[str]]:
    sounds: list[Samples] = []
    reasons: list[str] = []
    for clip in part.clips:
        try:
            samples = load(clip.path)
        except UserError:
            sounds.append(np.zeros(0, np.float32))
            reasons.append(unread(clip.path))
            continue
        reasons.append("silent" if is_silent(samples) else "")
        sounds.append(excerpt(samples))
    return sounds, reasons


def excerpt(samples: Samples) -> Samples:
    """What the teachers hear of a clip, 16 kHz: without silence at its ends, its beginning."""
    return trimmed(samples)[: round(LONGEST_S * RATE_HZ)]


def _finish(out: Path, about: About, parts: Sequence[Part]) -> None:
    reasons: Counter[str] = Counter()
    for part in parts:
        reasons.update(read_part(out / part.file)["reason"].tolist())
    if not reasons[""]:
        raise UserError(
            "Not one clip could be judged, as all of them are silent or unreadable: "
            f"{counted(reasons)}."
        )
    table = {
        "teacher": asdict(about),
        "emotions": EMOTIONS,
        "clips": reasons.pop(""),
        "dropped": dict(reasons),
        "parts": [part.file for part in parts],
    }
    write_whole(out / MANIFEST, json.dumps(table, indent=2).encode())
