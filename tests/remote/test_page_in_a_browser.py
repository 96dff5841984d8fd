"""The page in a real browser, at the size of a phone, over the real program."""

import os
import shutil
import signal

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("uvicorn", reason="the extra `remote` is not installed")

from dndmood.events import AudioChunk, Cue, MoodState, Track  # noqa: E402 - after the extras
from tests.remote.evening import Air, Evening  # noqa: E402
from tests.remote.table import PLACES, set_up  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt install chromium"),
    pytest.mark.skipif(os.name != "posix", reason="signals end the program"),
]
expect = playwright.expect if CHROMIUM else None

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
OVER = "The evening is over"
LOST = "The connection to dndmood is lost"


@pytest.fixture(scope="module")
def chromium():
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium):
    """Opens an address on a new phone; whatever such a phone complains about fails the test."""
    contexts, complaints = [], []

    def opened(address, **more):
        contexts.append(context := chromium.new_context(**PHONE | more))
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda said: complaints.append(said.text) if _matters(said) else None
        )
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _matters(said):
    """That something was not there, or refused, is told by the browser, too."""
    return said.type in ("error", "warning") and "Failed to load" not in said.text


@pytest.fixture
def evening(tmp_path):
    evening = Evening(tmp_path)
    yield evening
    evening.quit()


def shows(page, text):
    expect(page.locator("#mood-title")).to_have_text(text, timeout=20_000)


def test_every_button_does_what_it_says(phone, evening):
    page = phone(evening.page)
    shows(page, "Calm")
    every = page.locator("#dock button")
    labels = [one.get_attribute("aria-label") or one.inner_text() for one in every.all()]
    assert len(labels) == 6 + 8
    page.locator("#moods button", has_text="Battle").tap()
    shows(page, "Battle")
    expect(page.locator("#ruler")).to_contain_text("by hand")
    page.locator("#undo").tap()
    shows(page, "Calm")
    page.locator("#moods button", has_text="Merry").tap()
    shows(page, "Merry")
    expect(page.locator("#automatic")).to_have_attribute("aria-pressed", "false")
    page.locator("#automatic").tap()
    expect(page.locator("#automatic")).to_have_attribute("aria-pressed", "true")
    page.locator("#reject").tap()
    page.locator("#skip").tap()
    page.locator("#louder").tap()
    expect(page.locator("#volume-text")).to_have_text("volume +2 dB")
    page.locator("#softer").tap()
    page.locator("#softer").tap()
    expect(page.locator("#volume-text")).to_have_text("volume −2 dB")  # noqa: RUF001 - a real minus
    for switch, on, off in (("#silence", "Sound", "Silence"), ("#pause", "Listen", "Pause")):
        page.locator(switch).tap()
        expect(page.locator(switch)).to_have_text(on)
        page.locator(switch).tap()
        expect(page.locator(switch)).to_have_text(off)
    for name in ("Calm", "Suspense", "Sorrow", "Triumph"):
        page.locator("#moods button", has_text=name).tap()
        shows(page, name)
    wanted = ["force", "undo", "force", "release", "reject", "skip", *["volume"] * 3,
              *["silence"] * 2, *["pause"] * 2, *["force"] * 4]  # fmt: skip
    evening.until(lambda met: [one["verb"] for one in met] == wanted)


def test_places_are_buttons_where_there_are_any(phone, evening):
    page = phone(evening.page)
    page.locator("#places button", has_text="Forest").tap()
    expect(page.locator("#place-now")).to_contain_text("Forest, by hand", timeout=20_000)
    evening.until(
        lambda met: [(one["verb"], one["place"]) for one in met] == [("place", "forest")]
    )
    other = phone(evening.page)
    shows(other, "Calm")
    last = page.locator("#places button").last
    last.tap()
    chosen = other.locator("#places button").last
    expect(chosen).to_have_attribute("aria-pressed", "true", timeout=20_000)
    expect(chosen).to_be_in_viewport()  # the row has moved to it
    with set_up(places=PLACES) as table:
        page = phone(table.served.page)
        page.locator("#places button", has_text="Tavern").tap()
        page.locator("#places button", has_text="By the words").tap()
        page.get_by_text("Ambience softer").tap()
        page.get_by_text("Ambience louder").tap()
        page.wait_for_function("!document.querySelector('.busy')")
        assert [(one.verb, one.place, one.change_db) for one in table.commands] == [
            ("place", "tavern", 0.0),
            ("place", "", 0.0),
            ("ambience", "", -2.0),
            ("ambience", "", 2.0),
        ]


def test_what_one_phone_asks_for_the_other_shows(phone, evening):
    first, second, guest = phone(evening.page), phone(evening.page), phone(evening.guests)
    for page in (first, second, guest):
        shows(page, "Calm")
    first.locator("#moods button", has_text="Battle").tap()
    for page in (first, second, guest):
        shows(page, "Battle")
    # Both press at the same moment: the table is paused, not paused and not again.
    second.evaluate("source.onmessage = () => {}")  # what the first does has not arrived yet
    for page in (first, second):
        page.locator("#pause").tap()
        page.wait_for_function("!document.querySelector('.busy')")
    second.reload()
    for page in (first, second):
        expect(page.locator("#pause")).to_have_text("Listen")
    evening.until(lambda met: [one["verb"] for one in met] == ["force", "pause"])
    expect(guest.locator("#lamp-text")).to_contain_text("paused")


def test_a_player_can_only_look_on(phone, evening):
    page = phone(evening.guests)
    shows(page, "Calm")
    assert not page.locator("#dock").is_visible()
    assert page.locator("#why").inner_text() == ""
    status = page.evaluate(
        "fetch('do', {method: 'POST', headers: {'Content-Type': 'application/json'},"
        ' body: \'{"do": "skip"}\'}).then(answer => answer.status)'
    )
    assert status == 403 and evening.commands() == []


def test_a_network_that_goes_is_told_and_one_that_comes_back_is_used(phone, evening):
    page = phone(evening.page)
    shows(page, "Calm")
    page.context.set_offline(True)
    expect(page.locator("#notice")).to_contain_text(LOST, timeout=15_000)
    expect(page.locator("#skip")).to_be_disabled()
    page.context.set_offline(False)
    expect(page.locator("#notice")).to_be_hidden(timeout=15_000)
    page.locator("#skip").tap()
    evening.until(lambda met: [one["verb"] for one in met] == ["skip"])


def test_a_dead_spot_in_which_nothing_arrives_is_told_as_well(chromium, evening):
    air = Air(evening.port)
    rules = f"--host-resolver-rules=MAP localhost:{evening.port} 127.0.0.1:{air.port}"
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", rules]
    )
    try:
        page = browser.new_context(**PHONE).new_page()
        page.goto(evening.page.replace("127.0.0.1", "localhost"))
        shows(page, "Calm")
        air.gone = True
        expect(page.locator("#notice")).to_contain_text(LOST, timeout=15_000)
        air.gone = False
        expect(page.locator("#notice")).to_be_hidden(timeout=15_000)
        page.locator("#moods button", has_text="Battle").tap()
        shows(page, "Battle")
    finally:
        browser.close()
        air.close()


@pytest.mark.parametrize(("how", "told"), [(signal.SIGINT, OVER), (signal.SIGTERM, OVER)])
def test_a_program_that_quits_is_told_and_the_next_evening_takes_the_page_up(
    phone, tmp_path, how, told
):
    first = Evening(tmp_path)
    page = phone(first.page)
    shows(page, "Calm")
    page.locator("#moods button", has_text="Battle").tap()
    shows(page, "Battle")
    first.quit(how)
    expect(page.locator("#notice")).to_contain_text(told, timeout=5_000)
    expect(page.locator("#skip")).to_be_disabled()
    again = Evening(tmp_path, port=first.port)
    try:
        assert again.page == first.page
        expect(page.locator("#notice")).to_be_hidden(timeout=15_000)
        shows(page, "Calm")
    finally:
        again.quit()


def test_a_program_that_was_killed_is_a_lost_connection(phone, tmp_path):
    evening = Evening(tmp_path)
    page = phone(evening.page)
    shows(page, "Calm")
    evening.quit(signal.SIGKILL)
    expect(page.locator("#notice")).to_contain_text(LOST, timeout=15_000)


def test_an_address_that_is_no_longer_right_is_told_apart(phone, tmp_path):
    evening = Evening(tmp_path)
    page = phone(evening.page)
    shows(page, "Calm")
    evening.quit()
    (tmp_path / "STATE" / "dndmood" / "remote" / "links.json").unlink()
    again = Evening(tmp_path, port=evening.port)
    try:
        expect(page.locator("#notice")).to_contain_text("no longer right", timeout=15_000)
    finally:
        again.quit()


def test_the_page_asks_nobody_else_and_can_be_installed(phone, evening):
    page = phone("about:blank")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(evening.page)
    shows(page, "Calm")
    assert all(url.startswith(evening.page) for url in asked)
    devtools = page.context.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["url"].startswith(evening.page) and manifest["errors"] == []
    amiss = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in amiss] in ([], ["in-incognito"])  # as tests are


@pytest.mark.parametrize(
    ("width", "height"), [(320, 568), (360, 640), (390, 844), (844, 390), (1180, 760)]
)
def test_everything_fits_and_a_thumb_hits_it(phone, evening, width, height):
    page = phone(evening.page, viewport={"width": width, "height": height})
    shows(page, "Calm")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for button in page.locator("#dock button").all():
        box, name = button.bounding_box(), button.inner_text()
        assert box["width"] >= 44 and box["height"] >= 44, name
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, name
        assert button.evaluate("one => one.scrollWidth <= one.clientWidth + 1"), name
        if width < 820 and height >= 568:
            assert box["y"] + box["height"] <= height, name
            assert box["y"] > height * 0.35, f"{name} is out of reach of a thumb"


def test_titles_are_text_whatever_is_in_them(phone):
    hostile = "<img src=x onerror=document.title='taken'>"
    with set_up() as table:
        table.tell(Cue(1.0, "calm", (Track("/m.ogg", hostile, 60.0),), 1.0, hostile))
        table.tell(MoodState(1.0, "calm", 0.0, hostile, outlook=hostile, shares={"calm": 1.0}))
        page = phone(table.served.page)
        expect(page.locator("#track")).to_have_text(hostile)
        expect(page.locator("#why")).to_have_text(hostile)
        assert page.title() == "dndmood" and page.locator("main img").count() == 0


def test_the_strip_shows_the_evening_to_scale(phone):
    with set_up() as table:
        import numpy as np

        for mood, at_s in (("battle", 600.0), ("calm", 1200.0)):
            table.tell(MoodState(at_s, mood, at_s, "why"))
        table.tell(AudioChunk(np.zeros(1600, np.float32), 1800 * 16_000 - 1600))
        table.tell(MoodState(1800.0, "calm", 1200.0, "stays"))
        page = phone(table.served.page)
        expect(page.locator("#strip > div:not(.rest)")).to_have_count(3)
        expect(page.locator("#changes")).to_have_text("2 changes")
        parts = [one.bounding_box()["width"] for one in page.locator("#strip > div").all()]
        assert parts[0] == pytest.approx(parts[1], rel=0.05)
        assert page.locator("#strip-end").inner_text() == "1:00"
