"""Where models, playlists and journals lie: yours, the checkout's, else the installed ones."""

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).parent


def data(name: str) -> Path:
    """The folder `name` ("models" or "playlists") of this checkout, else of the installation."""
    checkout = _PACKAGE.parent / name
    return checkout if checkout.is_dir() else _PACKAGE / "_data" / name


def journals() -> Path:
    """The folder in the user's state directory where an evening's numbers are kept."""
    return platformdirs.user_state_path("dndmood", appauthor=False) / "journals"


def profiles() -> Path:
    """The folder in the user's state directory where each table's zero and corrections are."""
    return platformdirs.user_state_path("dndmood", appauthor=False) / "profiles"


def log_file() -> Path:
    """Where warnings go while the dashboard owns the terminal."""
    return platformdirs.user_state_path("dndmood", appauthor=False) / "dndmood.log"


def settings_file() -> Path:
    """The user's own settings; it need not exist."""
    return platformdirs.user_config_path("dndmood", appauthor=False) / "settings.toml"


def own_playlists() -> Path:
    """The user's own moods, one TOML each; it need not exist."""
    return platformdirs.user_config_path("dndmood", appauthor=False) / "playlists"
