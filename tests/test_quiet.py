import logging
import os

from dndmood.quiet import libraries_quiet


def test_what_libraries_mutter_goes_to_the_log(tmp_path, capfd):
    log = tmp_path / "state" / "dndmood.log"
    with libraries_quiet(log):
        os.write(2, b"ALSA lib: no such card\n")
    assert "no such card" in log.read_text(encoding="utf-8")
    assert "no such card" not in capfd.readouterr().err


def test_warnings_in_the_log_say_when(tmp_path):
    log = tmp_path / "dndmood.log"
    with libraries_quiet(log):
        logging.getLogger("dndmood.test").warning("the card stumbled")
    line = log.read_text(encoding="utf-8")
    assert line[:4].isdigit()
    assert line.endswith("WARNING the card stumbled\n")


def test_what_the_program_itself_notes_is_in_the_log_and_what_libraries_note_is_not(tmp_path):
    log = tmp_path / "dndmood.log"
    with libraries_quiet(log):
        logging.getLogger("dndmood.sources").info("the music takes 210 ms")
        logging.getLogger("matplotlib").info("a font was found")
    text = log.read_text(encoding="utf-8")
    assert "INFO the music takes 210 ms" in text and "font" not in text
