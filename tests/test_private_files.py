"""Files that are replaced whole, also where a system refuses that for a moment."""

import pytest

from dndmood import private_files


class Refusing:
    """A file that something else reads for a while, as on Windows."""

    def __init__(self, times, error=PermissionError):
        self.times, self.error, self.placed = times, error, []

    def replace(self, path):
        self.times -= 1
        if self.times >= 0:
            raise self.error(13, "Access is denied")
        self.placed.append(path)


def test_a_file_that_somebody_reads_is_replaced_as_soon_as_it_is_let_go(tmp_path):
    fresh = Refusing(2)
    private_files._put_in_place(fresh, tmp_path, waits_s=(0.0, 0.0, 0.0))
    assert fresh.placed == [tmp_path]


def test_a_file_that_is_never_let_go_is_an_error_and_so_is_every_other_one_at_once(tmp_path):
    with pytest.raises(PermissionError):
        private_files._put_in_place(Refusing(9), tmp_path, waits_s=(0.0, 0.0))
    gone = Refusing(1, FileNotFoundError)
    with pytest.raises(FileNotFoundError):
        private_files._put_in_place(gone, tmp_path, waits_s=(0.0, 0.0))
    assert gone.times == 0


def test_a_refusal_leaves_nothing_beside_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "zero.toml").write_text("old")

    def refused(*_):
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(private_files, "_put_in_place", refused)
    with pytest.raises(PermissionError):
        private_files.replace(tmp_path / "zero.toml", b"new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
