"""`label`: every clip is shown to the teachers once, and their opinions are kept.

The opinions lie in parts of a few hundred clips, each written whole or not at all and named
after what it holds; `manifest.json` is written last. Stopped at any moment and started again
it goes on; clips that were added later are the only ones asked about.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood_train import corpora
from dndmood_train.audio.loading import is_silent, load, trimmed
from dndmood_train.corpora import EMOTIONS, Clip, Corpus
from dndmood_train.files import made, put, put_arrays
from dndmood_train.teachers import About, Opinions, Teacher, device_named, open_teacher

MANIFEST = "manifest.json"
PART_CLIPS = 256
"""Clips in one part: what is lost at most when the power fails."""

LONGEST_S = 30.0
"""Of a longer clip the teachers hear the beginning."""

_FIELDS = ("shares", "arousal", "valence", "dominance")


@dataclass(frozen=True, slots=True)
class Part:
    """Some clips of one corpus that are asked about together."""

    keys: tuple[str, ...]
    """What each clip is called wherever the corpus lies: corpus and path inside it."""
    clips: tuple[Clip, ...]
    file: str
    """Named after the teacher's weights, the clips and the sizes of their files."""


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Finished opinions on clips, in the order of `keys`."""

    about: About
    keys: tuple[str, ...]
    opinions: Opinions
    duration_s: NDArray[np.float32]
    """Length of each clip as the teachers heard it, shape `(clips,)`."""
    dropped: dict[str, str]
    """Key to reason of clips that no teacher can judge: silent or unreadable."""

    def rows(self) -> dict[str, int]:
        """Key to row in `opinions`."""
        return {key: row for row, key in enumerate(self.keys)}


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
    on_clips: Callable[[int], None] | None = None,
) -> Labels:
    """The teacher's opinions on every clip of `found`, from `out` where they are known.

    `on_clips` is told how many clips are done, each time some are. Under `accelerate launch`
    the processes share the parts between them. Raises `UserError` when the teacher cannot be
    had, a disk is full, or not one clip can be judged.
    """
    team = _team()
    device = team.device if device == "auto" else device
    with open_teacher(teacher, device=device) as asked:
        parts = list(plan(found, about=asked.about))
        made(out)
        for number, part in enumerate(parts):
            if number % team.size == team.rank and not (out / part.file).is_file():
                put_arrays(out / part.file, _asked(asked, part, batch))
            if on_clips:
                on_clips(len(part.clips))
        team.wait()
        if team.rank == 0:
            _finish(out, asked.about, parts)
        team.wait()
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


def read(folder: Path) -> Labels:
    """Finished opinions; raises `UserError` when labelling never came to its end."""
    manifest = folder / MANIFEST
    try:
        table = json.loads(manifest.read_text(encoding="utf-8"))
        parts = [_read_part(folder / name) for name in table["parts"]]
        about = About(**{**table["teacher"], **_tuples(table["teacher"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"There are no finished labels in {folder}: run label again, it goes on where "
            "it stopped."
        ) from error
    together: dict[str, Any] = {
        name: np.concatenate([part[name] for part in parts])
        for name in parts[0]
        if name != "features"
    }
    kept = together["reason"] == ""
    return Labels(
        about=about,
        keys=tuple(together["key"][kept].tolist()),
        opinions=Opinions(
            **{name: together[name][kept] for name in _FIELDS},
            features=_features([part["features"] for part in parts])[kept],
        ),
        duration_s=together["duration_s"][kept],
        dropped=dict(
            zip(
                together["key"][~kept].tolist(), together["reason"][~kept].tolist(), strict=True
            )
        ),
    )


def _features(given: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    # A part in which nothing could be heard does not know how many there are.
    width = max(some.shape[1] for some in given)
    empty = [np.full((len(some), width), np.nan, np.float32) for some in given]
    return np.concatenate(
        [some if some.shape[1] else gap for some, gap in zip(given, empty, strict=True)]
    )


def _tuples(table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(table[name]) for name in ("emotions", "dimensions")}


@dataclass(frozen=True, slots=True)
class _Team:
    """The processes that share the work, and which of them this is."""

    rank: int = 0
    size: int = 1
    device: str = "auto"
    wait: Callable[[], None] = lambda: None


def _team() -> _Team:
    # Alone unless a launcher says otherwise, so that accelerate is only needed for a team.
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return _Team()
    from accelerate import PartialState

    state = PartialState(cpu=os.environ.get("ACCELERATE_USE_CPU", "").lower() in {"1", "true"})
    return _Team(
        state.process_index, state.num_processes, str(state.device), state.wait_for_everyone
    )


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
        for name in _FIELDS:
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
        **{name: getattr(opinions, name) for name in _FIELDS},
    }


def _heard(part: Part) -> tuple[list[Samples], list[str]]:
    sounds: list[Samples] = []
    reasons: list[str] = []
    for clip in part.clips:
        try:
            samples = load(clip.path)
        except UserError:
            sounds.append(np.zeros(0, np.float32))
            reasons.append("unreadable sound")
            continue
        reasons.append("silent" if is_silent(samples) else "")
        sounds.append(shown(samples))
    return sounds, reasons


def shown(samples: Samples) -> Samples:
    """What the teachers hear of a clip, 16 kHz: without silence at its ends, its beginning."""
    return trimmed(samples)[: round(LONGEST_S * RATE_HZ)]


def _finish(out: Path, about: About, parts: Sequence[Part]) -> None:
    reasons: Counter[str] = Counter()
    for part in parts:
        reasons.update(_read_part(out / part.file)["reason"].tolist())
    if not reasons[""]:
        raise UserError("Not one clip could be judged: all of them are silent or unreadable.")
    table = {
        "teacher": asdict(about),
        "emotions": EMOTIONS,
        "clips": reasons.pop(""),
        "dropped": dict(reasons),
        "parts": [part.file for part in parts],
    }
    put(out / MANIFEST, json.dumps(table, indent=2).encode())


def _read_part(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as table:
        return {name: table[name] for name in table.files}


def spread(arguments: Sequence[str], *, processes: int, device: str) -> None:
    """Run `label` with these arguments in several processes of this machine.

    They find each other through accelerate, one GPU to each where there are enough. Raises
    `UserError` with the last words of the process that failed.
    """
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    launch += ["--nproc_per_node", str(processes), "-m", "dndmood_train", "label", *arguments]
    on_cpu = device_named(device).startswith("cpu")
    environment = {"ACCELERATE_USE_CPU": "1", "OMP_NUM_THREADS": "1"} if on_cpu else {}
    done = subprocess.run(  # noqa: S603 - our own module, arguments passed as a list
        launch,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            **environment,
        },
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if line.strip()]
        told = [line for line in told if "UserError: " in line] or told or ["no last words"]
        raise UserError(f"Labelling in {processes} processes failed: {told[0].strip()}")


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m dndmood_train label`, alone or in several processes."""
    parser = argparse.ArgumentParser(prog="dndmood_train label", description=__doc__)
    add = parser.add_argument
    add("--corpora", type=Path, nargs="+", required=True, help="folders that hold corpora")
    add("--teacher", required=True, help="a name, a hub name or a folder")
    add("--out", type=Path, required=True, help="folder for the opinions")
    add("--device", default="auto")
    add("--batch", type=int, default=8)
    add("--processes", type=int, default=1, help="processes on this machine")
    asked = parser.parse_args(argv)
    if asked.processes > 1:
        given = ["--corpora", *map(str, asked.corpora), "--teacher", asked.teacher]
        given += [
            "--out",
            str(asked.out),
            "--device",
            asked.device,
            "--batch",
            str(asked.batch),
        ]
        spread(given, processes=asked.processes, device=asked.device)
        return 0
    labels = label(
        corpora.find(asked.corpora),
        teacher=asked.teacher,
        out=asked.out,
        device=asked.device,
        batch=asked.batch,
    )
    team = _team()
    if team.size > 1:
        print(f"process {team.rank + 1} of {team.size} is done")
    if team.rank > 0:
        return 0
    print(f"{len(labels.keys)} clips labelled by {labels.about.name} in {asked.out}")
    for reason, count in Counter(labels.dropped.values()).items():
        print(f"{count} left out: {reason}")
    return 0
