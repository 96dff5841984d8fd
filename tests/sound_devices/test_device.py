import pytest

from dndmood.errors import UserError
from dndmood.sound_devices import Device, pick
from dndmood.sound_devices._device import again
from dndmood.sound_devices._portaudio import refusal_text

INPUTS = (
    Device(0, "HDA Intel PCH", inputs=0, outputs=2, rate_hz=48_000),
    Device(3, "Webcam C270", inputs=1, outputs=0, rate_hz=16_000),
    Device(5, "USB Microphone", inputs=2, outputs=0, rate_hz=44_100, default_input=True),
)


@pytest.mark.parametrize(
    ("wanted", "index"), [("", 5), ("3", 3), ("webcam", 3), ("USB Microphone", 5)]
)
def test_a_device_is_asked_for_by_number_or_part_of_its_name(wanted, index):
    assert pick(INPUTS, wanted).index == index


def test_an_unknown_device_is_told_with_those_there_are():
    with pytest.raises(UserError, match=r"called 'Blue'; there are: 3 Webcam C270, 5 USB Mic"):
        pick(INPUTS, "Blue")


def test_a_speaker_is_no_microphone():
    with pytest.raises(UserError, match="called '0'"):
        pick(INPUTS, "0")


def test_no_microphone_at_all_is_one_sentence():
    with pytest.raises(UserError, match="There is no microphone"):
        pick(INPUTS[:1], "")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("Invalid sample rate [PaErrorCode -9997]", "no permission or a muted source"),
        ("Device unavailable [PaErrorCode -9985]", "is busy"),
        ("Unanticipated host error", "choose another one"),
    ],
)
def test_a_refusal_names_the_fix(reason, words):
    assert words in refusal_text("input", INPUTS[1], reason)


def test_a_device_that_comes_back_is_known_by_its_name():
    moved = (Device(1, "USB Microphone", inputs=2, outputs=0, rate_hz=44_100), *INPUTS[:2])
    assert again(moved, "", "input", INPUTS[2]).index == 1
    assert again(moved, "5", "input", INPUTS[2]).index == 1


def test_another_device_takes_its_place_only_where_nobody_chose_one():
    assert again(INPUTS[:2], "", "input", INPUTS[2]).name == "Webcam C270"
    for wanted in ("usb", "5"):
        with pytest.raises(UserError):
            again(INPUTS[:2], wanted, "input", INPUTS[2])


def test_a_speaker_is_picked_like_a_microphone():
    assert pick(INPUTS, "hda", "output").index == 0
    with pytest.raises(UserError, match="No speaker is called 'webcam'"):
        pick(INPUTS, "webcam", "output")
    with pytest.raises(UserError, match="There is no speaker"):
        pick(INPUTS[1:], "", "output")
