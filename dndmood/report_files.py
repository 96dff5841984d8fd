"""From journals on the disk to a report beside them."""

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from dndmood import journal, journal_file, paths, private_files
from dndmood.assembly import mood_book, places
from dndmood.errors import UserError
from dndmood.file_names import free_neighbour
from dndmood.report import markdown, page, plots, story
from dndmood.settings import Settings
from dndmood.stderr_to_log import libraries_quiet


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

    `out` must not be there yet. Without it, the report lies beside the first journal under a
    name that is still free. A journal named twice counts once. Returns where it was written;
    `say` is given which journals and moods had to be left out. Raises `UserError`.
    """
    target = paths.expanded(out) if out else None
    if target and _taken(target):
        raise UserError(
            f"{target} is already there and stays as it is: name another file with --out, or "
            "move that one away."
        )
    files = _once(journals)
    content = rendered(settings, files, form=form, say=say)
    name = files[0].stem if len(files) == 1 else "campaign"
    try:
        if target:
            _write_new(target, content)
        else:
            target = files[0].with_name(f"{name}.{form}")
            if os.path.lexists(target):
                target = free_neighbour(target, first=2)
            private_files.replace(target, content)  # as private as the journal beside it
    except OSError as error:
        raise UserError(
            f"The report {target} cannot be written ({error.strerror}): choose a place with --out."
        ) from error
    return target


def rendered(
    settings: Settings, journals: Sequence[Path], *, form: str, say: Callable[[str], None]
) -> bytes:
    """The story of one evening, or of a campaign, as `form` (html, md or png).

    A journal named twice counts once. `say` is given which journals and moods had to be left
    out. Raises `UserError` when nothing is left to tell.
    """
    shown = places(mood_book(settings, say, fall_back=True).values())
    evenings, left_out = story.gathered(
        (path.name or str(path), journal.read(path)) for path in _once(journals)
    )
    for sentence in left_out:
        say(sentence)
    with libraries_quiet(paths.log_file()):  # matplotlib tells of every cache it cannot write
        if form == "png":
            return plots.png(evenings, shown)
        write = page.html if form == "html" else markdown.text
        return write(evenings, shown).encode("utf-8", "replace")


def _once(journals: Sequence[Path]) -> list[Path]:
    return list({os.path.realpath(one): one for one in map(paths.expanded, journals)}.values())


def _taken(target: Path) -> bool:
    """Whether something lies there that writing would destroy; a device or a pipe takes it all."""
    if not os.path.lexists(target):
        return False
    try:
        kind = target.stat().st_mode
    except OSError:
        return True
    return stat.S_ISREG(kind) or stat.S_ISDIR(kind)


def _write_new(target: Path, content: bytes) -> None:
    """Write `content` to `target`, a new file whole or not at all. Raises OSError."""
    if os.path.lexists(target):
        target.write_bytes(content)
        return
    with target.open("xb") as file:
        try:
            private_files.write_all(file.fileno(), content)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
