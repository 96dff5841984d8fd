"""A command line, word by word; commands that would open a device or write are stopped at the door."""

import io
from contextlib import redirect_stderr, redirect_stdout, suppress
from unittest import mock

import typer

from dndmood import cli
from dndmood.commands import _options
from dndmood.errors import UserError
from dndmood.settings import Settings

SEEDS = tuple(
    line.encode()
    for line in (
        "listen\n--device\nwebcam\n--player\nwav:/tmp/x.wav\n--for\n1e999\n--lively\nnan",
        "listen\n--plain\n--input\n\ud800x.wav\n--profile\n../x".encode(
            "utf-8", "replace"
        ).decode(),
        "rehearse\n/dev/null\n--json\n--journal\n~",
        "moods\n--music\n/nowhere",
        "report\n--last\n--png",
        "tune\n--undo\n--profile\nCON",
        "demo\n--player\nflute",
        "devices\n--help",
    )
)


_TRAINING = {"train-distill", "evaluate", "corpora"}
"""These have no door at which they could be stopped: they would train."""
_COMMAND = typer.main.get_command(cli.app)


def run(data: bytes) -> None:
    """It is understood, or one sentence says why not."""
    words = data.decode("utf-8", "surrogateescape").split("\n")[:12]
    if _TRAINING & set(words):
        return
    with (
        mock.patch.object(_options, "settings", _checked),
        redirect_stderr(io.StringIO()),
        redirect_stdout(io.StringIO()),
        suppress(UserError, SystemExit, _Stopped),
    ):
        _COMMAND(words)


class _Stopped(Exception):  # noqa: N818 - no error: the command line was understood
    """The command would begin now."""


def _checked(**chosen: object) -> Settings:
    from dndmood import paths, settings

    settings.load(paths.settings_file(), **chosen)
    raise _Stopped
