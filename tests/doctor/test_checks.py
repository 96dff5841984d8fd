"""Each check, with parts of machines that nobody here has."""

import os
import socket
import stat
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from dndmood.doctor import (
    _linux,
    _mac,
    _pactl,
    _windows,
    bluetooth,
    devices,
    disk,
    libraries,
    microphone,
    model,
    moods,
    profile,
    remote,
    settings,
    sound_server,
    speed,
    tell,
    terminal,
    words,
)
from dndmood.errors import UserError
from dndmood.events import Track
from dndmood.hearing.known_answer import TOLERANCE, expected, largest_difference, sound, table
from dndmood.hearing.model import open_model
from dndmood.mood.book import load
from dndmood.mood.feature_zero import unheard
from dndmood.mood.profile import Profile, Room
from dndmood.music.shelf import Shelf
from dndmood.music.shelves import Shelves
from dndmood.paths import data
from dndmood.settings import Settings
from dndmood.sound_devices import Device
from tests.fakes import FakeClock, loud_is_anger, noise
from tests.featured_model import featured_model
from tests.locked_folder import locked
from tests.small_disk import read_only

__all__ = ["read_only"]

MIC = Device(2, "Webcam", inputs=1, outputs=0, rate_hz=48_000, default_input=True)
SPEAKER = Device(4, "Speakers", inputs=0, outputs=2, rate_hz=44_100, default_output=True)
SERVER = Device(7, "pulse", inputs=32, outputs=32, rate_hz=44_100)


def marks(found):
    return [finding.mark for finding in found]


def text(found):
    return " ".join(f"{finding.text} {finding.fix}" for finding in found)


# --- libraries


def test_a_library_that_does_not_load_says_which_and_how_to_get_it_again():
    def load(name):
        if name == "soxr":
            raise ImportError("libgomp.so.1:\n cannot open shared object file")
        if name == "pywebrtc_audio":
            raise ModuleNotFoundError("No module named 'pywebrtc_audio'")

    found = list(libraries.loaded(load))
    assert marks(found) == ["!!", "--", "ok"]
    assert "--force-reinstall soxr" in found[0].fix and "\n" not in found[0].text
    assert "our own music" in found[1].text and "soxr" not in found[2].text


def test_a_missing_dll_names_what_windows_lacks():
    def load(name):
        if name == "onnxruntime":
            raise ImportError("DLL load failed while importing onnxruntime_pybind11_state")

    assert "Visual C++" in text(libraries.loaded(load))


def test_telemetry_that_is_on_is_to_be_mended():
    assert marks(libraries.telemetry({})) == ["!!"]
    assert marks(libraries.telemetry({"ORT_DISABLE_TELEMETRY": "0"})) == ["!!"]
    assert marks(libraries.telemetry({"ORT_DISABLE_TELEMETRY": "1"})) == ["ok"]


# --- permissions


@dataclass
class Linux:
    environ: dict = field(default_factory=dict)
    kernel: str = "6.1.0"
    user: int = 1000
    there: tuple = ()
    cards: tuple = ()

    def exists(self, path):
        return path in self.there

    def sound_cards(self):
        return list(self.cards)


def test_linux_with_pipewire_is_well():
    found = list(_linux.hints(Linux(there=("/run/user/1000/pipewire-0",))))
    assert marks(found) == ["ok"] and "PipeWire" in found[0].text


def test_linux_with_a_card_that_belongs_to_the_group_audio_names_the_command():
    found = list(_linux.hints(Linux(cards=(False, False))))
    assert marks(found) == ["!!"] and "usermod -aG audio" in found[0].fix
    assert marks(_linux.hints(Linux(cards=(True, True)))) == ["ok"]
    assert marks(_linux.hints(Linux())) == ["!!"]


@pytest.mark.parametrize(
    ("machine", "word"),
    [
        (Linux(environ={"FLATPAK_ID": "org.term"}), "--socket=pulseaudio org.term"),
        (Linux(environ={"SNAP_NAME": "code"}), "snap connect code:audio-record"),
        (Linux(environ={"SUDO_USER": "gm"}, user=0), "without sudo"),
        (Linux(environ={"SSH_CONNECTION": "a b"}), "at the table"),
        (Linux(kernel="5.15.1-microsoft-standard-WSL2"), "Windows itself"),
        (Linux(there=("/.dockerenv",)), "container"),
    ],
)
def test_each_wall_around_a_program_has_its_own_way_out(machine, word):
    assert word in text(_linux.hints(machine))


def test_macos_names_the_app_that_needs_the_permission():
    (found,) = _mac.hints({"TERM_PROGRAM": "Apple_Terminal"}, 14)
    assert found.mark == "--"
    assert "System Settings > Privacy & Security > Microphone, switch Terminal on" in found.fix
    assert "System Preferences" in _mac.fix({"TERM_PROGRAM": "iTerm.app"}, 12)
    assert "ssh" in text(_mac.hints({"SSH_CONNECTION": "a b"}, 14))


@pytest.mark.parametrize(
    ("answers", "mark"),
    [
        (("Allow", "Allow", "Allow"), "ok"),
        (("Allow", "Deny", "Allow"), "!!"),
        (("Allow", "Allow", "Deny"), "!!"),
        (("Deny", "", ""), "!!"),
        (("", "", ""), "--"),
    ],
)
def test_windows_is_asked_at_each_of_its_switches(answers, mark):
    given = iter(answers)
    (found,) = _windows.hints(lambda _root, _key: next(given), 22_631)
    assert found.mark == mark
    if mark == "!!":
        assert "Settings > Privacy & security > Microphone" in found.fix
    assert "Settings > Privacy > Microphone" in _windows.fix(19_045)


# --- devices, sound server, Bluetooth


def test_the_devices_in_use_are_named_with_their_rates():
    (found,) = devices.chosen([MIC, SPEAKER, SERVER], "", "input")
    assert found.mark == "ok"
    assert "Webcam (number 2, the system's choice): up to 1 channel, 48000 Hz" in found.text
    (found,) = devices.chosen([MIC, SPEAKER], "", "output")
    assert "no others" in found.text
    (found,) = devices.chosen([MIC, SPEAKER], "lute", "input")
    assert found.mark == "!!" and "2 Webcam" in found.text


def test_a_player_that_is_none_is_told(monkeypatch):
    monkeypatch.setattr(devices, "devices", lambda: (MIC, SPEAKER))
    found = list(devices.check(Settings(player="flute")))
    assert "!!" in marks(found) and "speaker" in text(found) and "'flute'" in text(found)
    found = list(devices.check(Settings(player="wav:C:/evening.wav")))
    assert "evening" not in text(found) and "player wav" in text(found)


def test_alsa_without_the_way_to_the_sound_server_is_told():
    assert marks(devices.through_server([MIC, SPEAKER], "PipeWire")) == ["!!"]
    assert marks(devices.through_server([MIC, SERVER], "PipeWire")) == []


INFO = "Server Name: PulseAudio (on PipeWire 1.0.5)\nDefault Sink: {}\nDefault Source: {}\n"
SOURCES = """Source #51
\tState: RUNNING
\tName: alsa_input.usb-Yeti-00.analog-stereo
\tDescription: Yeti
\tSample Specification: s16le 2ch 44100Hz
\tMute: yes
\tVolume: front-left: 6554 /  10% / -60.00 dB,   front-right: 6554 /  10% / -60.00 dB
Source #52
\tState: RUNNING
\tName: bluez_input.AC_12_2F_33_44_55.0
\tDescription: WH-1000XM4
\tSample Specification: s16le 1ch 16000Hz
\tMute: no
\tVolume: mono: 65536 / 100% / 0.00 dB
"""
SINKS = SOURCES.replace("Source #", "Sink #").replace("bluez_input", "bluez_output")


def test_what_the_sound_server_uses_is_read_from_what_it_says():
    there = _pactl.default(
        INFO.format("x", "bluez_input.AC_12_2F_33_44_55.0"), SOURCES, "input"
    )
    assert there == _pactl.Behind(
        "bluez_input.AC_12_2F_33_44_55.0", "WH-1000XM4", 1, 16_000, muted=False, volume_percent=100
    )  # fmt: skip
    assert _pactl.default("", SOURCES, "input") is None
    assert _pactl.default(INFO.format("x", "gone"), SOURCES, "input") is None
    assert _pactl.default(INFO.format("x", "y"), "Connection refused", "input") is None


def test_a_headset_in_telephone_mode_is_told_and_how_to_choose_another():
    info = INFO.format("bluez_output.AC_12_2F_33_44_55.0", "bluez_input.AC_12_2F_33_44_55.0")
    microphone_there = _pactl.default(info, SOURCES, "input")
    speaker_there = _pactl.default(info, SINKS, "output")
    found = list(bluetooth.in_server(microphone_there, speaker_there))
    assert marks(found) == ["--", "--"] and "set-default-source" in found[0].fix
    stereo = replace(speaker_there, channels=2, rate_hz=48_000)
    assert list(bluetooth.in_server(None, stereo)) == []


@pytest.mark.parametrize(
    ("name", "rate_hz", "count"),
    [
        ("Headset (WH-1000XM4 Hands-Free AG Audio)", 16_000, 1),
        ("AirPods", 8_000, 1),
        ("AirPods", 24_000, 0),
        ("Old telephone", 8_000, 1),
        ("Array microphone", 16_000, 0),
        ("Webcam", 48_000, 0),
    ],
)
def test_a_microphone_is_a_telephone_by_its_name_and_rate(name, rate_hz, count):
    found = list(bluetooth.telephone(replace(MIC, name=name, rate_hz=rate_hz), SPEAKER))
    assert marks(found) == ["--"] * count
    assert all("dndmood devices" in finding.fix for finding in found)


def test_a_muted_a_soft_and_a_missing_microphone_of_the_server_are_told():
    muted = _pactl.default(
        INFO.format("x", "alsa_input.usb-Yeti-00.analog-stereo"), SOURCES, "input"
    )
    (found,) = sound_server.judged(muted, "input")
    assert found.mark == "!!" and "pactl set-source-mute @DEFAULT_SOURCE@ 0" in found.fix
    assert marks(sound_server.judged(replace(muted, muted=False), "input")) == ["--"]
    monitor = replace(muted, muted=False, volume_percent=100, name="alsa_output.pci.monitor")
    assert "nobody at the table" in text(sound_server.judged(monitor, "input"))
    assert marks(sound_server.judged(monitor, "output")) == ["ok"]


# --- terminal, disk, settings, profile

GOOD = terminal.Terminal(
    shown=True, keys=True, refusal="", columns=120, lines=40, colours="truecolor", encoding="utf-8",
    signs=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"shown": False}, "in which you play"),
        ({"refusal": "The terminal is 20 by 5: make it larger."}, "make it larger"),
        ({"encoding": "cp850", "signs": False}, "chcp 65001"),
        ({"colours": ""}, "NO_COLOR"),
    ],
)
def test_a_poor_terminal_is_a_hint(changed, word):
    found = list(terminal.judged(replace(GOOD, **changed)))
    assert found[0].mark == "--" and word in text(found)
    assert marks(terminal.judged(GOOD)) == ["ok"]


def test_a_folder_that_is_a_file_and_one_that_is_not_there_yet(tmp_path):
    (found,) = disk.writable("state", tmp_path / "new" / "newer")
    assert found.mark == "ok" and "can be made" in found.text
    assert not (tmp_path / "new").exists()
    (found,) = disk.writable("state", tmp_path)
    assert found.mark == "ok" and "GB are free" in found.text
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_a_folder_is_told_also_further_up(tmp_path):
    (tmp_path / "state").write_text("a file")
    for folder in (tmp_path / "state", tmp_path / "state" / "dndmood"):
        (found,) = disk.writable("state", folder)
        assert found.mark == "!!" and f"{tmp_path / 'state'} is no folder" in found.text


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_without_the_right_to_write_is_to_be_mended(tmp_path):
    tmp_path.chmod(0o500)
    (found,) = disk.writable("state", tmp_path)
    tmp_path.chmod(0o700)
    assert found.mark == "!!" and "right to write" in found.fix


def test_a_place_where_nothing_can_be_written_is_to_be_mended(tmp_path, monkeypatch):
    def refused(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(disk.tempfile, "TemporaryFile", refused)
    (found,) = disk.writable("state", tmp_path)
    assert found.mark == "!!" and "Permission denied" in found.text


def test_a_folder_that_may_not_be_entered_is_told(tmp_path):
    folder = tmp_path / "config" / "dndmood"
    folder.mkdir(parents=True)
    with locked(tmp_path / "config"):
        (found,) = disk.writable("settings", folder)
        (set_there,) = settings.usable(folder / "settings.toml")
        assert list(disk.private("settings", folder)) == []
    assert found.mark == "!!" and "right to write" in found.fix
    assert set_there.mark == "!!" and "cannot be looked at" in set_there.text


def test_a_disk_that_takes_nothing_is_to_be_made_writable(read_only):
    (found,) = disk.writable("state", read_only)
    assert found.mark == "!!" and "right" not in found.fix and "writable" in found.fix


@pytest.mark.skipif(os.name == "nt", reason="rights are inherited there")
def test_what_others_may_read_is_counted_and_the_command_takes_it_from_them(tmp_path):
    folder = tmp_path / "my state"
    folder.mkdir(mode=0o700)
    (folder / "zero.toml").touch(mode=0o600)
    (folder / "link").symlink_to("zero.toml")
    assert marks(disk.private("state", folder)) == ["ok"]
    folder.chmod(0o755)
    (folder / "zero.toml").chmod(0o644)
    (found,) = disk.private("state", folder)
    assert found.mark == "--" and found.text.startswith("2 files and folders")
    assert os.system(found.fix.partition(": ")[2]) == 0  # noqa: S605 - as a person would
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert marks(disk.private("state", folder)) == ["ok"]


def test_the_settings_file_is_read_as_an_evening_would_read_it(tmp_path):
    path = tmp_path / "settings.toml"
    assert marks(settings.usable(path)) == ["ok"]
    path.write_text('lively = 0.3\nplayer = "silent"\n')
    assert "sets 2 values" in text(settings.usable(path))
    path.write_text("livly = 0.3\n")
    (found,) = settings.usable(path)
    assert found.mark == "!!" and "'livly'" in found.text
    path.unlink()
    path.mkdir()
    assert marks(settings.usable(path)) == ["!!"]


def test_a_profile_of_another_model_or_without_calibration_is_a_hint():
    room = Room(-60.0, -40.0, -30.0, -20.0, when="2026-11-01")
    known = Profile(name="friday", room=room, model="abcabcabcabc")
    (found,) = profile.fitting(known, "abcabcabcabc" + "0" * 52)
    assert found.mark == "ok" and "2026-11-01" in found.text and "friday" not in found.text
    assert "another model" in text(profile.fitting(known, "d" * 64))
    assert "not calibrated" in text(profile.fitting(Profile(name="friday"), "d" * 64))


# --- model, speed, moods


def test_a_model_with_a_head_has_its_own_zero_in_the_profile_or_none_yet():
    ours, other = "abcabcabcabc" + "0" * 52, "d" * 64
    room = Room(-60.0, -40.0, -30.0, -20.0, "2026-11-25")
    known = Profile("friday", room=room, features={"abcabcabcabc": unheard(3)}, model="eee")
    (found,) = profile.fitting(known, ours, head=True)
    assert found.mark == "ok" and "2026-11-25" in found.text
    (found,) = profile.fitting(known, other, head=True)
    assert found.mark != "ok" and "another model" in found.text


def test_the_model_that_runs_is_said_and_its_head_is_asked_too(tmp_path):
    folder = featured_model(tmp_path / "ash")
    with open_model(folder) as real:
        card = folder / "card.toml"
        known = table(real(sound()))
        lines = [f"{key} = {known[key]}" for key in ("arousal", "valence", "voice")]
        scores = [f"{label} = {share}" for label, share in known["scores"].items()]
        card.write_text(
            "\n".join(
                [card.read_text(), "[known_answer]", *lines, "[known_answer.scores]", *scores]
            )
        )
    found = list(model.check(Settings(model=str(folder))))
    assert set(marks(found)) == {"ok"} and len(found) == 3
    assert found[0].text.startswith("The model ash (12 weights, 0.0")


@pytest.mark.parametrize(
    ("name", "apart"),
    [
        ("hearth", 0.001),
        # It rounds what it multiplies: a last digit that another processor adds up otherwise may
        # fall on the other side. AVX2 and VNNI lie 0.002 apart.
        ("bonfire", 0.005),
    ],
)
def test_a_shipped_model_gives_its_known_answer_and_a_changed_one_is_told(name, apart):
    folder = data("models") / name
    known = expected(folder)
    with open_model(folder) as real:
        answer = real(sound())
    assert largest_difference(answer, known) < apart < TOLERANCE
    assert model.judged(answer, known).mark == "ok"
    assert model.judged(answer, known | {"arousal": known["arousal"] + 0.05}).mark == "!!"
    assert model.judged(answer, {"arousal": "much"}).mark == "!!"
    assert model.judged(answer, None).mark == "--"


def test_a_model_that_gives_no_numbers_does_not_pass():
    answer = replace(loud_is_anger(sound()), arousal=float("nan"))
    assert model.judged(answer, table(loud_is_anger(sound()))).mark == "!!"


def test_a_model_that_is_damaged_is_told_in_its_own_sentence(tmp_path):
    (found,) = model.check(Settings(model=str(tmp_path)))
    assert found.mark == "!!" and "card.toml" in found.text


def test_the_time_of_a_window_is_the_median_and_the_first_does_not_count():
    clock, times = FakeClock(), iter([9.0, *[0.1] * 8, 5.0])

    def slow(_samples):
        clock.now += next(times)
        return loud_is_anger(_samples)

    assert speed.window_time_s(slow, noise(3, 0.1), clock) == pytest.approx(0.1)


@pytest.mark.parametrize(("took_s", "mark"), [(0.004, "ok"), (0.7, "--"), (1.5, "!!")])
def test_a_computer_that_is_too_slow_is_told_which_hop_it_can_do(took_s, mark):
    found = speed.judged(took_s, window_s=3.0, hop_s=1.0)
    assert found.mark == mark
    assert ("hop_s = 3.0" in found.fix) == (mark == "!!")


def test_moods_without_music_and_broken_files_are_told_without_their_titles(tmp_path):
    shelves = Shelves(
        calm=Shelf(
            "calm", "Calm", (Track("x", "A", 1.0),), ("secret.mp3 is broken",), own=True
        ),
        awe=Shelf("awe", "Awe", ()),
    )
    shelves.notes = ("secret: no mood is called so.",)
    found = list(moods.stocked(shelves, own=True))
    assert marks(found) == ["ok", "--", "--", "--"]
    assert "Calm cannot be played" in text(found) and "secret" not in text(found)
    assert marks(moods.stocked(Shelves(awe=Shelf("awe", "Awe", ())), own=True))[0] == "!!"


def test_the_starter_tracks_are_all_there_and_missing_ones_are_told(tmp_path):
    book = load(data("playlists"))
    found = moods.starters(book)
    assert found.mark == "ok" and f"The {3 * len(book)} starter tracks" in found.text
    (tmp_path / "calm.toml").write_bytes((data("playlists") / "calm.toml").read_bytes())
    assert moods.starters(load(tmp_path)).mark == "!!"


def test_a_music_folder_that_is_gone_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match="no music folder"):
        list(moods.check(Settings(music=str(tmp_path / "gone"))))


# --- the microphone


def heard(samples, rate_hz=48_000, *, channels=1, monitor=False):
    block = np.repeat(np.asarray(samples, np.float32)[:, np.newaxis], channels, axis=1)
    return list(microphone.judged(block, rate_hz, monitor=monitor))


def voice(level, seconds=2.0, rate_hz=48_000, seed=3):
    return np.random.default_rng(seed).standard_normal(round(seconds * rate_hz)) * level


def test_a_microphone_that_gives_sound_is_well_and_its_level_is_told():
    (found,) = heard(voice(0.03))
    assert found.mark == "ok" and "30 dB below full scale" in found.text


@pytest.mark.parametrize(
    ("samples", "mark", "word"),
    [
        (np.zeros(96_000), "!!", "perfect silence"),
        (np.full(96_000, 0.1), "!!", "perfect silence"),
        (np.full(96_000, np.nan), "!!", "not numbers"),
        (voice(1e-5), "--", "very soft"),
        (np.clip(voice(1.5), -1, 1), "--", "distorted"),
    ],
)
def test_a_microphone_that_gives_nothing_useful_is_told(samples, mark, word):
    found = heard(samples)
    assert found[0].mark == mark and word in found[0].text


def test_one_live_channel_of_two_is_enough_and_two_that_cancel_are_none_the_less_heard():
    block = np.stack((voice(0.03), -voice(0.03)), axis=1).astype(np.float32)
    assert marks(microphone.judged(block, 48_000)) == ["ok"]
    block[:, 1] = 0.0
    assert marks(microphone.judged(block, 48_000)) == ["ok"]


def test_a_monitor_that_is_silent_is_not_called_muted():
    assert marks(heard(np.zeros(96_000), monitor=True)) == ["--"]


def test_sound_without_anything_above_a_telephones_band_is_told():
    spectrum = np.fft.rfft(voice(0.1))
    spectrum[np.fft.rfftfreq(96_000, 1 / 48_000) > 3_900] = 0.0
    assert "as a telephone does" in text(heard(np.fft.irfft(spectrum)))


# --- further ears, words, other programs


def test_a_further_ear_is_looked_for():
    found = [devices.further([MIC, SPEAKER, SERVER], name) for name in ("webcam", "Discord")]
    assert marks(found) == ["ok", "!!"]
    assert "Webcam" in found[0].text and "'Discord'" in found[1].text


def test_words_without_a_recogniser_are_told_with_the_way_to_one(tmp_path):
    assert marks(words.check(Settings())) == ["ok"]
    (finding,) = words.check(Settings(words=True, recogniser=str(tmp_path / "none")))
    assert finding.mark == "!!" and "dndmood words get" in finding.text


@pytest.mark.parametrize(
    ("tone", "says"),
    [(True, "only the tone of voice is."), (False, "nor is the tone of voice.")],
)
def test_what_is_listened_to_without_words_depends_on_the_tone(tone, says):
    (finding,) = words.check(Settings(tone=tone))
    assert finding.text.endswith(says)


def test_words_in_a_language_without_phrases_are_told():
    (finding,) = words.check(Settings(words=True, language="it"))
    assert finding.mark == "!!" and "no phrases for the language 'it'" in finding.text


def test_who_shall_be_told_is_looked_at_one_by_one():
    assert marks(tell.check(Settings())) == ["ok"]
    found = list(tell.check(Settings(tell=("mpd", "spotify", "hook:no-such-command"))))
    assert marks(found) == ["ok", "!!", "!!"]
    assert "'spotify'" in found[1].text and "no-such-command" in found[2].text


def test_a_port_that_is_taken_is_told_before_the_evening():
    assert marks(remote.check(Settings())) == ["ok"]
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        assert marks(remote.check(Settings(remote=taken))) == ["!!"]
        assert marks(remote.check(Settings(remote="0", kenku="0"))) == ["ok", "ok"]
