"""The whole way from the archive of pieces to a model and its figures."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from dndmood.errors import UserError
from dndmood.library.estimate.model import MusicMoodModel
from dndmood_train.files import draft_of, make_folder
from dndmood_train.music_mood import orchestras, pieces, rendering
from dndmood_train.music_mood.heard_takes import HeardTakes
from dndmood_train.music_mood.hearing import Take, described
from dndmood_train.music_mood.judging import cross_validated, figures
from dndmood_train.music_mood.learning import Choice, calibrated, shared, taught
from dndmood_train.music_mood.pieces import Piece
from dndmood_train.music_mood.starters import heard_starters, moods_in, places_of, right

_BOTH = 2
_SHARES = (0.0, 0.3, 0.6, 1.0)
"""Of the trees, among which is chosen."""


def teach(
    archive: Path,
    out: Path,
    *,
    sound_fonts: Sequence[Path],
    orchestrated: int,
    starters: Path,
    say: Callable[[str], None],
) -> Path:
    """The model in `out`, with `figures.json` beside it; goes on where it was stopped.

    Each piece that teaches is heard on the piano and on `orchestrated` other families. The
    tracks in `starters` say where the music of the moods lies that come along. Raises
    `UserError` when something is missing.
    """
    if not archive.is_file():
        raise UserError(f"There is no file {archive}: check the name.")
    for font in sound_fonts:
        if not font.is_file():
            raise UserError(f"There is no sound font {font}: check the name.")
    make_folder(out)
    every = list(pieces.read(archive))
    say(f"{len(every)} pieces of {len({piece.song for piece in every})} songs.")
    takes = [
        take
        for family in orchestras.FAMILIES
        for take in _played(family, every, orchestrated, sound_fonts, out, say)
    ]
    heard = HeardTakes.of(takes, described(takes, out / "stretches.jsonl"))
    return learned(heard, out, starters=starters, say=say)


def learned(
    heard: HeardTakes, out: Path, *, starters: Path, say: Callable[[str], None]
) -> Path:
    """Choose among the songs that learn, teach, judge by the others, and place the moods.

    Of the choices in the order of their worth the first is taken that puts every starter track into
    its mood, or the last.
    """
    learns = heard.some(~heard.judges())
    _check(learns)
    truth = {axis: learns.truth(axis) for axis in ("arousal", "valence")}
    moods = moods_in(starters)
    ranked = _ranked(learns, say)
    taught_once = taught(learns.names, learns.table, truth, ranked[0], pieces=learns.pieces())
    for best in ranked:
        model = calibrated(shared(taught_once, best.share), learns, best)
        tracks = heard_starters(starters, model)
        model = replace(model, places=places_of(tracks, moods))
        in_place = right(tracks, moods, places=model.places)
        if in_place == len(tracks):
            break
        say(
            f"{best.share:.0%} trees: {in_place} of {len(tracks)} starter tracks in their mood."
        )
    found = judged(model, heard.some(heard.judges()))
    path = out / "music_mood.npz"
    with draft_of(path) as draft:
        model.save(draft)
    found["starter tracks in their mood"] = (
        f"{in_place} of {len(tracks)}; placed without each: {right(tracks, moods)}"
    )
    with draft_of(out / "figures.json") as draft:
        draft.write_text(
            json.dumps({"choice": asdict(best), **found}, indent=1) + "\n", encoding="utf-8"
        )
    for name, text in found.items():
        say(f"{name}: {text}")
    return path


def _check(learns: HeardTakes) -> None:
    """Whether what teaches has both sides of both axes in whatever fold is kept."""
    fold = learns.folds()
    for axis in ("arousal", "valence"):
        high = learns.truth(axis)
        if any(len(set(high[fold != number].tolist())) < _BOTH for number in range(5)):
            raise UserError("There are too few pieces to learn from: take all of EMOPIA.")


def judged(model: MusicMoodModel, judges: HeardTakes) -> dict[str, str]:
    """Figures on songs that never taught, by what they are played on."""
    sets = {
        "piano": {"piano"},
        "re-orchestrated": set(orchestras.LEARNED) - {"piano"},
        "an instrument unseen": set(orchestras.UNSEEN),
    }
    found = {}
    for name, families in sets.items():
        some = judges.some(judges.families(families))
        if not some.takes:
            continue
        found[name] = str(figures(model, some, own_middle=False))
        found[f"{name}, own middle"] = str(figures(model, some, own_middle=True))
    return found


def _ranked(learns: HeardTakes, say: Callable[[str], None]) -> list[Choice]:
    """Most quadrants right, over songs unseen and over instruments unseen, by cross-validation."""
    known = cross_validated(learns, Choice(), _SHARES)
    strange = [
        cross_validated(learns, Choice(), _SHARES, left_out=one)
        for one in ("brass", "music box", "strings")
    ]
    worth = {}
    for share, songs in known.items():
        some = [one[share] for one in strange]
        heard = [one.quadrant for one in some if one.takes] or [songs.quadrant]
        worth[share] = (songs.quadrant + sum(heard) / len(heard)) / 2
        say(
            f"{share:.0%} trees: songs unseen {songs}, instruments unseen {', '.join(map(str, some))}"
        )
    return [Choice(share=share) for share in sorted(worth, key=worth.__getitem__, reverse=True)]


def _played(
    family: str,
    every: Sequence[Piece],
    orchestrated: int,
    sound_fonts: Sequence[Path],
    out: Path,
    say: Callable[[str], None],
) -> list[Take]:
    mine = [
        piece
        for piece in every
        if family
        in orchestras.playing(piece.name, judges=piece.side == "judge", learned=orchestrated)
    ]
    made = sum(
        1
        for _ in rendering.rendered(
            mine,
            family,
            orchestras.FAMILIES[family],
            sound_fonts=sound_fonts,
            into=out / "takes",
        )
    )
    say(f"{family}: {len(mine)} pieces, {made} of them played now.")
    return [Take(family, piece, out / "takes" / family / f"{piece.name}.npy") for piece in mine]
