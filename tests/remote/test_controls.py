"""What the command line and the settings ask for, and what is said where it cannot be."""

import os
import re
import socket
import sys

import pytest

from dndmood import controls, settings
from dndmood.errors import UserError
from dndmood.remote.qr_code import inverted, rows
from dndmood.settings import Settings
from tests.test_cli import DEMO, home, run, sentence
from tests.test_evening_in_a_terminal import Evening
from tests.test_house import loaded_by

__all__ = ["home"]

QUIET = ("listen", "--plain", "--input", DEMO, "--player", "silent", "--for", "2")


def chosen(tmp_path, text):
    (tmp_path / "settings.toml").write_text(text)
    return settings.load(tmp_path / "settings.toml")


@pytest.mark.parametrize(
    ("text", "remote"),
    [("remote = true", "here"), ("remote = false", ""), ("remote = 9000", "9000"), ("", "")],
)
def test_a_setting_may_be_a_switch_a_port_or_a_text(tmp_path, text, remote):
    assert chosen(tmp_path, text).remote == remote


def test_nothing_is_served_unless_asked_for(home):
    done = run(home, *QUIET)
    assert done.returncode == 0 and "page" not in done.stderr
    with controls.opened(Settings(), print, moods=(), places={}, say=print) as found:
        assert found == controls.Controls()
    assert loaded_by("import dndmood.app").isdisjoint({"uvicorn", "starlette", "segno", "mido"})


def test_options_may_stand_alone_and_the_address_is_said(home):
    done = run(home, "listen", "--remote", "0", "--kenku", "0", "--guests", *QUIET[1:])
    assert done.returncode == 0, done.stderr
    pages = re.findall(r"page: http://127\.0\.0\.1:\d+/[\w-]{22}/", done.stderr)
    assert len(set(pages)) == 2
    assert (
        "Only this computer can open it: for phones, start with --remote network" in done.stderr
    )
    assert "As Kenku FM's remote: 127.0.0.1:" in done.stderr
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        (home_settings := chosen_file(home)).write_text(f"remote = {port}\n")
        begun = run(home, *QUIET)
        assert f"The port {port} is taken" in begun.stdout and begun.returncode == 0
        assert f"The port {port} is taken" in sentence(run(home, *QUIET, "--remote", str(port)))
        # On the command line it stands alone, and then means this computer and the usual port.
        home_settings.write_text("")
        assert "takes a port" in sentence(run(home, *QUIET, "--remote", "70000"))


def chosen_file(home):
    from pathlib import Path

    path = Path(home["XDG_CONFIG_HOME"]) / "dndmood" / "settings.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_for_the_network_a_code_is_shown_that_phones_read(home):
    done = run(home | {"PYTHONIOENCODING": "utf-8"}, *QUIET, "--remote", "network:0")
    address = re.search(r"page: (http://\S+)", done.stderr).group(1)
    assert "\n".join(inverted(rows(address))) in done.stderr


def test_a_computer_in_no_network_says_so_and_shows_no_code(monkeypatch, tmp_path):
    monkeypatch.setattr("dndmood.remote.address.own_address", lambda: "127.0.0.1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    said = []
    with controls.opened(
        Settings(remote="network:0", guests=True), print, moods=(), places={}, say=said.append
    ) as found:
        assert "in no network: connect it" in said[0]
        assert [page.code for page in found.links] == [(), ()]


@pytest.mark.parametrize(("extra", "module"), [("remote", "uvicorn"), ("midi", "mido")])
def test_without_the_extra_one_sentence_says_what_to_type(monkeypatch, extra, module):
    monkeypatch.setitem(sys.modules, module, None)
    asked = Settings(**{extra: "any" if extra == "midi" else "here"})
    with (
        pytest.raises(UserError, match=rf'pip install "dndmood\[{extra}\]"'),
        controls.opened(asked, print, moods=(), places={}, say=print, typed={extra}),
    ):
        pass
    told = []
    with controls.opened(asked, told.append, moods=(), places={}, say=print):
        (problem,) = told
    assert f'pip install "dndmood[{extra}]"' in problem.text


def test_the_code_stands_on_the_dashboard_until_a_key_is_pressed_and_l_brings_it_back(
    home, tmp_path
):
    evening = Evening(home, "--remote", "network:0", "--guests", "--journal", tmp_path / "j")
    evening.until("Your page")
    evening.until("l shows the next one")
    os.write(evening.terminal, b"l")
    evening.until("l brings it back")
    os.write(evening.terminal, b"l")
    evening.until("listening")
    evening.shown = b""
    os.write(evening.terminal, b"l")
    evening.until("Your page")
    evening.quit()
    code, after = evening.over()
    os.close(evening.terminal)
    assert code == 0 and "Traceback" not in after


def test_guests_without_a_page_are_told_what_to_add(home):
    done = run(home, *QUIET, "--guests")
    assert done.returncode == 0
    assert "There is no page for players to look at: add --remote network." in done.stderr


def test_a_further_ear_beside_a_file_is_said_not_to_be_heard(home):
    done = run(home, *QUIET, "--also-hear", "nothing")
    assert done.returncode == 0 and "--also-hear goes with a microphone" in done.stderr
