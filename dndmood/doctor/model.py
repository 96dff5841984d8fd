"""The emotion model: whole, and giving the answer to a known sound that it must give."""

from collections.abc import Iterator, Mapping
from typing import Any

from dndmood.assembly import model_folder, model_said
from dndmood.doctor._finding import Finding, hint, ok, wrong
from dndmood.errors import UserError
from dndmood.hearing import known_answer
from dndmood.hearing.model import open_model
from dndmood.hearing.reading import Reading
from dndmood.settings import Settings

ORDER = 90
STUCK = "Install onnxruntime again: python -m pip install --force-reinstall onnxruntime."

_AGAIN = "Install dndmood again, or name another model with --model."


def check(settings: Settings) -> Iterator[Finding]:
    """The model that an evening would use."""
    try:
        folder = model_folder(settings)
        known = known_answer.expected(folder)
        with open_model(folder) as model:
            answer = model(known_answer.sound())
            head = model.head(answer.features) if model.head else None
    except UserError as error:
        yield wrong(str(error), _AGAIN)
        return
    yield ok(f"The model {model_said(settings)} listens.")
    yield ok("The model is whole: its sha256 is the one on its card.")
    yield judged(answer, known)
    if head is not None and judged(head, known).mark != judged(answer, known).mark:
        yield judged(head, known)


def judged(answer: Reading, known: Mapping[str, Any] | None) -> Finding:
    """Whether the model's `answer` to the known sound is the one on its card."""
    if known is None:
        return hint("The model's card has no known answer to compare with; others can be used.")
    stray = known_answer.largest_difference(answer, known)
    if stray <= known_answer.TOLERANCE:
        return ok(
            f"It gives the known answer to a known sound, to within {max(stray, 1e-4):.4f}."
        )
    return wrong(
        f"It does not give the known answer to a known sound (it strays by {stray:.2f}): what it "
        "hears at the table is not what it should hear.",
        STUCK,
    )
