"""What may act and what may not, of all that a terminal sends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dndmood.dashboard.keystrokes import Keystrokes

TALK = "roll for initiative: 14 + 3 = quite high"


def pressed(*reads: str) -> list[str]:
    keystrokes = Keystrokes()
    return [key for sent in reads for key in keystrokes.push(sent)]


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("4", "4"),
        ("4n", "4n"),
        ("4nx", ""),  # so fast types nobody
        ("1d20", ""),
        ("\x1b[A", ""),
        ("\x1b[1;5Cq", "q"),
        ("\x1bOPn", "n"),
        ("\x1bO5An", "n"),
        ("\x1b[15~n", "n"),
        ("\x1b[[An", "n"),  # F1 on the bare Linux console
        ("\x1bx", ""),
        ("\x1b\x1b[An", "n"),
        ("\x9bAn", "n"),
        ("\x1b[In\x1b[O", "n"),  # the window was chosen, and left
        ("\x1b[<0;35;12Mn\x1b[<0;35;12m", "n"),  # the mouse
        ("\x1b[M q!n", "n"),
        ("\x1b[ 1qn", "n"),
        ("\x1b]11;rgb:aaaa/xxxx/nnnn\x1b\\n", "n"),
        ("\x1bP1$r q\x1b\\n", "n"),
        ("\x1b[12\x1b[An", "n"),
        ("\x1b[1én", "én"),
        ("\x1b", ""),
        ("", ""),
        ("é夜", "é夜"),
    ],
)
def test_only_keys_are_keys(sent, keys):
    assert pressed(sent) == list(keys)


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[A",
        "\x1bOP",
        "\x1b[1;5C",
        "\x1b[<0;35;12M",
        "\x1b[M q!",
        "\x1b[[A",
        "\x1b]0;nx\x07",
    ],
)
def test_a_sequence_that_comes_in_pieces_presses_nothing(sequence):
    assert pressed(*sequence, "n") == ["n"]
    for cut in range(1, len(sequence)):
        assert pressed(sequence[:cut], sequence[cut:], "n") == ["n"]


def test_half_a_sequence_is_kept_while_a_slow_line_brings_nothing():
    # Over ssh an arrow key was seen to come as ESC and, 0.4 s later, `[A`: four empty reads.
    assert pressed("\x1b[", *[""] * 4, "A", "n") == ["n"]
    assert pressed("\x1b", *[""] * 4, "[A", "n") == ["\x1b", "n"]  # which closes, and no more
    assert pressed("\x1b[", *[""] * 20, "A", "n") == ["n"]


def test_escape_alone_swallows_no_key():
    assert pressed("\x1b", "", "n") == ["n"]
    assert pressed("\x1b", *[""] * 99, "n") == ["\x1b", "n"]


def test_escape_is_a_key_once_nothing_has_followed_it():
    assert pressed("\x1b", *[""] * 2) == []
    assert pressed("\x1b", *[""] * 30) == ["\x1b"]
    assert pressed("\x1b[200~1", *[""] * 3, "\x1b", *[""] * 4, "2\x1b[201~n") == ["n"]


def test_what_never_comes_whole_does_not_take_the_keys_for_ever():
    for begun in ("\x1b[", "\x1b[1;", "\x1b[200~abc", "\x1b]0;title", "\x1b[M", "\x1bO"):
        assert pressed(begun, *[""] * 60, "n") == ["n"]
    assert pressed("\x1bP", *[""] * 10, "n") == ["n"]  # Alt and P


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_pasted_text_presses_nothing(size):
    text = f"\x1b[200~{TALK}\n\x1b[A qq\x1b[201~n"
    assert pressed(*(text[at : at + size] for at in range(0, len(text), size))) == ["n"]


def test_a_paste_that_pauses_is_still_a_paste():
    assert pressed("\x1b[200~rrr", "", "", "rrr\x1b[2", "", "01~", "n") == ["n"]


def test_text_that_a_terminal_pastes_without_saying_so_presses_nothing():
    assert pressed(TALK) == []
    assert pressed(TALK, "qq") == []  # its rest, in the next read
    assert pressed(TALK, "", "n") == ["n"]


def test_a_key_held_down_counts_each_time():
    assert pressed("+" * 30) == ["+"] * 30


@given(st.text(st.characters(exclude_characters="\x1b\x9b"), max_size=300), st.data())
def test_whatever_is_pasted_and_however_it_is_cut_nothing_of_it_acts(text, data):
    sent, reads = f"\x1b[200~{text}\x1b[201~", []
    while sent:
        size = data.draw(st.integers(1, 40))
        reads.append(sent[:size])
        sent = sent[size:]
    assert pressed(*reads, "", "n") == ["n"]


@given(st.lists(st.text(st.sampled_from("\x1b[]OPM;<~0123ABmq\x07\\\x9b夜"), max_size=8)))
def test_no_rubbish_breaks_the_reader_or_silences_it_for_good(reads):
    keystrokes = Keystrokes()
    for sent in reads:
        keystrokes.push(sent)
    for _ in range(50):
        keystrokes.push("")
    assert keystrokes.push("n") == ("n",)
