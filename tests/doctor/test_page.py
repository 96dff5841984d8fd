"""The page as a whole: what a check may do to it, and what never stands on it."""

import json
import subprocess
import sys
from threading import Event as Flag

import pytest

from dndmood import doctor
from dndmood.clock import SystemClock
from dndmood.doctor import _page
from dndmood.doctor._finding import hint, ok, wrong
from dndmood.doctor._private import hidden
from dndmood.doctor._running import Check, checks, findings
from dndmood.errors import UserError
from dndmood.settings import Settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Nothing of the person who runs the tests is touched."""
    for name in ("HOME", "USERPROFILE", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


def found(run, *, longest_s=5.0):
    check = Check("one", 1, run, "Unplug it.", longest_s=longest_s)
    return list(findings(check, Settings(), clock=SystemClock(), hide=lambda text: text))


@pytest.mark.parametrize("name", doctor.names())
def test_a_check_is_a_file_with_a_place_and_a_word_for_when_it_hangs(name):
    (check,) = [one for one in checks(doctor.__path__, doctor.__name__) if one.name == name]
    assert check.order > 0 and check.stuck.endswith(".")
    assert check.audible == bool(name == "phrase")


def test_no_two_checks_want_the_same_place():
    orders = [check.order for check in checks(doctor.__path__, doctor.__name__)]
    assert len(set(orders)) == len(orders)


def test_quick_leaves_out_what_makes_sound():
    assert set(doctor.names()) - set(doctor.names(quick=True)) == {"phrase"}


def test_what_was_found_before_a_check_fails_is_kept_and_the_failure_is_a_finding():
    def run(_settings):
        yield ok("So far.")
        raise ZeroDivisionError("of all things")

    first, second = found(run)
    assert first == ok("So far.")
    assert second.mark == "!!" and "ZeroDivisionError: of all things" in second.text


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), MemoryError()])
def test_nothing_that_a_check_raises_ends_the_page(error):
    def run(_settings):
        raise error

    assert [finding.mark for finding in found(run)] == ["!!"]


def test_a_sentence_for_people_is_told_as_it_is():
    def run(_settings):
        raise UserError("There is no lute: buy one.")

    assert found(run) == [wrong("There is no lute: buy one.")]


def test_a_check_that_hangs_is_cut_off_and_says_what_to_do():
    never = Flag()

    def run(_settings):
        yield ok("So far.")
        never.wait()

    first, second = found(run, longest_s=0.05)
    never.set()
    assert first == ok("So far.")
    assert second == wrong("This check did not end within 0.05 s.", "Unplug it.")


def test_where_the_sound_devices_hang_nothing_else_waits_for_them(monkeypatch):
    never, asked = Flag(), []

    def hangs(_settings):
        never.wait()
        return []

    def asks(settings):
        asked.append(settings)
        return [ok("")]

    every = [
        Check("first", 1, hangs, "Restart it.", asks_devices=True, longest_s=0.05),
        Check("second", 2, asks, "", asks_devices=True),
        Check("third", 3, asks, ""),
    ]
    monkeypatch.setattr(doctor, "_checks", lambda quick: every)
    page = list(doctor.examine(Settings(), quick=True, announce=print))
    never.set()
    assert [(name, one.mark) for name, one in page] == [
        ("first", "!!"), ("second", "--"), ("third", "ok"),
    ]  # fmt: skip
    assert len(asked) == 1 and page[0][1].fix == "Restart it."


def test_a_check_that_cannot_be_loaded_leaves_the_others_alone(tmp_path, monkeypatch):
    folder = tmp_path / "ward"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "broken.py").write_text("import a_library_that_is_not_there")
    good = "ORDER = 1\nSTUCK = ''\ndef check(settings):\n    return []\n"
    (folder / "good.py").write_text(good)
    monkeypatch.syspath_prepend(tmp_path)
    first, last = checks([str(folder)], "ward")
    assert (first.name, last.name) == ("good", "broken")
    (told,) = list(last.run(Settings()))
    assert told.mark == "!!" and "a_library_that_is_not_there" in told.text


def test_the_page_stands_also_where_numpy_and_rich_cannot_be_loaded():
    script = """
import sys
sys.modules["numpy"] = sys.modules["rich"] = sys.modules["rich.console"] = None
from dndmood import doctor
print(doctor.print_page({}, quick=True, as_json=True, write=print))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert "numpy cannot be loaded" in done.stdout and "Traceback" not in done.stderr


def test_a_library_that_hangs_cannot_keep_the_page_from_ending():
    script = """
import atexit, threading
from dndmood import doctor
from dndmood.doctor import _running
never = threading.Event()
atexit.register(never.wait)  # as PortAudio does when it is closed while it hangs
def run(settings):
    never.wait()
    yield
check = _running.Check("stuck", 1, run, "Unplug it.", longest_s=0.05)
doctor._checks = lambda quick: [check]
doctor.print_page({}, quick=True, as_json=False, write=print)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1 and "> Unplug it." in done.stdout


def test_a_line_has_its_mark_its_check_and_its_fix_and_fits():
    shown = list(_page.lines("disk", wrong("It is full of old maps.", "Make room."), width=40))
    assert shown[0].startswith("!!  disk         It is full")
    assert shown[-1] == "                 > Make room."
    assert all(len(line) <= 40 for line in shown)


def test_the_verdict_counts():
    page = [("a", ok("")), ("b", hint("")), ("c", wrong("")), ("c", wrong(""))]
    assert _page.verdict(page) == "2 things to mend (!!), 1 hint (--)."
    assert _page.verdict(page[:2]) == "Nothing is broken; 1 hint."


def test_json_says_the_same_in_letters_that_every_console_has():
    text = _page.as_json([("devices", wrong("Kein Ger\u00e4t.", "Plug it in."))])
    assert text.isascii()
    assert json.loads(text) == {
        "wrong": 1,
        "hints": 0,
        "findings": [
            {
                "check": "devices",
                "mark": "!!",
                "text": "Kein Ger\u00e4t.",
                "fix": "Plug it in.",
            }
        ],
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/anna/x.toml lacks", "~/x.toml lacks"),
        ("in /home/annabel there", "in /home/annabel there"),
        ("C:\\Users\\Anna M\\x and 'C:\\\\Users\\\\Anna M\\\\x'", "~\\x and '~\\\\x'"),
        ("c:/users/anna m/x", "~/x"),
        ("/media/anna/stick", "/media/(hidden)/stick"),
        ("Anna\u2019s AirPods Pro is busy", "(hidden)\u2019s AirPods Pro is busy"),
        ("Bj\u00f6rn's Headset", "(hidden)'s Headset"),
        ("the system's sound", "the system's sound"),
        ("bluez_input.AC_12_2F_33_44_55.0", "bluez_input.(hidden).0"),
        ("usb-Blue_Yeti_REV8_1234567890A1-00", "usb-Blue_Yeti_REV8_(hidden)-00"),
        ("WH-1000XM4 at 48000 Hz", "WH-1000XM4 at 48000 Hz"),
        ("numpy 2.4.6, 2026-11-25", "numpy 2.4.6, 2026-11-25"),
    ],
)
def test_who_and_where_you_are_is_hidden(text, shown):
    homes = ["/home/anna", "C:\\Users\\Anna M", "/"]
    assert hidden(text, homes=homes, names=["anna"]) == shown
