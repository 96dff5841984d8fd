"""The book of moods: one TOML file each. There is no list of moods in the code."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from dndmood import toml_text
from dndmood.errors import UserError
from dndmood.fields import Share, kinds
from dndmood.file_names import printable


@dataclass(frozen=True, slots=True)
class Mood:
    """One mood as its file describes it; the file's stem is its name."""

    name: str
    """The file's stem, and what `--mood`, journals and folders call it."""
    folder: Path
    """Where the file lies; its track patterns start here."""
    title: Annotated[str, Meta(pattern=r"\S")]
    """What people read."""
    arousal: Share
    """Its place in the plane: 0 drowsy to 1 excited."""
    valence: Share
    """Its place in the plane: 0 unpleasant to 1 pleasant."""
    emotions: Mapping[str, Share]
    """Which emotions speak for it, and how strongly (0 to 1)."""
    order: Annotated[float, Meta(ge=0, le=10_000)] = 100
    """Position on the screen and on the number keys; ties go by name."""
    spread: Annotated[float, Meta(ge=0.02, le=1.0)] = 0.2
    """How far from its place talk still counts for it (standard deviation in the plane)."""
    hold_s: Annotated[float, Meta(ge=0.0, le=3600.0)] = 15.0
    """Once entered, it stays at least this long."""
    tracks: tuple[str, ...] = ()
    """File patterns under `folder`, or absolute."""
    names: tuple[str, ...] = ()
    """What else people call its music: folders, playlists and files, in any language."""
    words: Mapping[Annotated[str, Meta(pattern=r"^[a-z]{2,3}$")], tuple[str, ...]] = field(
        default_factory=dict, hash=False
    )
    """Language, as "en", to what is said when the table is in it: evidence where words count."""


_KINDS = {key: kind for key, kind in kinds(Mood).items() if key not in ("name", "folder")}
_WORDS = {
    "title": "a text",
    "emotions": "a table of emotions with weights from 0 to 1",
    "tracks": "a list of file patterns",
    "names": "a list of words",
    "words": 'a table of lists by language, as en = ["an ambush"]',
}
_LONGEST_TITLE = 80
_NEEDED = ("title", "arousal", "valence", "emotions")
_GONE = ("attack_s", "release_s")
"""Keys of older mood files that say nothing any more: how fast a mood comes and goes follows from
what is heard. They are passed over, as a mood of somebody's own should not be lost for them."""


def load(
    *folders: Path,
    labels: Iterable[str] = (),
    tell: Callable[[str], None] | None = None,
    fall_back: bool = False,
) -> dict[str, Mood]:
    """Every mood in `folders`, by name, in screen order; a later folder's file wins.

    The first folder's moods come along, the others are the user's. Raises `UserError` for a
    file that cannot be used or that counts on an emotion which is not among `labels`, naming
    the file and the key. With `tell` a mood of the user's own is left out instead and reported;
    with `fall_back` too, the one that it would have replaced is taken.
    """
    labelled = list(labels)
    moods: dict[str, Mood] = {}
    for number, folder in enumerate(folders):
        for path in files(folder, tell=tell):
            name = printable(path.stem)
            try:
                mood = read(path)
                check_emotions([mood] if labelled else [], labelled)
                # Who replaces a mood's file need not say again what its folders may be called.
                known = moods.get(name, mood)
                moods[name] = replace(
                    mood, names=mood.names or known.names, words=mood.words or known.words
                )
            except UserError as error:
                if tell is None or number == 0 or (name in moods and not fall_back):
                    raise
                tell(toml_text.instead(error, known=name in moods))
    if not moods:
        raise UserError(
            f"There are no moods in {printable(folders[0])}: put one TOML file per mood there."
        )
    return dict(sorted(moods.items(), key=lambda item: (item[1].order, item[0])))


def files(*folders: Path, tell: Callable[[str], None] | None = None) -> list[Path]:
    """What is called like a mood file in `folders`, without what systems put beside such files.

    A folder that cannot be listed is reported, or raises `UserError` without `tell`.
    """
    return [
        path for folder in folders for path in toml_text.files(folder, "The mood folder", tell)
    ]


def read(path: Path) -> Mood:
    """The mood in the file `path`; raises `UserError` naming what is wrong with it."""
    table = toml_text.read(path, "The mood file")
    which = f"The mood file {printable(path)}"
    table = {key: value for key, value in table.items() if key not in _GONE}
    for key in sorted(table):
        if key not in _KINDS:
            raise UserError(f"{which} {toml_text.unknown_key(key, _KINDS)}")
    _check_words(which, table.get("words"))
    if missing := [key for key in _NEEDED if key not in table]:
        raise UserError(f"{which} lacks the key {missing[0]!r}.")
    values = {key: _checked(which, key, value) for key, value in table.items()}
    values["title"] = printable(values["title"]).strip()[:_LONGEST_TITLE]
    return Mood(name=printable(path.stem), folder=path.parent, **values)


def _check_words(which: str, words: object) -> None:
    """Say what a key is that was written at the end of the file, where `[words]` goes on."""
    for key, said in words.items() if isinstance(words, dict) else ():
        if not isinstance(said, list):
            raise UserError(
                f"{which} has the unknown key {printable(key)!r} under [words], where lists by "
                "language stand: keys of the mood belong above that line."
            )
        for phrase in said:
            if isinstance(phrase, str) and not any(map(str.isalnum, phrase)):
                raise UserError(
                    f"{which} has a phrase without a word under [words], {phrase[:40]!r}: write one, "
                    "or take it out."
                )


def check_emotions(moods: Iterable[Mood], labels: Iterable[str]) -> None:
    """Raise `UserError` when a mood counts on an emotion that the model does not know."""
    known = list(labels)
    for mood in moods:
        for label in mood.emotions:
            if label not in known:
                raise UserError(
                    f"The mood {mood.name} counts on the emotion {label!r}, which the model "
                    f"does not know: use {', '.join(known)}."
                )


def _checked(which: str, key: str, value: Any) -> Any:
    good = toml_text.converted(which, key, value, _KINDS[key], _WORDS.get(key, ""))
    if key == "tracks" and any(map(toml_text.lost_a_backslash, good)):
        raise UserError(f"{which} has a broken path in 'tracks': {toml_text.BACKSLASHES}.")
    return good
