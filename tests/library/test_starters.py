"""What is written down about the starter tracks, which therefore begin at once."""

import json
import shutil

import pytest

from dndmood import paths
from dndmood.library import starters
from dndmood.library.fingerprint import fingerprint
from dndmood.library.index import Index
from dndmood.library.measuring import measured
from dndmood.library.reading import read
from dndmood.music.shelves import stock_all
from tests.music.wanted import Wanted

FOLDER = paths.data("playlists")
FILES = sorted(FOLDER.glob("*/*.ogg"))


def test_every_starter_track_is_written_down_as_it_is():
    """Else: `python -m dndmood.library.starters playlists`."""
    known = starters.known(FOLDER)
    assert sorted(known) == [str(path) for path in FILES]
    for path in FILES:
        one = known[str(path)]
        assert one.fingerprint == fingerprint(path)
        assert (one.title, one.duration_s) == (
            read(path).title,
            pytest.approx(read(path).duration_s, abs=0.001),
        )
    smallest = min(FILES, key=lambda path: path.stat().st_size)
    now = measured(read(smallest))
    assert known[str(smallest)].gain_db == pytest.approx(now.gain_db, abs=0.05)
    assert known[str(smallest)].peak_dbtp == pytest.approx(now.peak_dbtp, abs=0.05)


def test_a_starter_track_has_its_gain_before_any_file_was_read(tmp_path):
    mood = Wanted("calm", "Calm", FOLDER, ("calm/*",))
    shelf = stock_all(
        [mood], music=None, starters=FOLDER, index=Index(tmp_path / "i.sqlite"), read=False
    )["calm"]
    assert len(shelf.tracks) == 3
    assert all(track.gain_db is not None and track.duration_s > 60.0 for track in shelf.tracks)


def test_a_track_of_another_size_or_a_damaged_list_is_not_believed(tmp_path):
    (tmp_path / "calm").mkdir()
    path = tmp_path / "calm" / FILES[0].name
    shutil.copy(FILES[0], path)
    said = json.loads((FOLDER / "known.json").read_bytes())
    one = said[FILES[0].relative_to(FOLDER).as_posix()]
    (tmp_path / "known.json").write_text(json.dumps({f"calm/{path.name}": one}))
    assert list(starters.known(tmp_path)) == [str(path)]
    path.write_bytes(path.read_bytes() + b"more")
    assert starters.known(tmp_path) == {}
    for content in (
        "[]",
        "{",
        '{"calm/x.ogg": 3}',
        json.dumps({f"calm/{path.name}": {"size": "x"}}),
    ):
        (tmp_path / "known.json").write_text(content)
        assert starters.known(tmp_path) == {}
