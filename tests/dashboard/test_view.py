import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from dndmood.dashboard.block import fit
from dndmood.dashboard.palette import RICH, hues
from dndmood.dashboard.state import Place
from dndmood.dashboard.view import render
from dndmood.events import Balance, Command, Cue, Level, MoodState, Problem, Track
from tests.dashboard.scenes import (
    GONE,
    PLACES,
    SCENES,
    SIZES,
    calm,
    lines,
    mood,
    picture,
    screen,
    snapshot,
    sound,
    spoken,
)

WORDS = st.text(st.characters(codec="utf-8"), max_size=90)


def read(*events, width=80, height=24, places=PLACES, **how) -> str:
    return "\n".join(lines(render(screen(*events), places, width=width, height=height, **how)))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", SCENES)
def test_every_scene_looks_as_it_did(name, size):
    assert lines(picture(name, *size)) == snapshot(name, *size).read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("size", [*SIZES, (200, 60), (80, 60), (240, 24), (101, 33)], ids=str)
def test_the_picture_always_fills_the_terminal_exactly(name, size):
    for ascii_only in (False, True):
        rows = picture(name, *size, ascii=ascii_only).rows
        assert len(rows) == size[1]
        assert {sum(cell_len(part.text) for part in row) for row in rows} == {size[0]}


@settings(max_examples=25, deadline=None)
@given(st.lists(WORDS, min_size=6, max_size=6), st.integers(80, 220), st.integers(24, 70))
def test_no_text_however_odd_breaks_the_picture(words, width, height):
    title, track, why, outlook, trouble, label = words
    places = (Place("calm", title, "1", 0.3, 0.6), *PLACES[1:])
    track = Track("x.ogg", track, 90.0)
    events = (
        MoodState(0.0, "calm", 0.0, why, outlook=outlook),
        Cue(0.0, "calm", (track, track), 3.0, why),
        spoken(1.0, 1.7, -0.3, label),
        Problem(2.0, trouble),
        sound(2.0),
    )
    for how in ({}, {"helping": True}, {"ascii": True}):
        seen = render(screen(*events), places, width=width, height=height, **how)
        assert len(seen.rows) == height
        for row in seen.rows:
            text = "".join(part.text for part in row)
            assert cell_len(text) == width
            assert text.isprintable()


def test_the_same_screen_gives_the_same_picture():
    assert picture("battle", 100, 30) == picture("battle", 100, 30)


def test_with_ascii_no_other_sign_is_used():
    wild = (*calm(), Problem(2280.0, "Das Mikrofon „Größe 東京“ fehlt."))
    text = read(*wild, ascii=True)
    assert text.isascii()
    assert "Grosse" in text or "Gro?e" in text


def test_without_colours_the_text_is_the_same():
    shown = {}
    for no_color in (False, True):
        file = io.StringIO()
        console = Console(
            file=file,
            width=80,
            force_terminal=True,
            color_system="truecolor",
            no_color=no_color,
        )
        console.print(picture("battle", 80, 24), end="")
        shown[no_color] = file.getvalue()
    coloured = re.compile(r"\x1b\[[\d;]*[34]8;[\d;]*m")
    assert coloured.search(shown[False])
    assert not coloured.search(shown[True])
    bare = [re.sub(r"\x1b\[[\d;]*m", "", text) for text in shown.values()]
    assert bare[0] == bare[1]


def test_lamps_differ_in_sign_and_word_not_only_in_colour():
    assert "● listening     ● speech" in read(*calm())
    assert "● listening     ○ quiet" in read(*calm(), sound(2290.0))
    assert "○ paused        ○ quiet" in read(*calm(), Command("pause"), sound(2290.0))
    assert "○ hears nothing" in read(*calm(), stalled=True)


def test_the_present_mood_is_marked_in_the_map_by_a_sign():
    text = read(*calm())
    assert "→1 Calm" in text
    assert "→4 Battle" not in text


def test_the_moods_have_different_colours():
    assert len({str(style) for style in hues(PLACES).values()}) == len(PLACES)
    crowd = tuple(replace(PLACES[0], name=str(number)) for number in range(9))
    assert len({str(style) for style in hues(crowd).values()}) == len(crowd)


def test_a_mood_whose_name_has_no_large_letters_is_spaced():
    places = (replace(PLACES[0], title="Ärger & Zorn"), *PLACES[1:])
    assert "Ä R G E R   &   Z O R N" in read(*calm(), places=places)


def test_an_accent_does_not_make_a_name_small():
    places = (replace(PLACES[0], title="Élan"), *PLACES[1:])
    assert "█▀▀ █   ▄▀▄ █▄ █" in read(*calm(), places=places).replace("█  █", "█▄ █")


def test_both_tracks_are_shown_while_they_cross():
    text = read(*SCENES["battle"])
    assert re.search(r"fades in +Steel on the Bridge .* 0:02 / 2:48", text)
    assert re.search(r"fades out +The Long Road|fades out +Embers", text)


def test_an_empty_shelf_says_why_nothing_plays():
    empty = Cue(0.0, "battle", (), 6.0, "nothing plays: battle has no tracks")
    assert "nothing plays: battle has no tracks" in read(empty, sound(10.0))


def test_a_new_problem_is_told_with_its_remedy_and_an_old_one_in_one_line():
    told = " ".join(read(*calm(), Problem(2280.0, GONE)).split())
    assert GONE in told
    aged = read(*calm(), Problem(2280.0, GONE), sound(2500.0))
    assert "! 0:38:00  The microphone is gone" in aged
    assert "--device" not in aged
    assert "--device" in read(*calm(), Problem(2280.0, GONE), sound(2500.0), helping=True)


def test_the_keys_say_what_a_switch_would_do_next():
    assert "space pause" in read(*calm())
    assert "space listen" in read(*calm(), Command("pause"))
    assert "x silence" in read(*calm())
    assert "x sound" in read(*calm(), Command("silence"))


def test_nothing_moves_when_a_switch_is_thrown():
    for verb in ("pause", "silence"):
        before, after = read(*calm()), read(*calm(), Command(verb))
        assert before.index("? help") == after.index("? help")


def test_the_balance_at_the_microphone_is_shown_while_it_is_fresh():
    balance = Balance(2280.0, -24.0, -38.4, speaking=True)
    assert "voice over music +14 dB, volume 0 dB" in read(*calm(), balance)
    both = read(*calm(), balance, Level(2280.0, -8.0, 0.8))
    assert "voice over music +14 dB, stepped back 8 dB, volume 0 dB" in both
    assert "over music" not in read(*calm(), balance, sound(2290.0))
    assert "over music" not in read(*calm(), replace(balance, voice_db=None))


def test_short_stretches_are_seen_in_the_lanes_of_a_long_evening():
    events = [*mood(0.0, "calm", "so"), *mood(7000.0, "battle", "so")]
    events += [*mood(7030.0, "calm", "so"), sound(7100.0)]
    (lane,) = (
        row for row in read(*events, width=120, height=40).splitlines() if "│ Battle " in row
    )
    assert lane.count("━") == 1


def test_a_stretch_of_one_cell_is_not_read_as_part_of_its_neighbour():
    events = [*mood(0.0, "calm", "so"), *mood(60.0, "triumph", "so")]
    events += [*mood(64.0, "battle", "so"), sound(290.0)]
    strip = next(row for row in read(*events).splitlines() if row.startswith(" Calm"))
    assert "━ ╸Battle" in strip


def test_lost_sound_is_told():
    assert "lost" not in read(sound(0.02), sound(0.05))
    for height in (24, 40):
        assert "0 changes, 2.0 s of sound lost" in read(sound(0.02), sound(2.04), height=height)


def test_a_text_that_is_cut_off_says_so():
    assert fit("The Long Road", 8, RICH) == "The Lon…"
    assert fit("東京東京", 5, RICH) == "東京…"
