"""The fingerprint of a file's sound: tags do not matter, sound does."""

import struct

import numpy as np
import pytest
import soundfile

from dndmood.library.fingerprint import fingerprint


def sound(path, seconds=6.0, seed=1):
    noise = np.random.default_rng(seed).normal(0, 0.1, int(22_050 * seconds))
    soundfile.write(path, noise, 22_050)
    return path


def retitled(path, title):
    with soundfile.SoundFile(path) as before:
        rate, samples = before.samplerate, before.read()
    with soundfile.SoundFile(path, "w", rate, 1) as after:
        after.title = title
        after.write(samples)


@pytest.mark.parametrize("suffix", ["flac", "wav", "aiff"])
def test_a_title_does_not_change_it_and_other_sound_does(tmp_path, suffix):
    path = sound(tmp_path / f"a.{suffix}")
    before = fingerprint(path)
    retitled(path, "A much longer title than before")
    assert fingerprint(path) == before
    assert fingerprint(sound(tmp_path / f"b.{suffix}", seed=2)) != before
    assert fingerprint(sound(tmp_path / f"c.{suffix}", seconds=6.1)) != before


def test_tags_around_an_mp3_do_not_change_it(tmp_path):
    path = sound(tmp_path / "a.mp3")
    before, content = fingerprint(path), path.read_bytes()
    id3v2 = b"ID3\x04\0\0" + bytes([0, 0, 8, 10]) + b"\0" * (8 * 128 + 10)
    full = b"APETAGEX" + struct.pack("<IIII", 2000, 40, 0, 0xA0000000) + b"\0" * 8
    foot = b"APETAGEX" + struct.pack("<IIII", 2000, 40, 0, 0x80000000) + b"\0" * 8
    path.write_bytes(id3v2 + content + full + b"x" * 8 + foot + b"TAG" + b"\0" * 125)
    assert fingerprint(path) == before
    path.write_bytes(content[:-5000])
    assert fingerprint(path) != before


def test_new_pages_of_tags_do_not_change_an_ogg(tmp_path):
    for name in ("a.ogg", "a.opus"):
        path = tmp_path / name
        noise = np.random.default_rng(3).normal(0, 0.1, 48_000 * 20)
        kind = {"format": "OGG", "subtype": "OPUS"} if name == "a.opus" else {"format": "OGG"}
        soundfile.write(path, noise, 48_000, **kind)
        before = fingerprint(path)
        content = bytearray(path.read_bytes())
        place, number = content.find(b"OggS"), 0
        while place >= 0:  # as an editor does that needed one page more
            content[place + 18 : place + 26] = struct.pack("<II", number + 1, 12345)
            number, place = number + 1, content.find(b"OggS", place + 27)
        path.write_bytes(content)
        assert fingerprint(path) == before
        path.write_bytes(content[:-3000])
        assert fingerprint(path) != before


def test_files_too_short_for_a_header_have_one_too(tmp_path):
    marks = set()
    for content in (b"", b"R", b"RIFF", b"ID3", b"OggS", b"fLaC", b"FORM1234AIFF"):
        (tmp_path / "x").write_bytes(content)
        marks.add(fingerprint(tmp_path / "x"))
    assert len(marks) == 7


def test_half_a_flac_is_not_the_whole_one(tmp_path):
    sound = np.random.default_rng(3).normal(0, 0.1, (44_100, 2))
    soundfile.write(tmp_path / "whole.flac", sound, 44_100)
    content = (tmp_path / "whole.flac").read_bytes()
    (tmp_path / "half.flac").write_bytes(content[: len(content) // 2])
    assert fingerprint(tmp_path / "half.flac") != fingerprint(tmp_path / "whole.flac")


def test_a_tag_that_claims_the_whole_file_does_not_make_it_another_files_twin(tmp_path):
    """As a damaged or a cut-off MP3 has one; what is known of one would hold for all of them."""
    too_long = b"ID3\x03\0\0" + b"\x7f" * 4
    foot = b"APETAGEX" + struct.pack("<IIII", 2000, 2**31, 0, 0) + b"\0" * 8
    seen = {""}
    for number, content in enumerate(
        [
            too_long,
            too_long + b"cut off",
            too_long + sound(tmp_path / "a.mp3").read_bytes(),
            too_long + sound(tmp_path / "b.mp3", seed=2).read_bytes(),
            b"x" * 500 + foot,
            b"y" * 500 + foot,
        ]
    ):
        path = tmp_path / f"{number}.mp3"
        path.write_bytes(content)
        seen.add(fingerprint(path))
    assert len(seen) == 7


def test_an_empty_file_has_none(tmp_path):
    (tmp_path / "empty.mp3").write_bytes(b"")
    assert fingerprint(tmp_path / "empty.mp3") == ""
