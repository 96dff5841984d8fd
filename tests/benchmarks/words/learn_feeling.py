"""Learns what plain words say about the mood, and writes the table that comes along.

    python -m tests.benchmarks.words.learn_feeling [--captions FOLDER] [--write FILE]

Logistic regression on the square roots of the words' shares of the talk, both classes weighing the
same: how often a campaign is pleasant is no fact about yours. Every episode is learned from whole and
with words left out, as a recogniser leaves some out. Without `--write` only the figures are printed,
each episode judged by a table learned from the others. Kept are words that were said at least
`_LEAST` times in at least two episodes, and three numbers for each.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from dndmood.words.feeling import FEW, PERCENT, Feeling, FeelingTable
from dndmood.words.spoken import STOP, Word, spoken
from tests.benchmarks.words import episodes
from tests.benchmarks.words.episodes import Episode

HALF_LIFE_S = 40.0
_LEAST = 8
_REGULARITY = 0.001
_MISSED = (0.0, 0.4)
"""Shares of the words that are left out, one after the other."""
_NAMES = frozenset(("brand", "brandon", "bran", "nico", "dee", "sam", "ki", "key", "lan"))
"""Of these players and their characters: they say nothing about another table."""


def learned(lessons: Sequence[Episode]) -> FeelingTable:
    """The table that `lessons` teach."""
    known = _vocabulary(lessons)
    counts = np.vstack([_shares(one, known, missed) for missed in _MISSED for one in lessons])
    answers = np.vstack([_answers(one) for _ in _MISSED for one in lessons])
    weights, bias = [], []
    for axis in range(answers.shape[1]):
        fitted = LogisticRegression(
            C=_REGULARITY, class_weight="balanced", max_iter=500, tol=1e-4
        ).fit(counts, answers[:, axis])
        weights.append(fitted.coef_[0])
        bias.append(float(fitted.intercept_[0]))
    table = {
        word: tuple(round(float(one[n]), 3) for one in weights) for n, word in enumerate(known)
    }
    return FeelingTable(
        half_life_s=HALF_LIFE_S, bias=tuple(round(one, 3) for one in bias), words=table
    )


def log_odds(table: FeelingTable, episode: Episode) -> np.ndarray:
    """What `table` says at the end of every line, shape `(lines, 3)`."""
    feeling, found = Feeling(table), []
    for line in episode.lines:
        feeling.push(spoken(line.text, line.start_s, line.start_s + line.duration_s))
        found.append(feeling.at(line.start_s + line.duration_s))
    return np.array(found)


def _vocabulary(lessons: Sequence[Episode]) -> list[str]:
    said, heard_in = Counter(), Counter()
    for one in lessons:
        words = Counter(word.text for line in one.lines for word in spoken(line.text, 0, 1))
        said.update(words)
        heard_in.update(set(words))
    return sorted(
        word
        for word, count in said.items()
        if count >= _LEAST and heard_in[word] > 1 and word.isalpha() and word not in _NAMES
    )


def _shares(episode: Episode, known: Sequence[str], missed: float) -> np.ndarray:
    """The square roots of the words' shares at the end of every line, some words left out."""
    place = {word: n for n, word in enumerate(known)}
    chance = np.random.default_rng([episode.name, round(100 * missed)])
    faded, every, rows, at_s = np.zeros(len(known)), 0.0, [], 0.0
    for line in episode.lines:
        end_s = line.start_s + line.duration_s
        for word in [*spoken(line.text, line.start_s, end_s), Word(STOP, end_s)]:
            kept = 0.5 ** (max(word.at_s - at_s, 0.0) / HALF_LIFE_S)
            faded, every, at_s = faded * kept, every * kept, max(at_s, word.at_s)
            if not word.ends and chance.random() >= missed:
                every += 1.0
                if (n := place.get(word.text)) is not None:
                    faded[n] += 1.0
        rows.append(np.sqrt(PERCENT * faded / (every + FEW)))
    return np.array(rows)


def _answers(episode: Episode) -> np.ndarray:
    fights = episode.fights
    return np.array(
        [
            (line.valence, line.arousal, any(a <= line.start_s < b for a, b in fights))
            for line in episode.lines
        ],
        int,
    )


def main(argv: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--captions", type=Path, default=episodes.FOLDER)
    options.add_argument("--write", type=Path)
    asked = options.parse_args(argv)
    every = [episodes.read(asked.captions, number) for number in episodes.NAMES]
    if asked.write:
        asked.write.write_text(_written(learned(every)), encoding="utf-8")
        return
    right = []
    for left_out in every:
        table = learned([one for one in every if one is not left_out])
        right.append((log_odds(table, left_out) > 0) == _answers(left_out))
        print(left_out.name, *(f"{one:.3f}" for one in right[-1].mean(axis=0)))
    print("all", *(f"{one:.3f}" for one in np.vstack(right).mean(axis=0)))


def _written(table: FeelingTable) -> str:
    lines = [
        "# What plain English words say about pleasant, excited and a fight, in log-odds.",
        "# Learned by tests/benchmarks/words/learn_feeling.py.",
        f"half_life_s = {table.half_life_s}",
        f"bias = {list(table.bias)}",
        "",
        "[words]",
        *(f"{word} = {list(weights)}" for word, weights in table.words.items()),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
