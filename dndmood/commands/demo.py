"""`dndmood demo`."""

from __future__ import annotations

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import Journal, ModelFolder, Music, Plain, Player, Profile


def demo(
    *,
    player: Player = None,
    music: Music = None,
    model: ModelFolder = None,
    plain: Plain = False,
    journal: Journal = None,
    profile: Profile = None,
) -> None:
    """Hear a scene of 75 seconds, without a microphone."""
    from dndmood import app

    chosen = {"player": player, "music": music, "model": model, "plain": plain or None}
    settings = _options.settings(
        **chosen,
        journal=journal or "",  # nor its numbers an evening's
        profile=profile or "",  # the scene is nobody's table
    )
    typed = [name for name, value in chosen.items() if value is not None]
    app.demo(settings, say=console.say, typed=typed)
