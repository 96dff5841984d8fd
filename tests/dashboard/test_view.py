import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from dndmood.dashboard.block import fit
from dndmood.dashboard.palette import GOOD, RICH, hues
from dndmood.dashboard.view import render
from dndmood.events import (
    Balance,
    Command,
    Cue,
    Duck,
    MoodBook,
    MoodState,
    NowPlaying,
    Problem,
    Track,
)
from dndmood.mood_places import Place
from dndmood.scene import AmbienceCue
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
from tests.fakes import mood as mood_of_the_book

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


@st.composite
def moods_of_any_number(draw) -> tuple[Place, ...]:
    numbers = range(draw(st.integers(1, 45)))
    unit = st.floats(0.0, 1.0)
    return tuple(
        Place(
            f"mood {n}",
            draw(st.text(st.characters(codec="utf-8"), max_size=20)),
            str(n + 1) if n < 9 else "",
            draw(unit),
            draw(unit),
        )
        for n in numbers
    )


@settings(max_examples=100, deadline=None)
@given(
    moods_of_any_number(),
    st.integers(0, 45),
    st.integers(80, 260),
    st.integers(24, 75),
    st.sampled_from(["", GONE, GONE * 4]),
    st.fixed_dictionaries(
        {}, optional={n: st.booleans() for n in ("helping", "ascii", "leaving")}
    ),
)
def test_any_number_of_moods_and_emotions_fits_any_terminal(
    places, emotions, width, height, trouble, how
):
    scores = {f"emotion {n}": (n % 7) / 6.0 for n in range(emotions)}
    events = [
        event
        for number, place in enumerate(places)
        for event in (
            MoodState(60.0 * number, place.name, 60.0 * number, "so", outlook="soon"),
            Cue(60.0 * number, place.name, (Track("x.ogg", place.title, 90.0),), 3.0, "x"),
        )
    ]
    events += [replace(spoken(2700.0, 0.5, 0.5), scores=scores), sound(2701.0)]
    events += [Problem(2701.0, trouble)] * bool(trouble)
    seen = render(screen(*events), places, width=width, height=height, **how)
    assert len(seen.rows) == height
    assert {sum(cell_len(part.text) for part in row) for row in seen.rows} == {width}
    if not how.get("helping"):
        text = "\n".join(lines(seen))
        assert all(f" {panel} " in text for panel in ("Talk", "Mood", "Voices", "Music"))


@pytest.mark.parametrize(
    ("number", "size"), [(14, (80, 34)), (16, (100, 34)), (20, (120, 40)), (40, (200, 60))]
)
def test_the_lanes_are_the_first_to_give_way(number, size):
    places = tuple(replace(PLACES[0], name=f"m{n}", title=f"Mood {n}") for n in range(number))
    text = read(
        MoodState(0.0, "m3", 0.0, "so"),
        sound(60.0),
        places=places,
        width=size[0],
        height=size[1],
    )
    assert "Mood 3 ━" in text and "│ Mood 3" not in text
    few = read(MoodState(0.0, "calm", 0.0, "so"), sound(60.0), width=size[0], height=size[1])
    assert "│ Battle" in few


def test_of_more_emotions_than_fit_the_strongest_are_shown():
    scores = {f"e{n:02}": n / 100.0 for n in range(40)}
    text = read(replace(spoken(1.0, 0.5, 0.5), scores=scores), sound(1.0))
    assert "e39" in text and "e32" in text and "e31" not in text


def test_the_first_press_of_q_is_answered_on_the_screen():
    for height in (24, 40):
        assert "press q again to end the evening" in read(*calm(), height=height, leaving=True)
        assert "q quit" in read(*calm(), height=height)


def test_a_problem_is_gone_from_the_screen_after_five_minutes_and_stays_in_the_help():
    old = (*calm(), Problem(2280.0, GONE), sound(2581.0))
    assert "microphone is gone" not in read(*old)
    assert "microphone is gone" in read(*old, helping=True)


SPEAKER = Problem(2270.0, "The speaker USB Audio is gone.", about="the speaker")
BACK = Problem(2280.0, "The microphone is back.", solved=True, about="the microphone")


@pytest.mark.parametrize("height", [24, 34, 50])
def test_a_problem_that_stands_is_seen_until_it_is_over(height):
    def seen(*facts):
        return read(*calm(), SPEAKER, *facts, height=height)

    def line(text):
        (found,) = (line for line in text.splitlines() if line.startswith(" ! "))
        return found

    microphone = Problem(2275.0, GONE, about="the microphone")
    assert "! 2 problems (? shows them): The microphone is gone" in line(seen(microphone))
    soon = seen(microphone, BACK)
    assert line(soon).strip() == "! The speaker USB Audio is gone."
    assert "\n The microphone is back." in soon
    much_later = seen(microphone, BACK, sound(9000.0))
    assert line(much_later).strip() == "! 0:37:50  The speaker USB Audio is gone."
    over = Problem(9001.0, "The speaker is back.", solved=True, about="the speaker")
    assert "USB Audio" not in seen(microphone, BACK, over, sound(9030.0)).replace(
        "problem  ", ""
    )


def test_what_just_happened_is_seen_before_what_stands_and_for_a_while():
    stutter = Problem(2290.0, "The music stutters: close other programs.")
    facts = (*calm(), SPEAKER, stutter)
    assert "! The music stutters" in read(*facts, sound(2300.0))
    assert "! 0:37:50  The speaker" in read(*facts, sound(2420.0))


def test_the_help_has_every_problem_that_stands():
    microphone = Problem(2275.0, GONE, about="the microphone")
    for height in (24, 30, 60):
        text = read(*calm(), SPEAKER, microphone, BACK, helping=True, height=height)
        assert "0:37:50  The speaker USB Audio is gone." in text
        text = read(*calm(), SPEAKER, microphone, helping=True, height=height)
        assert "0:37:50  The speaker USB Audio is gone." in text
        assert "0:37:55  The microphone is gone" in text


def test_that_a_problem_is_over_is_told_calmly_and_soon_gone():
    back = (
        *calm(),
        Problem(2270.0, GONE, about="the speaker"),
        Problem(2280.0, "The speaker is back.", solved=True, about="the speaker"),
    )
    (row,) = [
        r
        for r in render(screen(*back), PLACES, width=80, height=24).rows
        if "The speaker" in "".join(p.text for p in r)
    ]
    assert "!" not in "".join(part.text for part in row)
    assert row[0].style == GOOD
    assert "The speaker" in read(*back, sound(2299.0))
    assert "The speaker" not in read(*back, sound(2301.0))
    assert "The speaker" in read(*back, sound(2301.0), helping=True)


STEEL, WAR = Track("steel.ogg", "Steel on the Bridge", 168.0), Track("war.ogg", "War", 90.0)


def told(*events, **how) -> list[str]:
    """The two rows of the music's frame."""
    rows = read(*events, **how).splitlines()
    top = next(number for number, row in enumerate(rows) if " Music " in row)
    return [row.strip("│ ") for row in rows[top + 1 : top + 3]]


def test_the_screen_shows_what_the_player_reports_and_not_what_was_asked_for():
    asked = mood(2290.0, "battle", "so")
    playing, after = told(*calm(), *asked, NowPlaying(WAR, 12.0, 2291.0), sound(2301.0))
    assert re.search(r"playing +War .* 0:22 / 1:30", playing)
    assert "then       Steel on the Bridge" in after


def test_music_that_cannot_be_heard_is_told():
    asked = mood(2290.0, "battle", "so")
    playing, after = told(*calm(), *asked, NowPlaying(None, 0.0, 2291.0), sound(2301.0))
    assert playing == "no music can be heard"
    assert "wanted     Steel on the Bridge" in after
    again = NowPlaying(STEEL, 30.0, 2400.0)
    (playing, _) = told(*calm(), *asked, NowPlaying(None, 0.0, 2291.0), again, sound(2401.0))
    assert re.search(r"playing +Steel on the Bridge .* 0:31 / 2:48", playing)


def test_until_the_player_answers_a_cue_what_it_plays_is_shown():
    first = NowPlaying(Track("road.ogg", "The Long Road", 168.0), 0.0, 2270.0)
    asked = mood(2290.0, "battle", "so")
    playing, after = told(*calm(), first, *asked, sound(2291.0))
    assert re.search(r"playing +The Long Road .* 0:21 / 2:48", playing)
    assert "then       Steel on the Bridge" in after
    answer = NowPlaying(STEEL, 0.0, 2291.0)
    coming, going = told(*calm(), first, *asked, answer, sound(2293.0))
    assert re.search(r"fades in +Steel on the Bridge .* 0:02 / 2:48", coming)
    assert re.search(r"fades out +The Long Road .* 0:23 / 2:48", going)
    (playing, after) = told(*calm(), first, *asked, answer, sound(2298.0))
    assert playing.startswith("playing") and "then       Initiative" in after


def test_a_spare_track_is_followed_by_the_next_spare_one():
    spare = (WAR, Track("horns.ogg", "Horns", 80.0))
    state, cue = mood(2290.0, "battle", "so")
    asked = (state, replace(cue, spare=spare))
    playing, after = told(*calm(), *asked, NowPlaying(WAR, 0.0, 2291.0), sound(2301.0))
    assert playing.startswith("playing    War") and "then       Horns" in after


def test_after_a_cue_for_nothing_no_old_track_is_shown():
    first = NowPlaying(STEEL, 0.0, 2270.0)
    empty = Cue(2290.0, "battle", (), 6.0, "nothing plays: battle has no tracks")
    assert (
        "nothing plays: battle has no tracks" in told(*calm(), first, empty, sound(2299.0))[0]
    )


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
    hardly = replace(balance, music_db=-102.0)
    assert "voice more than 40 dB over music, volume 0 dB" in read(*calm(), hardly)
    both = read(*calm(), balance, Duck(2280.0, -8.0, 0.8))
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


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_numbers_that_are_none_draw_something_all_the_same(odd):
    events = (
        *calm(),
        replace(spoken(2281.0, 0.5, 0.5), arousal=odd),
        replace(spoken(2282.0, 0.5, 0.5), scores={"calm": odd}),
        Balance(2281.0, odd, -40.0, speaking=True),
        Duck(2281.0, odd, 0.8),
        Cue(2281.0, "calm", (Track("x.ogg", "X", odd), Track("y.ogg", "Y", odd)), 6.0, "x"),
        NowPlaying(Track("x.ogg", "X", odd), odd, 2281.0),
        sound(2283.0),
    )
    places = (*PLACES, Place("odd", "Odd", "7", 0.5, 0.5, 0.0))
    for height in (24, 40):
        text = read(*events, places=places, height=height)
        assert " Music " in text and " Voices " in text


def test_a_mood_that_was_edited_is_shown_as_it_is_now():
    calmer = mood_of_the_book("calm", 0.9, 0.9, "calm", spread=0.3)
    edited = MoodBook({"calm": replace(calmer, title="Peace")}, {}, 2281.0)
    for height in (24, 40):
        text = read(*calm(), edited, height=height)
        assert "1 Peace" in text and "1 Calm" not in text
    top = next(row for row in read(*calm(), edited).splitlines()[2:] if "1 Peace" in row)
    assert read(*calm(), edited).splitlines().index(top) < 6


def test_the_help_names_the_number_keys_however_many_moods_there_are():
    many = tuple(
        replace(PLACES[0], name=f"m{n}", key=str(n) if n <= 9 else "") for n in range(1, 12)
    )
    for places, keys in ((many, "1-9"), (many[:1], "1 "), (PLACES, "1-6")):
        seen = render(screen(*calm()), places, width=100, height=30, helping=True)
        assert any(f" {keys}" in line and "choose a mood" in line for line in lines(seen))


@pytest.mark.parametrize(
    "title",
    [
        "e\u0301e\u0301",
        "हिन्दी",
        "ภาษาไทยที่",
        "👩\u200d🚀 Road",
        "👍🏽",
        "🇩🇪",
        "❤\ufe0f",
        "龍龍龍龍",
        "ﷺ",
    ],
)
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_marks_and_joined_signs_keep_every_row_as_wide_as_the_terminal(title, size):
    places = (Place("calm", title, "1", 0.3, 0.6), *PLACES[1:])
    track = Track("x.ogg", title, 90.0)
    events = (
        MoodState(0.0, "calm", 0.0, title, outlook=title),
        Cue(0.0, "calm", (track, track), 3.0, title),
        sound(2.0),
    )
    for how in ({"ascii": True}, {}, {"ascii": True, "helping": True}):
        seen = render(screen(*events), places, width=size[0], height=size[1], **how)
        for row in seen.rows:
            assert cell_len("".join(part.text for part in row)) == size[0]
            assert sum(cell_len(part.text) for part in row) == size[0]


@pytest.mark.parametrize("width", [80, 110, 200])
def test_a_further_ear_has_a_level_of_its_own_where_there_is_room(width):
    loud = replace(sound(10.0, 0.5), ear="Discord")
    both = render(screen(sound(10.0, 0.001), loud), PLACES, width=width, height=24)
    (first, *_) = lines(both)
    assert width - 2 <= cell_len(first) <= width
    assert "Dis" in first
    many = [replace(loud, ear=f"ear {n}") for n in range(30)]
    (first, *_) = lines(render(screen(*many), PLACES, width=width, height=24))
    assert width - 2 <= cell_len(first) <= width


def test_a_call_carries_the_clock_on_while_the_microphone_is_gone():
    call = replace(sound(20.0, 0.5), ear="Discord")
    assert "0:00:20" in read(sound(10.0, 0.5), call)


def test_the_ambience_is_named_with_its_volume_beside_the_musics_until_there_is_none():
    bed = AmbienceCue(1.0, "tavern", ("/a/tavern.ogg",), why="the ambience of tavern")
    assert "ambience tavern 0 dB, volume 0 dB" in read(*calm(), bed)
    softer = Command("ambience", change_db=-4.0)
    assert "ambience tavern \N{MINUS SIGN}4 dB, volume 0 dB" in read(*calm(), bed, softer)
    off = Command("ambience", change_db=-60.0)
    assert "ambience tavern off, volume 0 dB" in read(*calm(), bed, off)
    nowhere = AmbienceCue(2.0, "", (), why="no ambience: nobody knows where the party is")
    assert "ambience" not in read(*calm(), bed, softer, nowhere)


def test_the_ambience_gives_way_where_there_is_no_room_for_it():
    bed = AmbienceCue(1.0, "the very old library of the sunken monastery", ("/a/b.ogg",))
    late_s = 38 * 60.0
    facts = Balance(late_s, -30.0, -20.0, speaking=True), Duck(late_s, -12.0, 0.8)
    shown = read(*calm(), bed, *facts)
    assert "voice over music \N{MINUS SIGN}10 dB, stepped back 12 dB, volume 0 dB" in shown
    assert "monastery" not in shown and all(len(line) <= 80 for line in shown.splitlines())


def test_a_wide_key_line_has_the_keys_of_the_ambience_and_the_help_always_has_them():
    assert ". , amb" not in read(*calm()) and ". , amb" in read(*calm(), width=100)
    seen = read(*calm(), helping=True)
    assert "ambience louder, softer" in seen and "l: page for phones" in seen
