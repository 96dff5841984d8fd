"""What is kept is said, and erased when asked for, and nothing else is."""

import json
import os
from pathlib import Path

import pytest

from dndmood import paths, privacy, private_files
from dndmood.errors import UserError
from dndmood.settings import Settings
from tests.locked_folder import locked
from tests.test_cli import home, run, sentence

__all__ = ["home"]


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "heard_music", lambda: paths.state() / "heard" / "music.json")
    decisions = tmp_path / "data" / "dndmood" / "decided" / "music.jsonl"
    monkeypatch.setattr(paths, "music_decisions", lambda: decisions)
    for name in ("state", "config", "cache", "data"):
        there = tmp_path / name
        monkeypatch.setattr(
            paths.platformdirs,
            f"user_{name}_path",
            lambda *_, there=there, **__: there / "dndmood",
        )
    for path in (
        paths.journals() / "2026-01-01T20-00-00.jsonl",
        paths.demo_journals() / "2026-01-02T20-00-00.jsonl",
        paths.profiles() / "table" / "zero.toml",
        paths.heard_music(),
        paths.music_decisions(),
        paths.log_file(),
        paths.cache() / "music.json",
        paths.settings_file(),
        paths.own_playlists() / "awe.toml",
        tmp_path / "music" / "calm" / "rain.ogg",
        tmp_path / "campaign.jsonl",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("12345")
        path.chmod(0o644)
    return tmp_path


def files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def listed(settings: Settings | None = None) -> dict[str, privacy.Kept]:
    return {kept.place.what: kept for kept in privacy.listed(privacy.places(settings))}


def test_everything_that_is_kept_is_said_with_its_size_and_age_and_nothing_changes(state):
    before = files(state)
    kept = listed(Settings(journal=str(state / "campaign.jsonl"), music=str(state / "music")))
    assert {what: one.files for what, one in kept.items()} == {
        "journals": 2, "journal": 1, "profiles": 1, "log": 1, "recogniser": 0, "cache": 1,
        "settings": 1, "own moods": 1, "heard music": 1, "own choices": 1, "midi pads": 0,
        "page links": 0,
    }  # fmt: skip
    os.utime(paths.log_file(), (1.7e9, 1.7e9))
    assert listed()["log"].since.startswith("2023-11-1") and kept["journals"].size_bytes == 10
    text = "\n".join(privacy.described(kept.values()))
    assert (
        "Never kept: sound" in text and "Never sent" in text and str(paths.journals()) in text
    )
    deleted = text[text.index("deletes") :]
    assert all(one.place.what in deleted for one in kept.values() if one.place.erased_by)
    assert "--tell" in text  # the one way on which something is sent
    assert json.loads(privacy.as_json(kept.values()))["keeps"][0]["files"] == 2
    assert files(state) == before


def test_who_else_can_read_it_is_said(state):
    folder = paths.journals()
    for one in (*folder.parents, folder):
        if one.is_relative_to(state):
            one.chmod(0o755)
    open_above = all(one.stat().st_mode & 0o011 for one in state.parents)
    assert listed()["journals"].others_read is open_above
    private_files.tighten(folder)
    assert listed()["journals"].others_read is False
    folder.chmod(0o755)
    assert listed()["journals"].others_read is False, "its files are private still"


def test_only_the_word_erases_and_music_settings_and_named_journals_stay(state):
    before = files(state)
    settings = Settings(journal=str(state / "campaign.jsonl"), music=str(state / "music"))
    with pytest.raises(UserError, match="Nothing was erased"):
        privacy.erase(settings, with_settings=True, ask=lambda _: "yes")
    assert files(state) == before
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return " Erase\n"

    said = privacy.erase(settings, with_settings=False, ask=ask)
    assert str(paths.journals()) in asked[0] and str(paths.settings_file()) not in asked[0]
    assert len(said) == 5 and not paths.state().exists()
    assert files(state) == {
        "config/dndmood/settings.toml", "config/dndmood/playlists/awe.toml",
        "data/dndmood/decided/music.jsonl", "music/calm/rain.ogg", "campaign.jsonl",
    }  # fmt: skip
    privacy.erase(settings, with_settings=True, ask=lambda _: "erase")
    assert files(state) == {"music/calm/rain.ogg", "campaign.jsonl"}
    assert privacy.erase(None, with_settings=True, ask=pytest.fail) == [
        "There is nothing to erase."
    ]


def test_where_settings_lie_beside_the_state_they_stay(state, monkeypatch):
    monkeypatch.setattr(
        paths.platformdirs, "user_config_path", paths.platformdirs.user_state_path
    )
    paths.settings_file().write_text("plain = true")
    privacy.erase(None, with_settings=False, ask=lambda _: "erase")
    assert paths.settings_file().exists() and not paths.journals().exists()


def test_half_a_recogniser_is_listed_and_erased_with_the_whole_one(state):
    half = paths.unfinished(paths.recogniser()) / "model.bin"
    half.parent.mkdir(parents=True)
    half.write_text("half")
    kept = privacy.listed(privacy.places(Settings()))
    assert [one.files for one in kept if one.place.what == "recogniser"] == [0, 1]
    privacy.erase(Settings(), with_settings=False, ask=lambda _: "erase")
    assert half.exists()
    privacy.erase(Settings(), with_settings=True, ask=lambda _: "erase")
    assert not half.parent.exists()


def test_what_links_lead_to_and_other_names_of_a_file_stay_whole(state):
    paths.journals().joinpath("link.jsonl").symlink_to(state / "campaign.jsonl")
    paths.profiles().joinpath("folder").symlink_to(state / "music")
    os.link(paths.journals() / "2026-01-01T20-00-00.jsonl", state / "backup.jsonl")
    privacy.erase(None, with_settings=False, ask=lambda _: "erase")
    assert not paths.state().exists()
    for kept in ("campaign.jsonl", "music/calm/rain.ogg", "backup.jsonl"):
        assert (state / kept).read_text() == "12345"


def test_nothing_is_erased_under_a_running_evening(state):
    before = files(state)
    with (
        private_files.locked(paths.state(), shared=True),
        private_files.locked(paths.state(), shared=True),
        pytest.raises(UserError, match="evening is running"),
    ):
        privacy.erase(None, with_settings=False, ask=lambda _: "erase")
    assert files(state) == before


def test_the_command_lists_asks_and_erases(home):
    folder = Path(home["XDG_STATE_HOME"]) / "dndmood" / "journals"
    folder.mkdir(parents=True)
    (folder / "2026-01-01T20-00-00.jsonl").write_text("{}\n")
    assert str(folder) in run(home, "privacy").stdout
    keeps = json.loads(run(home, "privacy", "--json").stdout)["keeps"]
    assert keeps[0] == {
        "what": "journals", "path": str(folder), "files": 1, "bytes": 3,
        "since": keeps[0]["since"], "others_read": keeps[0]["others_read"], "erased_by": "--erase",
    }  # fmt: skip
    assert "Nothing was erased" in sentence(run(home, "privacy", "--erase", input=""))
    assert folder.exists()
    config = Path(home["XDG_CONFIG_HOME"]) / "dndmood" / "settings.toml"
    config.parent.mkdir(parents=True)
    config.write_text("= =")
    done = run(home, "privacy", "--erase", "--settings", "--yes")
    assert done.returncode == 0 and "Erased: " in done.stdout
    assert not folder.exists() and not config.exists()


def test_what_may_not_be_looked_at_is_not_said_to_be_nothing(state):
    with locked(state / "state"):
        private_files.tighten(paths.journals(), *paths.log_files())
        kept = listed()
        text = "\n".join(privacy.described(kept.values()))
        told = json.loads(privacy.as_json(kept.values()))["keeps"][0]
        with pytest.raises(UserError, match="could not be deleted: Permission denied"):
            privacy.erase(None, with_settings=False, ask=lambda _: "erase")
    assert kept["journals"].unread and text.count("cannot be read") >= 3
    assert told["files"] is None and told["bytes"] is None
    assert paths.journals().is_dir()


def test_what_a_link_leads_to_is_listed_and_said_to_stay(state):
    there = state / "drive" / "journals"
    there.parent.mkdir()
    paths.journals().rename(there)
    paths.journals().symlink_to(there)
    kept = listed()["journals"]
    assert (kept.files, kept.size_bytes, kept.leads_to) == (2, 10, there)
    assert f"a link to {there}" in "\n".join(privacy.described([kept]))
    asked: list[str] = []
    said = privacy.erase(
        None, with_settings=False, ask=lambda text: asked.append(text) or "erase"
    )
    (sentence,) = (one for one in said if str(there) in one)
    assert f"the link was removed; what it leads to, {there}, stays" in sentence
    assert not any(f"Erased: {paths.journals()} " in one for one in said)
    assert f"what it leads to stays: {there}" in asked[0]
    assert len(files(there)) == 2 and not paths.state().exists()
