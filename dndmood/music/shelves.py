"""Which files belong to which mood; the only place that looks for music."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dndmood.errors import UserError
from dndmood.events import Track

SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff"})
"""What libsndfile decodes; other files in a music folder (covers, notes) are passed over."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The music of one mood, looked through once at the start."""

    mood: str
    title: str
    """The mood's name for people."""
    tracks: tuple[Track, ...]
    skipped: tuple[str, ...] = ()
    """One sentence for every file that cannot be played."""
    own: bool = False
    """True when the tracks are the game master's own."""


def stock(
    mood: str, *, title: str, folder: Path, patterns: Iterable[str], music: Path | None
) -> Shelf:
    """The shelf of one mood.

    With a `music` folder that has a subfolder called like the mood, exactly that subfolder is
    played, also when it is empty. Otherwise `patterns` are looked up under `folder`, or
    anywhere when they are absolute; a pattern without wildcards that matches nothing is told.
    """
    own = music / mood if music is not None else None
    if music is not None and not music.is_dir():
        raise UserError(f"There is no music folder {music}: check the name.")
    if own is not None and own.is_dir():
        return _shelf(mood, title, sorted(own.rglob("*")), own=True)
    paths: list[Path] = []
    for pattern in patterns:
        found = sorted(_matches(folder, pattern))
        if not found and not any(mark in pattern for mark in "*?["):
            found = [folder / pattern]
        paths += [path for path in found if path not in paths]
    return _shelf(mood, title, paths, own=False)


def _matches(folder: Path, pattern: str) -> Iterator[Path]:
    where = Path(pattern).expanduser()
    if where.is_absolute():
        root = Path(where.anchor)
        return root.glob(str(where.relative_to(root)))
    return folder.glob(pattern)


def _shelf(mood: str, title: str, paths: Iterable[Path], *, own: bool) -> Shelf:
    tracks: list[Track] = []
    skipped: list[str] = []
    for path in paths:
        if path.exists() and (path.is_dir() or path.suffix.lower() not in SUFFIXES):
            continue
        try:
            tracks.append(_track(path))
        except UserError as error:
            skipped.append(str(error))
    return Shelf(mood, title, tuple(tracks), tuple(skipped), own=own)


def _track(path: Path) -> Track:
    import soundfile

    if not path.exists():
        raise UserError(f"{path.name} is missing")
    try:
        with soundfile.SoundFile(path) as sound:
            title = sound.title.strip() or path.stem.replace("_", " ").replace("-", " ")
            if not len(sound.read(1024)):
                raise UserError(f"{path.name} is empty")
            return Track(str(path), title, sound.frames / sound.samplerate)
    except (soundfile.LibsndfileError, OSError) as error:
        raise UserError(f"{path.name} cannot be decoded") from error
