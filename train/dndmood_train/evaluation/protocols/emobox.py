"""EmoBox: 32 corpora in fixed folds, by speaker where the paper splits by speaker."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from dndmood.errors import UserError
from dndmood_train import corpora
from dndmood_train.corpora import EMOTIONS, Clip, Corpus
from dndmood_train.evaluation import metrics
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.protocols._task import (
    Task,
    categorical,
    strict_macro_f1,
    whole_or_part,
)

TITLE = "EmoBox"
SOURCE = (
    'Ma et al., "EmoBox: Multilingual Multi-corpus Speech Emotion Recognition Toolkit and '
    'Benchmark", Interspeech 2024, arXiv 2406.07162'
)
_FOLDERS = {
    "aesdd": "aesdd",
    "ased": "ased",
    "cafe": "cafe",
    "casia": "casia",
    "cremad": "cremad",
    "emodb": "emodb",
    "emov_db": "emovdb",
    "emovo": "emovo",
    "emozionalmente": "emozionalmente",
    "enterface": "enterface",
    "esd": "esd",
    "iemocap": "iemocap",
    "jl_corpus": "jlcorpus",
    "meld": "meld",
    "mesd": "mesd",
    "msp_podcast": "msppodcast",
    "ravdess": "ravdess",
    "savee": "savee",
    "shemo": "shemo",
    "subesco": "subesco",
    "tess": "tess",
    "turev_db": "turevdb",
    "urdu": "urdu",
}
CORPORA = dict.fromkeys(_FOLDERS, "as it was downloaded")
DIFFERS = (
    "A finished model is tested on every fold; EmoBox teaches a head on the rest of each.",
    (
        "Without --partitions (the data folder of EmoBox' repository) the folds that are known here "
        "are those of RAVDESS, EMOVO, SAVEE, CASIA and JL-Corpus by speaker, of IEMOCAP by session, "
        "and the test parts of MELD and MSP-Podcast; of the other corpora all clips are one fold."
    ),
    "Classes without a place among our emotions, such as boredom, are not asked.",
)
_RAVDESS = (
    {1, 11, 20, 21},
    {4, 10, 12, 14},
    {8, 9, 19, 23},
    {3, 5, 7, 24},
    {2, 15, 16, 18},
    {6, 13, 17, 22},
)
_FOUR = ("neutral", "happy", "sad", "angry")
"""Of IEMOCAP, with excitement among what is happy, as the published map of labels says."""
_TEST_PART = {"meld": "test", "msp_podcast": "test1"}
_ONE_SPEAKER_EACH = frozenset({"emovo", "savee", "casia", "jl_corpus"})
_HOW_MANY = {"ravdess": 6, "iemocap": 5, "emovo": 6, "savee": 4, "casia": 4, "jl_corpus": 4}


def tasks(found: Sequence[Corpus], partitions: Path | None = None) -> Iterator[Task]:
    """The test clips of each fold."""
    for corpus in found:
        if corpus.name not in CORPORA:
            continue
        clips = [clip for clip in corpus.clips if clip.emotion]
        if corpus.name == "iemocap":
            clips = [clip for clip in clips if clip.emotion in _FOUR]
        classes = tuple(e for e in EMOTIONS if e in {clip.emotion for clip in clips})
        title = corpora.reader(corpus.name).TITLE
        listed = _tables(corpus.name, partitions)
        folds = len(listed) or _HOW_MANY.get(corpus.name, 0)
        for name, chosen in _listed(clips, listed) if listed else _folds(corpus.name, clips):
            yield Task(title, name, tuple(chosen), classes, folds=folds, listed=bool(listed))


def figures(task: Task, answers: Answers) -> dict[str, float]:
    """UA (also called UAR), WA (accuracy) and macro F1."""
    counts = categorical(task, answers)
    return {
        "UA": metrics.uar(counts),
        "WA": metrics.accuracy(counts),
        "macro F1": strict_macro_f1(counts),
    }


def _tables(name: str, partitions: Path | None) -> list[Path]:
    # EMO-DB's folders hold every list twice, the second time as `emodb_test_fold1`.
    pattern = f"{_FOLDERS[name]}/fold_*/*_test_fold_*.jsonl"
    return sorted(partitions.glob(pattern)) if partitions else []


def _folds(name: str, clips: Sequence[Clip]) -> Iterator[tuple[str, list[Clip]]]:
    if name == "ravdess":
        for number, actors in enumerate(_RAVDESS, start=1):
            speakers = {f"ravdess:{actor:02d}" for actor in actors}
            if chosen := [clip for clip in clips if clip.speaker in speakers]:
                there = len({clip.speaker for clip in chosen})
                yield whole_or_part(f"fold {number}", there, len(actors), "voices"), chosen
    elif name in _ONE_SPEAKER_EACH:
        yield from _by(clips, lambda clip: f"without {clip.speaker.partition(':')[2]}")
    elif name == "iemocap":
        yield from _by(clips, lambda clip: clip.part)
    elif chosen := [clip for clip in clips if clip.part.lower() == _TEST_PART.get(name)]:
        yield "test part", chosen
    elif clips:
        yield "all clips", list(clips)


def _listed(clips: Sequence[Clip], tables: Sequence[Path]) -> Iterator[tuple[str, list[Clip]]]:
    for table in tables:
        listed = {_inside(Path(path)) for path in _paths(table)}
        lengths = {len(parts) for parts in listed}
        if chosen := [c for c in clips if any(_end(c.path, n) in listed for n in lengths)]:
            name = table.parent.name.replace("_", " ")
            yield whole_or_part(name, len(chosen), len(listed), "clips"), chosen


def _by(
    clips: Sequence[Clip], name_of: Callable[[Clip], str]
) -> Iterator[tuple[str, list[Clip]]]:
    for name in sorted({name_of(clip) for clip in clips}):
        yield name, [clip for clip in clips if name_of(clip) == name]


def _paths(table: Path) -> Iterator[str]:
    try:
        lines = [
            line for line in table.read_text(encoding="utf-8").splitlines() if line.strip()
        ]
    except ValueError as error:
        raise UserError(f"{table} is not a fold of EmoBox: it is not UTF-8.") from error
    if not lines:
        raise UserError(f"{table} is not a fold of EmoBox: it is empty.")
    for number, line in enumerate(lines, start=1):
        try:
            yield str(json.loads(line)["wav"])
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                f'{table} is not a fold of EmoBox: line {number} is not {{"wav": "a path"}}.'
            ) from error


def _inside(path: Path) -> tuple[str, ...]:
    # `downloads/casia/wangzhe/neutral/239.wav`: what follows the corpus' own folder.
    parts = _folded(path)
    return parts[parts.index("downloads") + 2 :] if "downloads" in parts else parts


def _end(path: Path, length: int) -> tuple[str, ...]:
    # However deep a corpus lies, and whatever its sounds were encoded as.
    return _folded(path)[-length:]


def _folded(path: Path) -> tuple[str, ...]:
    return tuple(part.casefold() for part in path.with_suffix("").parts)
