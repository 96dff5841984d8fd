"""`music-mood`: teach the estimator of the music's arousal and valence."""

from pathlib import Path
from typing import Annotated

import typer

_FONTS = (
    Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"),
    Path("/usr/share/sounds/sf2/TimGM6mb.sf2"),
)


def music_mood(
    *,
    pieces: Annotated[Path, typer.Option(help="EMOPIA's MIDI files, as their zip.")],
    out: Annotated[Path, typer.Option(help="Folder for sounds, features, model and figures.")],
    sound_fonts: Annotated[
        list[Path] | None, typer.Option(help="Sound fonts (FluidR3_GM and TimGM6mb).")
    ] = None,
    starters: Annotated[
        Path, typer.Option(help="The starter tracks and the moods' files (playlists).")
    ] = Path("playlists"),
    orchestrated: Annotated[
        int, typer.Option(min=0, max=8, help="On how many families each piece teaches.")
    ] = 2,
) -> None:
    """Play pieces on many instruments, and learn their moods."""
    from dndmood_train.music_mood.teaching import teach

    made = teach(
        pieces,
        out,
        sound_fonts=tuple(sound_fonts or _FONTS),
        orchestrated=orchestrated,
        starters=starters,
        say=lambda sentence: print(sentence, flush=True),
    )
    print(f"The model is {made}: it belongs in dndmood/library/estimate.")
