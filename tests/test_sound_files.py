"""Sound files as people have them: any name, any header, whole or in part."""

import os
import shutil
import socket
import struct
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from dndmood import ffmpeg
from dndmood.channels import by_mask, stereo
from dndmood.errors import UserError
from dndmood.sound_blocks import blocks
from dndmood.sound_files import OTHER_SOUND, SUFFIXES, open_sound, printable

RATE_HZ = 44_100
by_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")


def coded(source, target, *how: str) -> None:
    """`source` as another file, by ffmpeg."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", source, *how, target], check=True)


def drone(seconds: float = 8.0) -> np.ndarray:
    """Five clean voices: an encoder of variable bit rate spends next to nothing on them."""
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    sound = sum(0.15 * np.sin(2 * np.pi * hz * time) for hz in (110, 165, 220, 277.2, 330))
    return np.stack((sound, 0.5 * sound), axis=1).astype(np.float32)


def whole(path) -> np.ndarray:
    """`path` decoded in one go."""
    sound, _ = soundfile.read(path, dtype="float32", always_2d=True)
    return sound


def read(path, frames: int = 8192) -> np.ndarray:
    with open_sound(path) as sound:
        return np.concatenate(list(sound.blocks(frames)))


def write_mp3(path, quality: float) -> None:
    with soundfile.SoundFile(
        path, "w", RATE_HZ, 2, format="MP3", compression_level=quality, bitrate_mode="VARIABLE"
    ) as file:
        file.write(drone())


@pytest.mark.parametrize("quality", [0.0, 0.22, 0.55])
@pytest.mark.parametrize("frames", [1000, 8192, 100_000])
def test_an_mp3_of_variable_bit_rate_in_blocks_is_what_it_is_in_one_go(
    tmp_path, quality, frames
):
    write_mp3(tmp_path / "drone.mp3", quality)
    assert np.array_equal(read(tmp_path / "drone.mp3", frames), whole(tmp_path / "drone.mp3"))


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "opus", "aiff", "w64", "caf"])
def test_every_kind_in_blocks_is_what_it_is_in_one_go(tmp_path, suffix):
    path = tmp_path / f"drone.{suffix}"
    rate_hz = 48_000 if suffix == "opus" else RATE_HZ
    soundfile.write(path, drone(2), rate_hz, format="OGG" if suffix == "opus" else None)
    assert np.array_equal(read(path, 1000), whole(path))


def test_a_rewound_file_begins_again_exactly_and_also_when_it_was_removed(tmp_path):
    write_mp3(tmp_path / "drone.mp3", 0.22)
    with open_sound(tmp_path / "drone.mp3") as sound:
        first = sound.read(30_000)
        if os.name != "nt":  # there an open file cannot be removed
            (tmp_path / "drone.mp3").unlink()
        sound.rewind()
        assert np.array_equal(sound.read(30_000), first)


def test_an_mp3_that_does_not_say_how_long_it_is_is_played_to_its_end(tmp_path):
    path = tmp_path / "drone.mp3"
    write_mp3(path, 0.22)
    sound, frames = path.read_bytes(), len(drone())
    rates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
    length = 144 * rates[sound[2] >> 4] * 1000 // RATE_HZ + (sound[2] >> 1 & 1)
    assert b"Xing" in sound[:length] or b"Info" in sound[:length]
    path.write_bytes(sound[length:])
    with open_sound(path) as opened:
        assert opened.frames is None
        assert opened.duration_s == pytest.approx(frames / RATE_HZ, rel=0.2)
    assert len(read(path)) >= frames


@pytest.mark.parametrize(
    "junk", [b"\0" * 5000, bytes(range(1, 250)) * 9, b"\0\xff\xfb\x90\x64junk"]
)
def test_an_mp3_behind_bytes_that_belong_to_nothing_is_found(tmp_path, junk):
    path = tmp_path / "drone.mp3"
    write_mp3(path, 0.22)
    good = whole(path)
    path.write_bytes(junk + path.read_bytes())
    assert abs(len(read(path)) - len(good)) < 2400 and np.abs(read(path)).max() > 0.3


def test_an_mp3_whose_tag_says_that_it_is_longer_than_the_file_is_found(tmp_path):
    path = tmp_path / "drone.mp3"
    write_mp3(path, 0.22)
    good = whole(path)
    path.write_bytes(b"ID3\3\0\0\x7f\x7f\x7f\x7f" + bytes(300) + path.read_bytes())
    assert abs(len(read(path)) - len(good)) < 2400 and np.abs(read(path)).max() > 0.3


@pytest.mark.parametrize("said", [0, 0xFFFFFFFF, 0x7FFFF000, 4 * 44_100])
@pytest.mark.parametrize("riff", [0, 36, 0xFFFFFFFF])
def test_a_wav_whose_header_was_never_finished_is_read_to_its_end(tmp_path, riff, said):
    soundfile.write(tmp_path / "a.wav", drone(), RATE_HZ)
    sound = bytearray((tmp_path / "a.wav").read_bytes())
    sound[4:8], sound[40:44] = struct.pack("<I", riff), struct.pack("<I", said)
    (tmp_path / "b.wav").write_bytes(sound)
    assert np.array_equal(read(tmp_path / "b.wav"), whole(tmp_path / "a.wav"))


@pytest.mark.parametrize(
    ("kind", "mark", "behind", "sizes"),
    [
        ("RF64", b"ds64", 8, [b"\0" * 24, b"\xff" * 24]),
        ("CAF", b"data", 4, [b"\0" * 8, b"\xff" * 8]),
        ("AU", b".snd", 8, [b"\0" * 4, b"\xff" * 4]),
        ("AIFF", b"SSND", 4, [b"\0" * 4, b"\0\0\0\x08"]),
        ("W64", b"data", 16, [b"\0" * 8]),
    ],
)
def test_other_unfinished_headers_are_read_to_their_end_too(
    tmp_path, kind, mark, behind, sizes
):
    good = tmp_path / f"good.{kind}"
    soundfile.write(good, drone(2), RATE_HZ, format=kind)
    for size in sizes:
        sound = bytearray(good.read_bytes())
        place = sound.find(mark) + behind
        sound[place : place + len(size)] = size
        if kind == "AIFF":
            count = sound.find(b"COMM") + 10
            sound[count : count + 4] = b"\0" * 4
        (tmp_path / "dead").write_bytes(sound)
        assert np.array_equal(read(tmp_path / "dead"), whole(good))


def test_what_stands_behind_the_sound_of_a_finished_wav_is_not_played(tmp_path):
    path = tmp_path / "a.wav"
    for seconds in (2.0, 0.0):
        soundfile.write(path, drone(seconds), RATE_HZ)
        note = b"LIST" + struct.pack("<I", 100_000) + b"INFO" + b"\x7f" * 99_996
        path.write_bytes(path.read_bytes() + note)
        if seconds:
            assert len(read(path)) == len(drone(seconds))
        else:
            with pytest.raises(UserError, match="there is no sound in it"):
                open_sound(path)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3", "aiff"])
def test_half_a_file_gives_its_half(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, drone(), RATE_HZ)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 0.35 < len(read(path)) / len(drone()) < 0.6


def test_a_damaged_flac_plays_up_to_the_damage_and_says_so(tmp_path):
    path = tmp_path / "a.flac"
    soundfile.write(path, drone(), RATE_HZ)
    sound = bytearray(path.read_bytes())
    sound[len(sound) // 2 : len(sound) // 2 + 300] = bytes(range(100)) * 3
    path.write_bytes(sound)
    with open_sound(path) as opened:
        got = sum(len(block) for block in opened.blocks(8192))
        assert opened.damaged == "it is damaged"
    assert got > len(drone()) / 2 - RATE_HZ / 2


def test_values_that_are_no_numbers_become_silence_and_are_counted(tmp_path):
    sound = drone(1)
    sound[1000:1010, 0], sound[2000, 1], sound[3000, 0] = np.nan, np.inf, 1e30
    soundfile.write(tmp_path / "a.wav", sound, RATE_HZ, subtype="FLOAT")
    with open_sound(tmp_path / "a.wav") as opened:
        got = opened.read(RATE_HZ)
        assert opened.not_numbers == 11
    assert np.isfinite(got).all() and np.abs(got).max() <= 1e6
    assert (got[1000:1010, 0] == 0).all() and got[1005, 1] == sound[1005, 1]


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_a_name_of_any_bytes_is_opened_and_can_be_printed(tmp_path):
    name = os.fsdecode(b"M\xe4rchen \x1b[2J\n.wav")
    soundfile.write(tmp_path / "a.wav", drone(1), RATE_HZ)
    (tmp_path / "a.wav").rename(tmp_path / name)
    assert len(read(tmp_path / name)) == RATE_HZ
    assert len(read(str(tmp_path / name))) == RATE_HZ
    assert printable(name) == "M\ufffdrchen  [2J .wav"
    assert printable("\ud800").encode()


def test_eight_channels_are_eight_channels(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros((1000, 8)), RATE_HZ)
    assert read(tmp_path / "a.wav").shape == (1000, 8)


def test_a_bad_file_is_one_sentence_with_its_name(tmp_path):
    soundfile.write(tmp_path / "empty.wav", np.zeros((0, 1)), RATE_HZ)
    (tmp_path / "nothing.ogg").write_bytes(b"")
    (tmp_path / "words.mp3").write_bytes(b"some words" * 100)
    (tmp_path / "zeros.flac").write_bytes(b"\0" * 4096)
    (tmp_path / "song.mp3").write_bytes(b"\0\0\0\x20ftypM4A " + b"\0" * 100)
    (tmp_path / "song.wma").write_bytes(b"\x30\x26\xb2\x75" + b"\0" * 100)
    (tmp_path / "folder.wav").mkdir()
    told = {
        "empty.wav": "is empty: there is no sound in it",
        "nothing.ogg": "is not a sound file that can be read: it is empty",
        "words.mp3": "is not a sound file that can be read: use WAV",
        "zeros.flac": "is not a sound file that can be read: use WAV",
        "song.mp3": "is M4A or MP4, which ",
        "song.wma": "is WMA, which ",
        "folder.wav": "is a folder",
        "gone.wav": "There is no sound file",
        "no\0file.wav": "no file can be called so",
        "x" * 300: "",
        "\ud800.wav": "",
    }
    for name, words in told.items():
        with pytest.raises(UserError) as caught:
            open_sound(tmp_path / name)
        sentence = str(caught.value)
        assert words in sentence and printable(tmp_path / name) in sentence
        assert sentence.endswith(".") and "\n" not in sentence


@pytest.mark.skipif(sys.platform != "linux", reason="made with pipes, links and a socket")
def test_pipes_devices_sockets_and_loops_are_refused_without_being_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "zero.wav").symlink_to("/dev/zero")
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    (tmp_path / "dead.wav").symlink_to("gone.wav")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "s.wav"))
    for name in ("pipe.wav", "zero.wav", "loop.wav", "dead.wav", "s.wav"):
        with pytest.raises(UserError, match=name):
            open_sound(tmp_path / name)


CODECS = {"m4a": "aac", "aac": "aac", "wma": "wmav2", "mka": "aac", "wv": "wavpack"}


@by_ffmpeg
@pytest.mark.parametrize("suffix", CODECS)
def test_what_libsndfile_does_not_know_is_decoded_by_ffmpeg(tmp_path, suffix):
    soundfile.write(tmp_path / "a.wav", drone(3), RATE_HZ)
    path = tmp_path / f"-a %d:{'ä'}.{suffix}"  # names that ffmpeg could take for something else
    coded(tmp_path / "a.wav", f"file:{path}", "-c:a", CODECS[suffix], "-b:a", "192k")
    with open_sound(path) as sound:
        assert sound.rate_hz == RATE_HZ and sound.channels == 2
        assert suffix == "aac" or sound.duration_s == pytest.approx(3.0, abs=0.2)
        got = np.concatenate(list(sound.blocks(1000)))
        assert not sound.damaged
        sound.rewind()
        assert np.array_equal(sound.read(10_000), got[:10_000])
    assert abs(len(got) - len(drone(3))) < 4000
    at = int(np.argmax(np.correlate(got[:9000, 0], drone(3)[3000:8000, 0], "valid")))
    left = got[at : at + 5000] - drone(3)[3000:8000]
    assert np.square(left).mean() < 0.01 * np.square(drone(3)).mean()
    assert suffix in {one[1:] for one in SUFFIXES}


@by_ffmpeg
@pytest.mark.parametrize("suffix", CODECS)
def test_what_ffmpeg_decodes_is_the_same_in_blocks_and_in_one_go(tmp_path, suffix):
    soundfile.write(tmp_path / "a.wav", drone(3), RATE_HZ)
    path = tmp_path / f"a.{suffix}"
    coded(tmp_path / "a.wav", path, "-c:a", CODECS[suffix], "-b:a", "96k")
    whole = read(path, 1_000_000)
    assert len(whole) > 2 * RATE_HZ
    for frames in (777, 4096, 50_000):
        assert np.array_equal(read(path, frames), whole)


@by_ffmpeg
def test_half_an_m4a_gives_its_half_and_says_so(tmp_path):
    soundfile.write(tmp_path / "a.wav", drone(), RATE_HZ)
    coded(tmp_path / "a.wav", tmp_path / "a.m4a", "-movflags", "faststart")
    data = (tmp_path / "a.m4a").read_bytes()
    (tmp_path / "a.m4a").write_bytes(data[: len(data) // 2])
    with open_sound(tmp_path / "a.m4a") as sound:
        assert 0.3 < sum(map(len, sound.blocks(8192))) / len(drone()) < 0.7
        assert sound.damaged == "it is damaged"


@by_ffmpeg
def test_a_list_of_addresses_that_is_called_music_fetches_nothing(tmp_path):
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n"
    for name in ("a.m4a", "a.mp4", "a.aac"):
        (tmp_path / name).write_text(text)
        with pytest.raises(UserError, match="ffmpeg cannot decode"):
            open_sound(tmp_path / name)


def test_without_ffmpeg_such_a_file_is_one_sentence_with_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(ffmpeg, "program", lambda: "")
    (tmp_path / "a.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + b"\0" * 100)
    with pytest.raises(UserError, match="M4A or MP4, which is not decoded here: convert it"):
        open_sound(tmp_path / "a.m4a")
    assert not SUFFIXES & OTHER_SOUND and ".m4a" in SUFFIXES | OTHER_SOUND


SURROUND = ["FL", "FR", "FC", "BL", "BR"]
HEARD = {"FL": (1, 0), "FR": (0, 1), "FC": (0.707, 0.707), "BL": (0.707, 0), "BR": (0, 0.707)}


@by_ffmpeg
@pytest.mark.parametrize("speaker", SURROUND)
@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "opus", "m4a", "caf"])
def test_five_channels_and_one_for_effects_are_folded_down_by_the_order_of_the_format(
    tmp_path, suffix, speaker
):
    time = np.arange(48_000) / 48_000
    soundfile.write(tmp_path / "mono.wav", 0.3 * np.sin(2 * np.pi * 440 * time), 48_000)
    silent = "anullsrc=channel_layout=mono:sample_rate=48000:duration=1"
    order = ["FL", "FR", "FC", "LFE", "BL", "BR"]
    inputs, mapping = [], []
    for number, name in enumerate(order):
        inputs += ["-f", "lavfi", "-i", silent] if name != speaker else ["-i", "mono.wav"]
        mapping.append(f"{number}.0-{name}")
    join = f"join=inputs=6:channel_layout=5.1:map={'|'.join(mapping)}"
    codec = {"ogg": "libvorbis", "opus": "libopus", "m4a": "aac"}.get(suffix)
    how = ["-c:a", codec, "-b:a", "320k"] if codec else []
    subprocess.run(
        ["ffmpeg", "-v", "error", *inputs, "-filter_complex", join, *how, f"a.{suffix}"],
        check=True,
        cwd=tmp_path,
    )
    heard = np.concatenate(list(blocks(tmp_path / f"a.{suffix}")))[8000:40_000]
    level = np.sqrt(2 * np.square(heard).mean(axis=0)) / 0.3
    assert level == pytest.approx(HEARD[speaker], abs=0.03)


def test_a_wav_says_itself_what_its_channels_are(tmp_path):
    # Left, right and an effects channel, which without its mask would be taken for the centre.
    sound = np.zeros((4000, 3), np.float32)
    sound[:, 2] = 0.5
    data = (sound * 32767).astype("<i2").tobytes()
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    fmt = struct.pack("<HHIIHHHHI", 0xFFFE, 3, 8000, 48_000, 6, 16, 22, 16, 0b1011) + guid
    head = (
        b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(data))
    )
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", len(head) + len(data)) + head + data)
    with open_sound(path) as opened:
        assert opened.layout == ("left", "right", "bass")
    assert not np.concatenate(list(blocks(path))).any()
    assert by_mask(0b11, 3) is None


@pytest.mark.parametrize(("channels", "rate_hz"), [(1, 22_050), (2, 48_000), (2, None)])
def test_blocks_of_any_length_join_to_the_same_sound(tmp_path, channels, rate_hz):
    soundfile.write(tmp_path / "a.flac", drone(3), RATE_HZ)
    whole, pieces = (
        np.concatenate(
            list(
                blocks(
                    tmp_path / "a.flac", rate_hz=rate_hz, channels=channels, block_s=length_s
                )
            )
        )
        for length_s in (60.0, 0.1)
    )
    assert whole.shape == (3 * (rate_hz or RATE_HZ), channels)
    assert np.allclose(whole, pieces, atol=1e-6)


def test_more_channels_than_anybody_knows_are_all_heard():
    assert stereo(np.ones((3, 12), np.float32)) == pytest.approx(1.0)
