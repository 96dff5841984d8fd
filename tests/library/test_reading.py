"""Tags and lengths of real files, in every format that is written here."""

import numpy as np
import pytest
import soundfile

from dndmood.library.reading import read

KINDS = {
    "wav": {},
    "flac": {},
    "ogg": {},
    "mp3": {},
    "aiff": {},
    "opus": {"format": "OGG", "subtype": "OPUS"},
}


def made(path, seconds=3.0, **said):
    noise = np.random.default_rng(1).normal(0, 0.1, int(48_000 * seconds))
    with soundfile.SoundFile(path, "w", 48_000, 1, **KINDS[path.suffix[1:]]) as file:
        for name, words in said.items():
            setattr(file, name, words)
        file.write(noise)
    return path


@pytest.mark.parametrize("suffix", KINDS)
def test_title_artist_and_length_are_read(tmp_path, suffix):
    path = made(tmp_path / f"01-some_file.{suffix}", title="Märchen\x1b[2J", artist="Bär")
    track = read(path)
    assert track.title == "Märchen [2J" and track.artist == "Bär"
    assert track.duration_s == pytest.approx(3.0, abs=0.1)
    assert (track.size, track.mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)
    assert len(track.fingerprint) == 32 and track.problem == ""


def test_a_file_without_tags_is_called_after_its_name(tmp_path):
    assert read(made(tmp_path / "dark_wood-2.wav")).title == "dark wood 2"
    assert read(made(tmp_path / "01 - Halls.wav")).title == "01 - Halls"


def frame(name, content):
    return name + len(content).to_bytes(4, "big") + b"\0\0" + content


def test_gain_and_words_for_moods_are_read_from_an_mp3(tmp_path):
    path = made(tmp_path / "a.mp3")
    said = frame(b"TCON", b"\3Dark Ambient") + frame(b"TXXX", b"\3MOOD\0Spooky")
    said += frame(b"TXXX", b"\3replaygain_track_gain\0-6,5 dB")
    head = b"ID3\3\0\0" + bytes([0, 0, len(said) >> 7, len(said) & 127])
    path.write_bytes(head + said + path.read_bytes())
    track = read(path)
    assert track.genre == "Dark Ambient" and "Spooky" in track.comment
    assert track.replaygain_db == -6.5


def ape(**items: str) -> bytes:
    """An APEv2 tag with header and footer, as MP3Gain and foobar2000 write it."""
    body = b""
    for name, value in items.items():
        body += len(value.encode()).to_bytes(4, "little") + bytes(4)
        body += name.encode() + b"\0" + value.encode()

    def end(flags: int) -> bytes:
        numbers = (2000, len(body) + 32, len(items), flags)
        return b"APETAGEX" + b"".join(n.to_bytes(4, "little") for n in numbers) + bytes(8)

    return end(0xA0000000) + body + end(0x80000000)


@pytest.mark.parametrize("behind", [b"", b"TAG" + bytes(124) + b"\xff"])
def test_gain_and_genre_are_read_from_ape_tags_too(tmp_path, behind):
    path = made(tmp_path / "a.mp3")
    tag = ape(REPLAYGAIN_TRACK_GAIN="-4.20 dB", Genre="Battle", Title="Der Kampf", Mood="grim")
    path.write_bytes(path.read_bytes() + tag + behind)
    track = read(path)
    assert (track.replaygain_db, track.genre, track.title) == (-4.2, "Battle", "Der Kampf")
    assert "grim" in track.comment
    for cut in (0, 20, 40, len(tag) - 40):  # a damaged one is none
        path.write_bytes(made(tmp_path / "b.mp3").read_bytes() + tag[cut:-1])
        assert read(path).replaygain_db is None


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.mp3", b"", "is empty"),
        ("a.mp3", b"some words", "cannot be decoded"),
        ("a.ogg", b"OggS" + b"\0" * 99, "cannot be decoded"),
        ("a.flac", b"fLaC\xff\xff\xff\xff", "cannot be decoded"),
        ("a.mp3", b"ID3\3\0\0\x7f\x7f\x7f\x7f" + b"\xff" * 500, "cannot be decoded"),
    ],
)
def test_a_damaged_file_has_a_problem_and_raises_nothing(tmp_path, name, content, problem):
    (tmp_path / name).write_bytes(content)
    assert read(tmp_path / name).problem == problem


def test_a_missing_file_has_a_problem(tmp_path):
    assert read(tmp_path / "gone.ogg").problem == "is missing"
    assert read(tmp_path / ("x" * 300)).problem.startswith("cannot be read (")
