"""Why a figure is missing, or says less than it seems to, in whole sentences."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from dndmood.printable import printable
from dndmood_train.evaluation.figures import Figures
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.test_set import EvaluationSet

_FEWEST = 2
_WORDS = 6
"""So many are named."""


def reasons(tested: EvaluationSet, answers: Answers, found: Figures) -> list[str]:
    """Sentences about what `found` cannot say of these answers; none where all is well."""
    return [
        *_of_classes(tested, found),
        *_of_words(tested),
        *_of_votes(tested, found),
        *_of_dimensions(tested, answers, found),
    ]


def _of_words(tested: EvaluationSet) -> Iterator[str]:
    """Words of the corpora that are no label of the model; a slip of the pen is one of them."""
    known = tested.truth >= 0
    strange = Counter(
        clip.label.strip()
        for clip, asked in zip(tested.clips, known.tolist(), strict=True)
        if not asked and clip.label.strip()
    )
    if strange:
        named = [f"{printable(word)} ({count})" for word, count in strange.most_common(_WORDS)]
        more = len(strange) - len(named)
        rest = f" and {more} more words" if more else ""
        yield f"No label of the model means {', '.join(named)}{rest}."


def _of_classes(tested: EvaluationSet, found: Figures) -> Iterator[str]:
    if not found.clips:
        yield "No clip has an emotion that the model knows: nothing is said of emotions."
        return
    if len(tested.classes) == 1:
        yield (
            f"All clips are {tested.classes[0]}: UAR and accuracy are 1 whatever the model says, as "
            "it chooses among the emotions that occur, and there is no AUC."
        )
    elif unheard := [name for name, value in found.precision.items() if np.isnan(value)]:
        yield (
            f"The model never answers {', '.join(unheard)}, so that there is no precision of "
            f"{'them' if len(unheard) > 1 else 'it'}."
        )
    if found.speakers < _FEWEST:
        yield "All clips are of one speaker: intervals, which redraw speakers, need two."


def _of_votes(tested: EvaluationSet, found: Figures) -> Iterator[str]:
    if found.distributions is None and any(clip.votes for clip in tested.clips):
        yield (
            "Listeners voted, but for fewer than two emotions that the model knows: there is no KL "
            "and no Brier score."
        )


def _of_dimensions(tested: EvaluationSet, answers: Answers, found: Figures) -> Iterator[str]:
    for name, dimension in found.dimensions.items():
        if dimension.clips < _FEWEST:
            yield f"Only one clip has a rating of {name}: CCC and correlation need two."
            continue
        rated = tested.rated(name)
        known = ~np.isnan(rated)
        if np.ptp(rated[known]) == 0:
            yield (
                f"All ratings of {name} are the same: there is nothing to follow, and its CCC says "
                "nothing of the model."
            )
        elif np.ptp(getattr(answers, name)[known]) == 0:
            yield f"The model says the same {name} of every clip: its CCC is 0."
