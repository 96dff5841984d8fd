"""From journals on the disk to a report beside them."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from dndmood import journal, journal_file, paths, private_files
from dndmood.assembly import mood_book, places
from dndmood.errors import UserError
from dndmood.file_names import free_neighbour
from dndmood.report import markdown, page, plots, story
from dndmood.settings import Settings


def newest() -> Path:
    """The journal of the last evening; raises `UserError` when there is none."""
    for path in journal_file.evenings(paths.journals()):
        return path
    raise UserError(
        f"There is no journal in {paths.journals()} yet: an evening of 'dndmood listen' "
        "leaves one."
    )


def report(
    settings: Settings,
    journals: Sequence[Path],
    *,
    form: str,
    out: Path | None,
    say: Callable[[str], None],
) -> Path:
    """Write the story of one evening, or of a campaign, as `form` (html, md or png).

    Without `out` it lies beside the first journal under a name that is still free. Returns
    where it was written; `say` gets which journals had to be left out.
    Raises `UserError` when no journal has an evening in it or the report cannot be written.
    """
    shown = places(mood_book(settings).values())
    files = [paths.expanded(path) for path in journals]
    evenings, left_out = story.gathered((path.name, journal.read(path)) for path in files)
    for sentence in left_out:
        say(sentence)
    name = files[0].stem if len(files) == 1 else "campaign"
    target = paths.expanded(out) if out else files[0].with_name(f"{name}.{form}")
    if not out and os.path.lexists(target):
        target = free_neighbour(target, first=2)
    if form == "png":
        content = plots.png(evenings, shown)
    else:
        write = page.html if form == "html" else markdown.text
        content = write(evenings, shown).encode("utf-8", "replace")
    try:
        if out:
            target.write_bytes(content)
        else:  # as private as the journal beside it
            private_files.replace(target, content)
    except OSError as error:
        raise UserError(
            f"The report {target} cannot be written ({error.strerror}): choose a place with --out."
        ) from error
    return target
