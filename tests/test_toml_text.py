"""TOML files as people and their editors leave them."""

import os

import pytest

from dndmood import toml_text
from dndmood.errors import UserError


def read(tmp_path, content):
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    return toml_text.read(path, "The file")


def test_a_byte_order_mark_and_windows_line_ends_are_passed_over(tmp_path):
    text = "a = 1\r\nb = 'ä'\r\n"
    assert read(tmp_path, text.encode("utf-8-sig")) == {"a": 1, "b": "ä"}


@pytest.mark.parametrize("code", ["utf-16", "utf-16-be", "utf-32", "latin-1", "cp1252"])
def test_another_encoding_is_told_with_the_way_out(tmp_path, code):
    content = '\ufeff# ä\na = "é"\n' if code == "utf-16-be" else 'a = "é"\n'
    with pytest.raises(UserError, match=r"x\.toml .*: save it as UTF-8\.$"):
        read(tmp_path, content.encode(code))


@pytest.mark.parametrize("path", [r"C:\Users\gm", r"D:\music", r"C:\x", r"C:\Udx"])
def test_a_backslash_is_told_with_the_way_out(tmp_path, path):
    with pytest.raises(UserError, match="line 1.*single quotes"):
        read(tmp_path, f'music = "{path}"'.encode())
    assert read(tmp_path, f"music = '{path}'".encode()) == {"music": path}


@pytest.mark.parametrize(
    "content",
    [b"a = " + b"[" * 100_000, b"a = 1\na = 2", b"\0", b"a = 99:99", b"a = " + b"9" * 5000,
     b"= =", b"#" * 5_000_000],
)  # fmt: skip
def test_whatever_else_is_no_toml_is_one_sentence(tmp_path, content):
    with pytest.raises(UserError, match=r"^The file .*x\.toml") as told:
        read(tmp_path, content)
    assert "\n" not in str(told.value) and len(str(told.value)) < 400


def test_what_lies_in_its_place_is_named_and_never_waited_for(tmp_path):
    with pytest.raises(UserError, match="is a folder"):
        toml_text.read(tmp_path, "The file")
    with pytest.raises(UserError, match="cannot be read: No such file"):
        toml_text.read(tmp_path / "none.toml", "The file")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.toml")
        with pytest.raises(UserError, match="no ordinary file"):
            toml_text.read(tmp_path / "pipe.toml", "The file")


def test_a_value_of_any_size_fits_into_a_sentence():
    assert toml_text.shown("x") == "'x'"
    assert len(toml_text.shown(1 << 100_000)) < 80
    assert len(toml_text.shown(["x" * 1000])) < 80


def test_a_key_without_its_unit_is_understood():
    assert "'window_s'" in toml_text.unknown_key("window", ("window_s", "hop_s"))
    assert "'device'" in toml_text.unknown_key("Device", ("window_s", "device"))


def test_a_number_of_thousands_of_digits_is_told_in_plain_words(tmp_path):
    with pytest.raises(UserError, match="it has a number with thousands of digits") as told:
        read(tmp_path, b"a = " + b"1" * 5000)
    assert "sys" not in str(told.value)
