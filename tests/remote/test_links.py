"""The secret part of the addresses."""

import json
import os
import stat

import pytest

from dndmood.remote.links import Links, kept


def test_a_saved_address_goes_on_being_right(tmp_path):
    path = tmp_path / "remote" / "links.json"
    first, said = kept(path, guests=True)
    assert said == "" and kept(path, guests=True) == (first, "")
    assert len(first.master) == len(first.guest) == 22 and first.master != first.guest
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_guests_have_a_link_only_when_asked_for(tmp_path):
    path = tmp_path / "links.json"
    alone, _ = kept(path, guests=False)
    both, _ = kept(path, guests=True)
    assert (alone.guest, alone.role(both.guest), both.role(both.guest)) == ("", None, "guest")


def test_every_computer_has_other_links(tmp_path):
    tokens = [kept(tmp_path / f"{n}.json", guests=True)[0].master for n in range(20)]
    assert len(set(tokens)) == 20


@pytest.mark.parametrize("text", ["", "{", "[]", '{"master": 3}', '{"master": "short"}',
                                  '{"master": "../../../../etc/passwd"}', "[" * 99_999])  # fmt: skip
def test_a_damaged_file_gives_new_links(tmp_path, text):
    path = tmp_path / "links.json"
    path.write_text(text)
    links, said = kept(path, guests=True)
    assert said == "" and json.loads(path.read_text())["master"] == links.master


def test_links_that_cannot_be_kept_hold_for_this_evening(tmp_path):
    (tmp_path / "remote").write_text("in the place of a folder")
    links, said = kept(tmp_path / "remote" / "links.json", guests=False)
    assert links.role(links.master) == "master"
    assert "cannot be written" in said and "\n" not in said


@pytest.mark.parametrize(
    "token", ["", "m", "m" * 21, "m" * 23, "M" * 22, "g", "\ud800", "é" * 22]
)
def test_no_other_token_is_anybodys(token):
    assert Links("m" * 22, "g" * 22).role(token) is None
    assert Links("m" * 22).role("") is None
