"""The review: keys, what they decide, and what is shown."""

import io
from dataclasses import replace
from queue import SimpleQueue

import pytest
from rich.cells import cell_len
from rich.console import Console

from dndmood import assembly
from dndmood.collection.exporting import export
from dndmood.collection.review import excerpts, running
from dndmood.collection.review.screen import View, render
from dndmood.collection.review.session import Session
from dndmood.dashboard.palette import POOR, RICH
from dndmood.dashboard.view import Picture
from dndmood.errors import UserError
from dndmood.events import Problem
from dndmood.library import Decisions, Track, playlist_files
from dndmood.library.proposals import proposed
from tests.fakes import mood
from tests.library.tunes import MAJOR, piece, write

BOOK = {
    one.name: one
    for one in (mood("calm", 0.34, 0.58, "calm"), mood("battle", 0.84, 0.2, "angry"))
}
PLACES = assembly.places(BOOK.values())


def tracks():
    every = [
        Track(f"/m/{n}.ogg", 1, 1, fingerprint=str(n), title=f"Piece {n}", duration_s=100.0,
              arousal_odds=1.5 * (-1) ** n, valence_odds=-1.0 * (-1) ** n, analysis=1)
        for n in range(6)
    ]  # fmt: skip
    return proposed(every, list(BOOK.values()))


@pytest.fixture
def session():
    every = tracks()
    return Session(every, every, BOOK, Decisions(), {})


def test_that_one_trouble_is_over_leaves_the_other_on_the_page():
    troubles = SimpleQueue[str]()
    report = running._reporter(troubles)
    gone = Problem(0.0, "The speaker is gone.", about="the speaker")
    lost = Problem(0.0, "Review: none of its tracks can be read.", about="tracks of review")
    for what in (gone, lost, replace(lost, solved=True), replace(gone, solved=True)):
        report(what)
    assert [troubles.get_nowait() for _ in range(4)] == [gone.text, lost.text, gone.text, ""]


def test_accept_keeps_the_proposal_for_ever_and_goes_on(session):
    first = session.track()
    session.accept()
    assert session.track().path != first.path
    kept = Decisions().settled(replace(first, path="/moved.ogg"))
    assert (kept.mood, kept.decided_by) == (first.mood, "person")
    assert session.decided == 1


def test_a_mood_s_key_corrects_and_undo_takes_it_back(session):
    first = session.track()
    other = next(name for name in BOOK if name != first.mood)
    session.choose(other)
    assert Decisions().of(first).mood == other
    session.undo()
    assert session.track().path == first.path
    assert session.track().decided_by == "sound"
    assert Decisions().settled(first) == first
    session.undo()
    assert "nothing to undo" in session.said


def test_next_decides_nothing_and_can_be_undone(session):
    first = session.track()
    session.skip()
    assert Decisions().of(first) is None
    session.undo()
    assert session.track().path == first.path


def test_left_out_is_kept_too_and_the_end_is_no_error(session):
    for _ in range(6):
        session.choose("")
    assert session.done and session.track() is None and session.shares() == {}
    session.accept()
    session.skip()
    assert all(one.mood == "" for one in Decisions())
    session.undo()
    assert not session.done


def test_what_was_decided_moves_the_next_proposals(session):
    before = {one.path: one for one in tracks()}
    while not session.done:
        track = session.track()
        if track.path == "/m/5.ogg":
            break
        session.choose("battle")
    assert session.track().arousal > before["/m/5.ogg"].arousal


def view(session, **more):
    track = session.track()
    return View(track, session.shares(), session.at + 1, session.count, session.decided, **more)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("glyphs", [RICH, POOR])
def test_the_picture_fills_the_terminal_and_names_every_key(session, size, glyphs):
    rows = render(view(session, playing=True, played_s=5.0), PLACES, *size, glyphs)
    assert len(rows) == size[1]
    assert {sum(cell_len(part.text) for part in line) for line in rows} == {size[0]}
    text = "\n".join("".join(part.text for part in line) for line in rows)
    for word in (
        "Piece 0",
        "accept",
        "next",
        "undo",
        "leave out",
        "quit",
        "1 Calm",
        "2 Battle",
        "% sure",
    ):
        assert word in text


def test_after_the_last_track_the_screen_says_so(session):
    while not session.done:
        session.skip()
    out = io.StringIO()
    Console(file=out, width=80).print(Picture(render(view(session), PLACES, 80, 24, RICH)))
    assert "you decided 0 of 6" in out.getvalue()


def test_the_excerpt_is_the_loudest_part_without_a_click(tmp_path):
    import soundfile

    sound = piece(MAJOR, 0.5, 40)
    sound[: 22_050 * 20] *= 0.01
    path = write(tmp_path / "a.flac", sound)
    cut = excerpts.cut(Track(str(path), 1, 1, title="A", loudest_s=22.0), tmp_path)
    heard, rate_hz = soundfile.read(cut.path)
    assert len(heard) / rate_hz == pytest.approx(
        15.0, abs=0.01
    ) and cut.duration_s == pytest.approx(15.0, abs=0.01)
    assert abs(heard[0]).max() < 0.001 and abs(heard).max() > 0.1
    with pytest.raises(UserError):
        excerpts.cut(Track(str(tmp_path / "gone.ogg"), 1, 1), tmp_path)


def test_the_excerpt_of_a_mix_of_an_hour_is_found_without_all_that_comes_before(
    tmp_path, monkeypatch
):
    from dndmood.sound_files import Sound

    path = write(tmp_path / "mix.mp3", piece(MAJOR, 0.5, 240))
    frames, read = [], Sound.read
    monkeypatch.setattr(Sound, "read", lambda sound, n: frames.append(n) or read(sound, n))
    cut = excerpts.cut(Track(str(path), 1, 1, loudest_s=200.0), tmp_path)
    assert cut.duration_s == pytest.approx(15.0, abs=0.01)
    assert sum(frames) == 15 * 22_050


def test_the_same_music_in_another_place_is_decided_once(session):
    twins = [replace(one, fingerprint="same") for one in tracks()[:3]]
    every = [*twins, *tracks()[3:]]
    session = Session(every, every, BOOK, Decisions(), {})
    session.skip()
    assert session.track().path == twins[1].path
    session.accept()
    assert session.track().path == every[3].path
    session.undo()
    assert session.track().path == twins[1].path


def test_moods_become_playlists_that_are_read_again(tmp_path):
    every = []
    for name in ("ä b.ogg", "c [1].ogg"):
        path = tmp_path / "music" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        every.append(Track(str(path), 1, 1, mood="battle", title=name))
    for suffix in (".m3u8", ".pls", ".xspf", ".m3u"):
        ((path, count),) = export(every, BOOK, tmp_path / "lists", suffix=suffix)
        assert path.name == f"battle{suffix}" and count == 2
        assert [str(one) for one in playlist_files.read(path).paths] == [
            one.path for one in every
        ]
    with pytest.raises(UserError, match="--yes"):
        export(every, BOOK, tmp_path / "lists")
    with pytest.raises(UserError):
        export([], BOOK, tmp_path / "none")
