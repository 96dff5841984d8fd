"""Kenku FM's remote API, asked as the plug-ins for Stream Deck and Companion ask it."""

import pytest

pytest.importorskip("starlette", reason="the extra `remote` is not installed")
pytest.importorskip("uvicorn", reason="the extra `remote` is not installed")

from dndmood.events import NowPlaying, Track
from dndmood.remote import kenku
from dndmood.remote.state import Evening
from dndmood.scene import AmbienceCue, PlaceState
from tests.remote.table import asked, set_up

PLAYBACK = "/v1/playlist/playback"


@pytest.fixture
def table():
    with set_up() as table:
        yield table


def verbs(table):
    return [(one.verb, one.mood or one.place) for one in table.commands]


def test_moods_are_playlists_with_the_tracks_that_are_known(table):
    status, told = table.kenku("GET", "/v1/playlist")
    assert status == 200
    assert [(one["id"], one["title"]) for one in told["playlists"]] == [
        ("calm", "Calm"), ("battle", "Battle"), ("sorrow", "Sorrow"),
    ]  # fmt: skip
    assert all(
        one.keys() == {"id", "title", "background", "tracks"} for one in told["playlists"]
    )
    assert [one["title"] for one in told["tracks"]] == ["Barley Road", "Home"]
    assert all(one.keys() == {"id", "url", "title"} for one in told["tracks"])
    assert told["playlists"][0]["tracks"] == [one["id"] for one in told["tracks"]]
    assert "/music" not in str(told)


def test_what_plays_is_told_with_all_that_kenku_tells(table):
    table.tell(NowPlaying(Track("/music/a.ogg", "Barley Road", 180.0), 12.0))
    table.kenku("PUT", f"{PLAYBACK}/volume", {"volume": 0.5})
    _, told = table.kenku("GET", PLAYBACK)
    track, playlist = told.pop("track"), told.pop("playlist")
    assert told == {
        "playing": True, "volume": 0.5, "muted": False, "shuffle": True, "repeat": "playlist",
    }  # fmt: skip
    assert (track["title"], track["duration"], track["progress"]) == (
        "Barley Road",
        180.0,
        12.0,
    )
    assert track.keys() == {"id", "url", "title", "duration", "progress"}
    assert playlist == {"id": "calm", "title": "Calm"}


def test_a_playlist_or_one_of_its_tracks_forces_the_mood(table):
    assert table.kenku("PUT", "/v1/playlist/play", {"id": "battle"}) == (200, {"id": "battle"})
    track = table.kenku("GET", "/v1/playlist")[1]["playlists"][0]["tracks"][1]
    assert table.kenku("PUT", "/v1/playlist/play", {"id": track})[0] == 200
    assert verbs(table) == [("force", "battle"), ("force", "calm")]
    assert table.kenku("GET", PLAYBACK)[1]["playlist"]["id"] == "calm"


def test_an_id_that_nobody_knows_is_answered_as_kenku_does_and_does_nothing(table):
    for path in ("/v1/playlist/play", "/v1/soundboard/play", "/v1/soundboard/stop"):
        for wanted in ("nosuch", "", "../../etc/passwd"):
            assert table.kenku("PUT", path, {"id": wanted}) == (200, {"id": wanted})
    assert table.commands == []


def test_pause_and_mute_are_silence_and_asking_twice_is_asking_once(table):
    for path, body in ((f"{PLAYBACK}/pause", None), (f"{PLAYBACK}/mute", {"mute": True})):
        assert table.kenku("PUT", path, body)[0] == 200
        told = table.kenku("GET", PLAYBACK)[1]
        assert (told["playing"], told["muted"]) == (False, True)
    assert table.kenku("PUT", f"{PLAYBACK}/play")[0] == 200
    told = table.kenku("GET", PLAYBACK)[1]
    assert (told["playing"], told["muted"]) == (True, False)
    assert verbs(table) == [("silence", ""), ("silence", "")]


def test_a_mood_that_is_asked_for_in_silence_is_heard(table):
    table.kenku("PUT", "/v1/stop-all")
    table.kenku("PUT", "/v1/playlist/play", {"id": "battle"})
    assert verbs(table) == [("silence", ""), ("force", "battle"), ("silence", "")]


def test_next_and_previous_are_posted(table):
    for way, verb in (("next", "skip"), ("previous", "undo")):
        assert table.kenku("PUT", f"{PLAYBACK}/{way}")[0] == 404
        assert table.kenku("POST", f"{PLAYBACK}/{way}")[0] == 200
        assert table.commands[-1].verb == verb
    assert len(table.commands) == 2


def test_the_volume_is_a_share_of_the_music_as_it_is_levelled(table):
    for wanted, told in ((0.5, 0.5), (1.7, 1.0), (0.05, 0.05), (-3, 0.0), (0, 0.0), (1, 1.0)):
        body = {"volume": wanted}
        assert table.kenku("PUT", f"{PLAYBACK}/volume", body) == (200, body)
        assert table.kenku("GET", PLAYBACK)[1]["volume"] == pytest.approx(told, abs=0.005)
    assert table.served.desk.evening.volume_db == 0.0


def test_what_is_louder_by_hand_is_not_turned_down_by_asking_for_all():
    assert kenku.change_db(Evening(volume_db=6.0), 1.0) == 0.0
    assert kenku.change_db(Evening(volume_db=6.0), 0.5) == pytest.approx(-12.02, abs=0.01)


def test_order_and_repetition_are_the_evenings_own_and_told_as_they_are(table):
    for path, body in (
        ("shuffle", {"shuffle": False}),
        ("repeat", {"repeat": "track"}),
        ("seek", {"to": 30}),
    ):
        assert table.kenku("PUT", f"{PLAYBACK}/{path}", body) == (200, body)
    told = table.kenku("GET", PLAYBACK)[1]
    assert (told["shuffle"], told["repeat"]) == (True, "playlist")
    assert table.commands == []


def test_places_are_soundboards_with_one_sound_each(table):
    _, told = table.kenku("GET", "/v1/soundboard")
    assert [one["title"] for one in told["soundboards"]] == ["Forest", "Tavern"]
    assert [one["id"] for one in told["sounds"]] == ["forest", "tavern"]
    wanted = {"id", "url", "title", "loop", "volume", "fadeIn", "fadeOut"}
    assert all(one.keys() == wanted for one in told["sounds"])
    for wanted in ("forest", told["soundboards"][1]["id"]):
        assert table.kenku("PUT", "/v1/soundboard/play", {"id": wanted})[0] == 200
    assert verbs(table) == [("place", "forest"), ("place", "tavern")]


def test_the_sound_that_plays_is_the_place_where_the_party_is(table):
    assert table.kenku("GET", "/v1/soundboard/playback") == (200, {"sounds": []})
    table.tell(PlaceState(40.0, "forest", 40.0, "by hand", forced=True))
    table.tell(AmbienceCue(40.0, "forest", ("/beds/forest.ogg",)))
    table.kenku("PUT", "/v1/soundboard/stop", {"id": "tavern"})  # it does not play
    (sound,) = table.kenku("GET", "/v1/soundboard/playback")[1]["sounds"]
    assert sound["id"] == "forest" and {"duration", "progress"} <= sound.keys()
    table.kenku("PUT", "/v1/soundboard/stop", {"id": "forest"})
    assert verbs(table) == [("place", "")]


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/v1/playlist/play", {}, "body must have required property 'id'"),
        ("/v1/playlist/play", {"id": 3}, "body/id must be string"),
        ("/v1/playlist/play", [], "body must be object"),
        ("/v1/playlist/play", None, "body must be object"),
        (f"{PLAYBACK}/volume", {"volume": "1"}, "body/volume must be number"),
        (f"{PLAYBACK}/volume", '{"volume": NaN}', "body/volume must be number"),
        (f"{PLAYBACK}/volume", '{"volume": 1e999}', "body/volume must be number"),
        (f"{PLAYBACK}/mute", {"mute": 1}, "body/mute must be boolean"),
        (f"{PLAYBACK}/repeat", {"repeat": "all"}, "must be equal to one of the allowed values"),
        ("/v1/playlist/play", "{", "not valid JSON"),
        ("/v1/playlist/play", "[" * 3000, "not valid JSON"),
    ],
)
def test_a_body_that_is_wrong_is_told_as_kenku_tells_it(table, path, body, message):
    headers = {"Content_Type": "application/json"} if isinstance(body, str) else {}
    status, told = table.kenku("PUT", path, body, **headers)
    assert status == 400 and message in told["message"]
    assert told.keys() == {"statusCode", "error", "message"} and told["statusCode"] == 400
    assert table.commands == []


def test_a_plug_in_of_a_stream_deck_is_a_page_from_a_file(table):
    """Elgato's program asks no leave of the server, sends JSON always and reads JSON back."""
    plug_in = {"Content_Type": "application/json", "Sec_Fetch_Site": "cross-site"}
    for origin in ("null", "file://"):
        headers = plug_in | {"Origin": origin}
        body = {"id": "battle"}
        assert table.kenku("PUT", "/v1/playlist/play", body, **headers) == (200, body)
        assert table.kenku("POST", f"{PLAYBACK}/next", {}, **headers) == (200, {})
        assert table.kenku("PUT", f"{PLAYBACK}/pause", {}, **headers) == (200, {})
        assert table.kenku("PUT", f"{PLAYBACK}/play", {}, **headers) == (200, {})
        assert table.kenku("GET", PLAYBACK, **headers)[0] == 200


def test_companion_sends_no_body_where_none_is_needed_and_no_origin(table):
    assert table.kenku("POST", f"{PLAYBACK}/next") == (200, None)
    assert table.kenku("PUT", f"{PLAYBACK}/pause") == (200, None)
    assert table.kenku("GET", "/v1/soundboard/playback")[0] == 200


def test_a_route_that_is_not_there_is_told_as_kenku_tells_it(table):
    status, told = table.kenku("GET", "/v1/nothing")
    assert (status, told["message"]) == (404, "Route GET:/v1/nothing not found")
    assert table.kenku("GET", "/v1/playlist/")[0] == 200
    assert table.kenku("DELETE", "/v1/playlist")[0] == 404


def test_neither_door_opens_the_other(table):
    page = table.served.page.split("/")[2]
    assert asked(page, "GET", "/v1/playlist")[0] == 404
    assert asked(table.served.kenku, "GET", table.served.page.split("/", 3)[3])[0] == 404


def test_kenkus_door_waits_on_this_computer_alone():
    with set_up(remote="", kenku="0") as table:
        assert table.served.page == "" and table.served.kenku_is_local
        assert table.served.kenku.startswith("127.0.0.1:")


def test_kenkus_door_is_open_to_the_network_only_when_that_is_asked_for():
    with set_up(remote="", kenku="network:0") as table:
        assert not table.served.kenku_is_local
        assert table.kenku("GET", "/v1/playlist")[0] == 200  # by the address that is told
        port = table.served.kenku.partition(":")[2]
        assert asked(f"127.0.0.1:{port}", "GET", "/v1/playlist")[0] == 200
        wrong = {"Host": table.served.kenku.replace(port, "1")}
        assert asked(table.served.kenku, "GET", "/v1/playlist", **wrong)[0] == 421
