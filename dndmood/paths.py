"""Where models, playlists and journals lie: the installed ones, the checkout's, and yours."""

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).parent


def data(name: str) -> Path:
    """The folder `name` ("models" or "playlists") of this installation, else of its checkout.

    An installation is asked first: beside it in site-packages may lie somebody else's `models`.
    """
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def expanded(path: str | Path) -> Path:
    """`path` with the folder that a `~` in front stands for; as it is where nobody is called so."""
    try:
        return Path(os.path.expanduser(path))  # noqa: PTH111 - the other one raises RuntimeError
    except ValueError:  # no user is called by a name with a zero in it
        return Path(path)


def state() -> Path:
    """The folder in the user's state directory with all that the program itself keeps."""
    return platformdirs.user_state_path("dndmood", appauthor=False)


def journals() -> Path:
    """The folder where an evening's numbers are kept."""
    return state() / "journals"


def demo_journals() -> Path:
    """The folder for the numbers of `dndmood demo`, which is nobody's evening."""
    return journals() / "demo"


def profiles() -> Path:
    """The folder where each table's zero and corrections are."""
    return state() / "profiles"


def music_index() -> Path:
    """The file with what was found out about music files.

    The number counts up when what is kept changes: a cache is made again, not converted.
    """
    return cache() / "music-1.sqlite"


def heard_music() -> Path:
    """The file with what was heard of the user's music; it need not exist.

    In a folder of its own: the one above is held by the evening, and writers lock theirs.
    """
    return state() / "heard" / "music.json"


def music_decisions() -> Path:
    """The file with what the user decided about tracks, in a folder of its own; it need not exist."""
    folder = platformdirs.user_data_path("dndmood", appauthor=False)
    return folder / "decided" / "music.jsonl"


def places() -> Path:
    """The folder with the places that come along, one TOML each."""
    return data("playlists") / "places"


def own_places() -> Path:
    """The user's own places, one TOML each, in the folder of their moods; it need not exist."""
    return own_playlists() / "places"


def recogniser() -> Path:
    """Where `dndmood words get` puts the recogniser of words; it need not exist."""
    return platformdirs.user_data_path("dndmood", appauthor=False) / "recogniser"


def unfinished(folder: Path) -> Path:
    """Where `folder` is made before it takes its place; it stays when that is cut short."""
    return folder.with_name(f"{folder.name}.new")


def remote_links() -> Path:
    """The file with the secret part of the addresses of the page for phones; it need not exist.

    In a folder of its own, as above.
    """
    return state() / "remote" / "links.json"


def log_file() -> Path:
    """Where warnings go while the dashboard owns the terminal."""
    return state() / "dndmood.log"


def log_files() -> list[Path]:
    """The log, and what is left of longer ones."""
    log = log_file()
    try:
        return [log, *sorted(log.parent.glob(f"{log.name}.*"))]
    except OSError:  # in a folder that may not be entered
        return [log]


def cache() -> Path:
    """The folder for what can be found out again; it need not exist."""
    return platformdirs.user_cache_path("dndmood", appauthor=False)


def settings_file() -> Path:
    """The user's own settings; it need not exist."""
    return platformdirs.user_config_path("dndmood", appauthor=False) / "settings.toml"


def midi_pads() -> Path:
    """The file that says what MIDI pads do; it need not exist."""
    return platformdirs.user_config_path("dndmood", appauthor=False) / "midi.toml"


def own_playlists() -> Path:
    """The user's own moods, one TOML each; it need not exist."""
    return platformdirs.user_config_path("dndmood", appauthor=False) / "playlists"
