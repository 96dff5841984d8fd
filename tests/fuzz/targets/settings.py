"""The user's settings file."""

from contextlib import suppress
from dataclasses import fields

from dndmood.errors import UserError
from dndmood.settings import Settings, load
from tests.fuzz._inputs import placed

SEEDS = (
    b'device = "webcam"\nmusic = "/home/gm/Music"\nlively = 0.7\nplain = true\nstrictness = 3\n',
    b"device = 3\nfade_s = 6\nrecentre = false\nprofile = 'friday'\n",
    b'\xef\xbb\xbfmusic = "C:\\Users\\gm"\n',
    'opening = "calm"\n'.encode("utf-16"),
    *(f"{field.name} = 1\n".encode() for field in fields(Settings)),
)


def run(data: bytes) -> None:
    """Settings come of it, or one sentence."""
    with suppress(UserError):
        assert isinstance(load(placed("settings.toml", data)), Settings)
