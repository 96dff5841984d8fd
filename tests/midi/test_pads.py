"""From bytes that a device sends to commands."""

import os
import time
from pathlib import Path

import pytest

mido = pytest.importorskip("mido", reason="the extra `midi` is not installed")

from dndmood.errors import UserError  # noqa: E402 - after the extra is known to be there
from dndmood.events import Command, Problem  # noqa: E402
from dndmood.midi import file, learning, ports  # noqa: E402
from dndmood.midi.actions import Steering  # noqa: E402
from dndmood.midi.pads import Pad, moved, named  # noqa: E402
from tests.fakes import stand  # noqa: E402

pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")

PAD = Pad("note", 36, 10)
PRESS, LET_GO = bytes((0x99, 36, 100)), bytes((0x89, 36, 0))
KNOB = Pad("control", 7, 1)


def commands(does, *sent):
    """What comes of raw bytes."""
    parser, steering = mido.Parser(), Steering(does)
    for one in sent:
        parser.feed(one)
    found = [steering.command(movement) for one in parser if (movement := moved(one))]
    return [one for one in found if one is not None]


def test_a_pad_is_pressed_once_and_letting_go_is_nothing():
    battle = Command("force", mood="battle")
    as_note_on_0 = bytes((0x99, 36, 0))
    clock, pressure = b"\xf8\xfe", bytes((0xD9, 60))
    sent = (PRESS, clock, LET_GO, PRESS, pressure, as_note_on_0)
    assert commands({PAD: battle}, *sent) == [battle, battle]
    assert commands({PAD: battle}, bytes((0x98, 36, 100)), bytes((0x99, 37, 100))) == []


def test_a_button_that_sends_controls_counts_when_it_goes_down():
    skip = Command("skip")
    down, up = bytes((0xB0, 7, 127)), bytes((0xB0, 7, 0))
    assert commands({KNOB: skip}, down, up, down, up) == [skip, skip]
    assert commands({KNOB: skip}, *(bytes((0xB0, 7, n)) for n in range(128))) == [skip]


def test_a_knob_turns_the_volume_from_where_it_stands():
    sent = [bytes((0xB0, 7, value)) for value in (64, 65, 65, 0, 127)]
    moves = [one.change_db for one in commands({KNOB: None}, *sent)]
    assert len(moves) == 3
    assert moves[2] == 52.0 and moves[0] > 0 > moves[1]


def test_a_programme_is_a_pad_as_well():
    undo = Command("undo")
    assert commands({Pad("program", 4, 2): undo}, bytes((0xC1, 4))) == [undo]


def test_bytes_that_are_no_midi_move_nothing():
    noise = bytes(range(256)) * 20
    assert commands({PAD: Command("skip")}, noise[:0x80], b"\xf0" + b"x" * 9000) == []


@pytest.mark.parametrize("name", ["note 36", "note 128 channel 1", "note 1 channel 0", "key 1 channel 1",
                                  "note 36 channel 10 x", "note ³6 channel 1"])  # fmt: skip
def test_what_is_no_pad_has_no_name(name):
    assert named(name) is None


def test_the_file_is_written_line_by_line_and_comments_stay(tmp_path):
    path = tmp_path / "config" / "midi.toml"
    file.write(path, PAD, "mood battle")
    path.write_text("# mine\n" + path.read_text())
    file.write(path, KNOB, "volume")
    file.write(path, PAD, "next")
    assert file.read(path) == {PAD: "next", KNOB: "volume"}
    file.write(path, KNOB, "")
    assert file.read(path) == {PAD: "next"} and path.read_text().startswith("# mine\n")


@pytest.mark.parametrize("text", ['"note 36" = "next"', '"note 36 channel 10" = 3', "x = ["])
def test_a_line_that_is_none_is_one_sentence_and_stays(tmp_path, text):
    path = tmp_path / "midi.toml"
    path.write_text(text)
    for wrong in (lambda: file.read(path), lambda: file.write(path, PAD, "next")):
        with pytest.raises(UserError, match=r"midi\.toml") as told:
            wrong()
        assert "\n" not in str(told.value)
    assert path.read_text() == text


def test_a_mood_that_there_is_not_is_told_and_the_other_pads_work():
    said = []
    known = {PAD: "mood gone", KNOB: "volume", Pad("note", 1, 1): "mood calm"}
    found = file.understood(known, {"calm"}, {}, said.append)
    assert found == {KNOB: None, Pad("note", 1, 1): Command("force", mood="calm")}
    assert len(said) == 1 and "'mood gone'" in said[0]


@pytest.fixture
def plugged(tmp_path, monkeypatch):
    """A folder into which devices are plugged."""
    monkeypatch.setenv("BYTE_PIPES", str(tmp_path))
    before = mido.backend
    mido.set_backend("tests.midi.byte_pipe")
    monkeypatch.setattr(ports, "_LOOK_S", 0.02)
    yield tmp_path
    mido.set_backend(before)


def plug_in(folder: Path, name="nanoPAD2") -> Path:
    os.mkfifo(folder / f"{name}.midi")
    return folder / f"{name}.midi"


def until(condition):
    """Wait for what another thread does."""
    end_s = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.005)


@pipes
def test_a_device_is_heard_and_missed_and_heard_again(plugged):
    heard, said = [], []
    with ports.listening("nano", lambda name, one: heard.append((name, one.note)), said.append):
        until(lambda: said)
        assert said[0].text.startswith("There is no MIDI device whose name has 'nano'")
        for _ in range(2):
            pipe = plug_in(plugged)
            until(lambda: said[-1].solved)
            pipe.write_bytes(PRESS)
            until(lambda: heard)
            assert heard.pop() == ("nanoPAD2", 36)
            pipe.unlink()
            until(lambda: not said[-1].solved)
    assert [type(one) for one in said] == [Problem] * 5
    assert stand(said) == [True, False, True, False, True]
    assert "is there" in said[1].text and "was it unplugged" in said[2].text
    assert "is back" in said[3].text and "was it unplugged" in said[4].text


@pipes
@pytest.mark.parametrize(("name", "other"), [("nanoPAD2 0", "nanoPAD2 1"), ("nanoPAD2 28:0", "nanoPAD2 32:0")])  # fmt: skip
def test_a_device_that_gets_another_number_is_the_same_device(plugged, name, other):
    heard, said = [], []
    pipe = plug_in(plugged, name)
    with ports.listening("nano", lambda one, _: heard.append(one), said.append):
        pipe.write_bytes(PRESS)
        until(lambda: heard == [name])
        pipe = pipe.rename(plugged / f"{other}.midi")  # between two looks

        def pressed():
            pipe.write_bytes(PRESS)
            return other in heard

        until(pressed)
        pipe.unlink()
        until(lambda: said and not said[-1].solved)
        plug_in(plugged, name)
        until(lambda: said[-1].solved)
    told = [one.text.partition(",")[0].partition(":")[0] for one in said]
    assert told == [
        "The MIDI device nanoPAD2 is gone",
        "The MIDI device nanoPAD2 is back",
    ]


@pipes
def test_of_two_devices_alike_one_that_goes_is_missed(plugged):
    said, pipes = [], [plug_in(plugged, f"nanoPAD2 {number}") for number in (0, 1)]
    heard = []
    with ports.listening("any", lambda *one: heard.append(one), said.append):
        for pipe in pipes:
            pipe.write_bytes(PRESS)
        until(lambda: len(heard) == 2)
        pipes[1].unlink()
        until(lambda: said)
    assert "nanoPAD2 is gone" in said[0].text


@pipes
def test_another_device_than_the_one_named_is_left_alone(plugged):
    plug_in(plugged, "Piano")
    heard, said = [], []
    with ports.listening("nano", lambda *one: heard.append(one), said.append):
        until(lambda: said)
    assert heard == []


def test_a_system_without_midi_is_one_sentence(monkeypatch):
    asked = []

    def broken():
        asked.append(1)
        raise OSError("no sequencer")

    monkeypatch.setattr(ports, "names", broken)
    monkeypatch.setattr(ports, "_LOOK_S", 0.01)
    said = []
    with ports.listening("any", print, said.append):
        until(lambda: len(asked) > 3)
        time.sleep(0.3)
    assert len(said) == 1 and "no MIDI that works" in said[0].text
    assert len(asked) < 12  # each time, its driver writes a line into the log


@pipes
def test_a_pad_is_learned_by_pressing_it(plugged, tmp_path):
    pipe, path, said = plug_in(plugged), tmp_path / "midi.toml", []
    answers = iter(["nonsense", "2", "0"])

    def say(sentence):
        said.append(sentence)
        if sentence.startswith("Press"):
            pipe.write_bytes(PRESS)

    def ask(question):
        assert question.startswith("note 36 channel 10")
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    moods = {"calm": "Calm", "battle": "Battle"}
    count = learning.learn(path, "any", moods=moods, places={}, say=say, ask=ask)
    assert count == 2 and file.read(path) == {}
    assert "note 36 channel 10: mood battle." in said and any(
        "none of 0" in one for one in said
    )
