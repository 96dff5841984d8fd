"""The keyboard of a system that is not this one, with a stand-in for its own module."""

import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from dndmood.dashboard.keystrokes import Keystrokes
from dndmood.dashboard.terminal import WindowsKeyboard
from tests.fakes import FakeClock


@pytest.fixture
def typed(monkeypatch) -> Iterator[list[str]]:
    """What a person has typed and nobody has read, as msvcrt gives it: letter by letter."""
    letters: list[str] = []
    msvcrt = SimpleNamespace(kbhit=lambda: bool(letters), getwch=lambda: letters.pop(0))
    monkeypatch.setitem(sys.modules, "msvcrt", msvcrt)
    return letters


def test_on_windows_a_key_that_was_typed_is_there_at_once(typed):
    clock = FakeClock()
    typed += "4q"
    keyboard = WindowsKeyboard(clock)
    assert Keystrokes().push(keyboard.read(0.1)) == ("4", "q")
    assert clock.slept == []


def test_on_windows_pasted_text_comes_in_one_piece_and_presses_nothing(typed):
    keyboard, keystrokes = WindowsKeyboard(FakeClock()), Keystrokes()
    typed += "roll for initiative: 14 + 3 = quite high"
    assert keystrokes.push(keyboard.read(0.1)) == ()
    assert keystrokes.push(keyboard.read(0.1)) == ()
    typed += "n"
    assert keystrokes.push(keyboard.read(0.1)) == ("n",)


def test_on_windows_a_letter_that_looks_like_half_an_arrow_is_a_letter(typed):
    typed.append("\xe0")  # à on a French keyboard
    assert WindowsKeyboard(FakeClock()).read(0.1) == "\xe0"


def test_on_windows_waiting_for_a_key_ends_in_time(typed):
    clock = FakeClock()
    assert WindowsKeyboard(clock).read(0.1) == ""
    assert 0.1 <= clock.now < 0.15


@pytest.mark.parametrize("first", ["\x00", "\xe0"])
def test_on_windows_arrows_and_function_keys_mean_nothing(typed, first):
    typed += [first, "H", "n"]
    keyboard = WindowsKeyboard(FakeClock())
    assert keyboard.read(0.1) == "n"


def test_on_windows_the_keyboard_is_taken_and_given_back_without_a_word(typed):
    keyboard = WindowsKeyboard(FakeClock())
    keyboard.open()
    typed.append("\x03")  # Ctrl-C comes as a signal; as a letter it means nothing
    assert keyboard.read(0.1) == "\x03"
    keyboard.close()
