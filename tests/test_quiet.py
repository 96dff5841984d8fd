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
