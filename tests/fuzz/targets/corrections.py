"""What corrections have taught, and the zero of a table: a profile as it lies on the disk."""

from contextlib import suppress
from shutil import rmtree

from dndmood import profiles
from dndmood.errors import UserError
from dndmood.events import Correction
from dndmood.mood.corrections import Lesson, Lessons
from dndmood.mood.profile import Profile
from dndmood.mood.profile_text import log_line, text
from dndmood.mood.zero import Zero
from tests.fuzz._inputs import placed, scratch

_LESSON = Lesson(
    Correction(
        60.0, "instead", "calm", "battle", "merry", 0.6, 0.7, {"happy": 0.8}, {"calm": 0.3}
    ),
    1,
)
_BREAK = b"\n%%\n"
SEEDS = (
    text(Profile("t", Zero(0.1, -0.1, 1.1, {"angry": 0.9}), evenings=3)).encode()
    + _BREAK
    + log_line(_LESSON).encode()
    + b'\n{"take_back": true}\n',
    b"evenings = inf\n[room]\nroom_db = 'a'\n"
    + _BREAK
    + b'{"arousal": "x", "taken": ["calm"]}\n',
    b"" + _BREAK + b"[]\n1\nnull\n",
)


def run(data: bytes) -> None:
    """A profile comes of it, or one sentence."""
    zero, _, log = data.partition(_BREAK)
    rmtree(scratch() / "dndmood", ignore_errors=True)  # damaged files are kept beside
    placed("dndmood/profiles/t/zero.toml", zero)
    placed("dndmood/profiles/t/corrections.jsonl", log)
    before, profiles.paths.profiles = (
        profiles.paths.profiles,
        lambda: scratch() / "dndmood/profiles",
    )
    try:
        with suppress(UserError):
            profile = profiles.load("t", lambda _: None)
            text(profile)
            Lessons(profile.lessons, evening=profile.evenings).wait_s("battle")
    finally:
        profiles.paths.profiles = before
