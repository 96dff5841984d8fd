"""Tables of EMO-SUPERB: one row a clip, one column an emotion, and how many heard it.

Wu et al., "EMO-SUPERB: An In-depth Look at Speech Emotion Recognition", arXiv 2402.13018;
https://github.com/EMOsuperb/EMO-SUPERB-submission. A corpus lies in `Audios`, its tables in
`Primary` and `Secondary` as `labels_consensus_1.csv` and so on, one for each fold, which differ
in the column `Split_Set` only. The shares are smoothed there: a clip on which all agree has 0.95
for their emotion, and the rest is spread evenly. Here the smoothing is undone.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop, shares
from dndmood_train.corpora._files import (
    MISSING,
    by_stem,
    folder_named,
    matching,
    number,
    rows,
    sounds,
    unnamed,
)

_SPREAD = 0.05
_NAMED = frozenset({"", "FileName"})
_AFTER = frozenset({"EmoAct", "EmoVal", "EmoDom", "SpkrID", "Gender", "Split_Set"})
NO_AGREEMENT = "no agreement"
"""The label of a clip for which no emotion was heard most."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One row, freed of its smoothing."""

    path: Path
    label: str
    """The emotion that most heard, in the table's word, or `NO_AGREEMENT`."""
    votes: dict[str, float] | None
    arousal: float | None
    valence: float | None
    dominance: float | None
    speaker: str
    """Empty where the table does not say."""
    sex: str | None
    part: str


def table(folder: Path) -> Path | None:
    """The first table of a corpus in `folder`; None where there is none."""
    found = (
        path
        for kind in ("Primary", "Secondary")
        if (place := folder_named(folder, kind))
        for path in matching(place, "labels_consensus*.csv")
    )
    return next(found, None)


def audios(root: Path) -> Path:
    """Where the sounds of a corpus lie."""
    return folder_named(root, "Audios") or root


def clips(
    root: Path,
    words: Mapping[str, str],
    *,
    corpus: str,
    language: str,
    most: float,
    speaker: Callable[[Heard], str] = lambda row: row.speaker,
) -> Iterator[Clip | Drop]:
    """The clips of `corpus`; see `heard`. `speaker` names who speaks, "" where nobody knows."""
    for item in heard(root, words, most=most):
        if isinstance(item, Drop):
            yield item
        elif not (who := speaker(item)):
            yield Drop(item.path, "unknown speaker")
        else:
            yield Clip(
                path=item.path,
                corpus=corpus,
                speaker=f"{corpus}:{who}",
                emotion=words.get(item.label),
                label=item.label,
                votes=item.votes,
                arousal=item.arousal,
                valence=item.valence,
                dominance=item.dominance,
                sex=item.sex,
                language=language,
                part=item.part,
            )


def heard(root: Path, words: Mapping[str, str], *, most: float) -> Iterator[Heard | Drop]:
    """Every row of the table; `words` are its emotions to ours, ratings go from 1 to `most`."""
    labels = table(root)
    lying = sounds(audios(root))
    found = by_stem(lying)
    named: set[Path] = set()
    for row in rows(labels) if labels else []:
        name = row.get("FileName") or row.get("", "")
        path = found.get(Path(name).stem.casefold())
        if path is None:
            yield Drop(audios(root) / name, MISSING)
            continue
        named.add(path)
        given = _unsmoothed({word: number(row[word]) or 0.0 for word in _emotions(row)})
        votes: dict[str, float] = {}
        for word, share in given.items():
            if word in words:
                votes[words[word]] = votes.get(words[word], 0.0) + share
        sex = row.get("Gender", "").lower()
        yield Heard(
            path=path,
            label=_most_heard(given),
            votes=shares(votes),
            arousal=_scaled(row.get("EmoAct"), most),
            valence=_scaled(row.get("EmoVal"), most),
            dominance=_scaled(row.get("EmoDom"), most),
            speaker=row.get("SpkrID", ""),
            sex=sex if sex in {"female", "male"} else None,
            part=row.get("Split_Set", ""),
        )
    yield from unnamed(lying, named)


def _emotions(row: Mapping[str, str]) -> list[str]:
    # The emotions come first; what somebody adds to a table stands behind all others.
    first = itertools.takewhile(lambda column: column not in _AFTER, row)
    return [column for column in first if column not in _NAMED]


def _unsmoothed(given: Mapping[str, float]) -> dict[str, float]:
    least = _SPREAD / max(1, len(given) - 1)
    freed = {word: max(0.0, share - least) for word, share in given.items()}
    # What is left of rounding is nobody's vote.
    return {word: share if share > least / 10 else 0.0 for word, share in freed.items()}


def _most_heard(given: Mapping[str, float]) -> str:
    best = sorted(given.items(), key=lambda item: -item[1])
    tied = len(best) > 1 and best[0][1] - best[1][1] < _SPREAD / 10
    return NO_AGREEMENT if tied or not best else best[0][0]


def _scaled(cell: str | None, most: float) -> float | None:
    # The middle of the scale becomes one half.
    rated = number(cell)
    return None if rated is None else min(1.0, max(0.0, (rated - 1) / (most - 1)))
