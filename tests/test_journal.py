import json
import os
import re
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event as Signal

import numpy as np
import pytest

from dndmood import journal, journal_file, line_file, paths, report_files
from dndmood.errors import UserError
from dndmood.events import (
    AudioChunk,
    Balance,
    Command,
    Correction,
    Cue,
    Duck,
    EmotionEstimate,
    MoodState,
    NowPlaying,
    Problem,
    SpeechWindow,
    TableScale,
    Track,
)
from dndmood.events import Heard as HeardTrack
from dndmood.inbox import Inbox
from dndmood.scene import AmbienceCue, PlaceState, SceneCue, SoundLevel
from dndmood.settings import Settings
from tests.fakes import evenly, heard, noise
from tests.small_disk import disk, fill

__all__ = ["disk"]

FACTS = [
    AudioChunk(np.zeros(1600, np.float32), 0),
    SpeechWindow(np.zeros(1600, np.float32), 1.0, 1.0),
    heard(1.23456, "angry", 0.81234567, 0.2),
    MoodState(1.0, "battle", 0.5, "Battle: because"),
    Cue(1.0, "battle", (Track("/secret/place/drums.ogg", "Drums", 9.0),), 6.0, "plays Drums"),
    Command("force", mood="calm", at_s=2.0),
    Correction(
        2.0, "reject", "calm", "battle", "calm", 0.7, 0.2, {"angry": 1.0}, {"calm": 0.4}
    ),
    Balance(3.0, -24.0, -38.0, speaking=True),
    Duck(3.0, -6.0, 0.8),
    Problem(3.0, "trouble"),
]
SCENE = [
    SceneCue(3.0, "event", "initiative", "roll for initiative"),
    PlaceState(3.0, "forest", 3.0, "Forest: by hand"),
    AmbienceCue(
        3.0,
        "forest",
        ("/secret/place/birds.ogg",),
        levels={"/secret/place/birds.ogg": SoundLevel(12.0, -11.0)},
    ),
]


def test_every_fact_but_sound_is_one_line(tmp_path):
    with journal.opened(tmp_path / "deep" / "evening.jsonl") as write:
        for fact in [*FACTS, *SCENE]:
            write(fact)
    lines = list(journal.read(tmp_path / "deep" / "evening.jsonl"))
    assert [line["event"] for line in lines] == [
        "estimate",
        "mood",
        "cue",
        "command",
        "correction",
        "level",
        "problem",
        "hint",
        "place",
        "ambience",
    ]
    assert lines[-1]["beds"] == ["birds"]
    assert "secret" not in (tmp_path / "deep" / "evening.jsonl").read_text()
    assert all(isinstance(line["at_s"], float) for line in lines)
    estimate, mood, cue, *_ = lines
    assert estimate["arousal"] == 0.8123 and estimate["scores"]["angry"] == 0.86
    assert set(mood) >= {"mood", "since_s", "why"}
    assert (cue["mood"], cue["tracks"], cue["fade_s"]) == ("battle", ["Drums"], 6.0)
    assert (cue["lengths_s"], cue["resume"], cue["count"]) == ([9.0], False, 1)


def test_the_table_of_the_journal_names_every_key_that_is_written():
    table, event = dict[str, set[str]](), ""
    for row in (journal.__doc__ or "").splitlines():
        if row.startswith("| ") and "further keys" not in row:
            _, name, keys, _ = row.split("|")
            event = name.strip() or event
            table.setdefault(event, set()).update(re.findall("`(.*?)`", keys))
    placed = {"heard_arousal": 0.4, "heard_valence": 0.5}
    estimate = replace(FACTS[2], ear="Discord", weight=0.5, **placed)
    track = Track("", "Rain", 60.0)
    talk = SceneCue(1.0, "mood", "calm", "", 0.5, moods={"calm": 0.5, "battle": 0.0})
    more = [
        talk,
        NowPlaying(track),
        HeardTrack(track, 9.0),
        TableScale(1.0, 2.0, 0.1, 0.1, 1.0, {}),
    ]
    lasting = Problem(3.0, "trouble", about="the speaker")
    lines = [
        json.loads(text)
        for fact in [*FACTS, *SCENE, estimate, lasting, *more]
        if (text := journal.line(fact))
    ]
    written = dict[str, set[str]]()
    for line in lines:
        written.setdefault(line["event"], set()).update(set(line) - {"event", "at_s"})
    assert written == table


def test_a_line_is_on_the_disk_as_soon_as_it_is_written(tmp_path):
    path = tmp_path / "evening.jsonl"
    with journal.opened(path) as write:
        write(FACTS[-1])
        assert json.loads(path.read_text())["text"] == "trouble"


def test_what_a_journal_holds_is_kept(tmp_path):
    path = tmp_path / "evening.jsonl"
    path.write_text('{"event": "problem", "at_s": 0.0, "text": "old"}\n')
    with journal.opened(path) as write:
        write(FACTS[-1])
    assert [line["text"] for line in journal.read(path)] == ["old", "trouble"]


def test_a_last_line_that_was_cut_off_is_passed_over(tmp_path):
    path = tmp_path / "evening.jsonl"
    path.write_text('{"event": "problem", "at_s": 0.0, "text": "old"}\n{"event": "moo')
    assert len(list(journal.read(path))) == 1


def test_a_journal_that_cannot_be_written_is_told_with_the_way_out(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UserError, match="cannot be written .*--journal"),
        journal.opened(tmp_path / "file" / "x.jsonl"),
    ):
        pass


def test_of_five_thousand_tracks_the_number_and_the_first_twenty_are_kept():
    tracks = tuple(Track("", f"Track {number}", 60.0) for number in range(5000))
    fact = json.loads(journal.line(Cue(1.0, "calm", tracks, 6.0, "plays Track 0")))
    assert fact["count"] == 5000 and fact["tracks"] == [f"Track {n}" for n in range(20)]
    assert len(fact["lengths_s"]) == 20


def test_a_number_that_is_none_leaves_a_line_that_every_program_can_read():
    def no_number(word):
        raise ValueError(word)

    fact = json.loads(journal.line(Duck(3.0, float("nan"), 0.8)), parse_constant=no_number)
    assert fact == {"event": "level", "at_s": 3.0, "gain_db": None, "over_s": 0.8}


def test_a_title_that_is_no_text_can_be_written_and_read(tmp_path):
    title = os.fsdecode(b"caf\xe9")
    for fact in (HeardTrack(Track("", title, 9.0), 5.0), Problem(0.0, "odd \ud800 \udfff")):
        with journal.opened(tmp_path / "x") as write:
            write(fact)
    track, problem = journal.read(tmp_path / "x")
    assert track["track"] == "caf\ufffd"
    assert problem["text"] == "odd \ufffd \ufffd"


@pytest.mark.parametrize(
    "torn",
    [b'{"event": "cue", "tracks": ["caf\xc3', b"[1, 2]\n", b"\xff\xfe\0{", b"3\nnull\n",
     b"[" * 200_000 + b"\n", b'{"at_s": ' + b"9" * 5000 + b"}\n", b"\0" * 1000,
     b'{"tracks": "' + b"x" * 5_000_000 + b'"}\n'],
)  # fmt: skip
def test_whatever_a_journal_holds_its_facts_are_read(tmp_path, torn):
    good = b'{"event": "problem", "at_s": 0.0, "text": "%s"}\n'
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + good % b"old" + torn + b"\n" + good % b"new")
    assert [fact["text"] for fact in journal.read(path)] == ["old", "new"]


@pytest.mark.parametrize("half", ["\\ud83d", "\\uDC00"])
def test_halves_of_signs_that_json_can_spell_are_taken_out(tmp_path, half):
    (tmp_path / "x").write_text(f'{{"event": "cue", "tracks": ["{half}", {{"{half}": 1}}]}}')
    (fact,) = journal.read(tmp_path / "x")
    assert fact["tracks"] == ["\ufffd", {"\ufffd": 1}]


# Where evenings are kept -------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(
        paths.platformdirs, "user_state_path", lambda *_, **__: tmp_path / "state"
    )
    return paths.journals()


@contextmanager
def at_once(work, **_):
    """Instead of a thread, so that a test may do things between two lines."""
    yield AtOnce(work)


@dataclass
class AtOnce:
    work: Callable
    hangs: bool = False

    def __call__(self, one):
        self.work(one)


def listened(record: Path, facts, said=None) -> list[str]:
    """What people are told after an evening of `facts`, and the problems met in it."""
    told: list[str] = [] if said is None else said
    inbox = Inbox()
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal_file, "in_background", at_once)
        sinks = journal_file.recording(stack, record, inbox, told.append)
        for fact in facts:
            for sink in sinks:
                sink(fact)
    inbox.close()
    problems = [event for event in inbox if isinstance(event, Problem)]
    assert [one.about for one in problems if one.solved] == ["the journal"] * sum(
        one.solved for one in problems
    )
    return [one.text for one in problems]


def chunks(seconds: float, start_s: float = 0.0):
    return [
        AudioChunk(chunk.samples, chunk.start + round(start_s * 16_000))
        for chunk in evenly(noise(seconds, 0.1))
    ]


EVENING = [*chunks(1.0), *FACTS]


def test_an_evening_that_never_began_leaves_no_file_and_is_not_announced(folder):
    told: list[str] = []
    problem = Problem(0.0, "Music goes to silent because there is no speaker.")
    assert listened(journal_file.journal_path(Settings()), [problem], told) == []
    assert not folder.exists() and told == []


def test_what_was_told_before_the_first_sound_is_the_first_line(folder):
    record = journal_file.journal_path(Settings())
    told: list[str] = []
    listened(record, [Problem(0.0, "early"), *EVENING], told)
    assert next(journal.read(record))["text"] == "early"
    (sentence,) = told
    assert str(record) in sentence and "report --last" in sentence


def test_two_evenings_in_one_second_have_two_journals(folder):
    record = journal_file.journal_path(Settings())
    later = list[str]()
    listened(record, EVENING)
    listened(record, EVENING, later)
    one, two = sorted(folder.iterdir())
    assert str(two) in later[0] and "report --last" in later[0]
    soon = datetime.now() + timedelta(minutes=9)  # noqa: DTZ005 - as journals are named
    another = folder / f"{soon:%Y-%m-%dT%H-%M-%S}.jsonl"
    another.write_text(two.read_text())
    listened(record, EVENING, later)
    assert "report --last" not in later[1]
    another.unlink()
    one, two, _ = sorted(folder.iterdir())
    assert one == record and len(list(journal.read(one))) == len(list(journal.read(two)))


def test_the_last_evening_is_the_newest_with_an_evening_in_it(folder):
    with pytest.raises(UserError, match="no journal"):
        report_files.newest()
    folder.mkdir(parents=True)
    (folder / "2026-01-01T20-00-00.jsonl").write_text(journal.line(FACTS[3]) + "\n")
    (folder / "2026-01-02T20-00-00.jsonl").write_text("")
    (folder / "2026-01-03T20-00-00.jsonl").write_text(journal.line(FACTS[-1]) + "\n")
    (folder / "2026-01-04T20-00-00.jsonl").mkdir()
    (folder / "2026-01-05T20-00-00.jsonl").write_bytes(b"\xff[]\n[1]\n")
    (folder / "2026-01-06T20-00-00.jsonl").symlink_to("nowhere")
    (folder / "campaign.jsonl").write_text(journal.line(FACTS[3]) + "\n")
    listened(journal_file.demo_path(), EVENING)  # is nobody's evening
    assert report_files.newest().name == "2026-01-01T20-00-00.jsonl"


def test_a_full_disk_is_told_once_and_again_when_it_is_written(disk):
    told: list[str] = []
    record, line = disk / "x.jsonl", "x" * 500

    def facts():
        yield from EVENING
        ballast = fill(disk)
        for at_s in range(10, 60):
            yield from (*chunks(0.1, at_s), Problem(float(at_s), line))
        ballast.unlink()
        yield from chunks(0.1, 70.0)

    problems = listened(record, facts(), told)
    assert ["cannot be written" in problems[0], "nothing is missing" in problems[1]] == [
        True
    ] * 2
    assert len(problems) == 2 and len(list(journal.read(record))) == 57
    assert len(told) == 1


def test_a_disk_that_stays_full_is_no_traceback_and_the_end_says_how_much_is_missing(disk):
    told: list[str] = []
    record = disk / "x.jsonl"

    def facts():
        yield from EVENING
        fill(disk)
        for at_s in range(10, 30):
            yield Problem(float(at_s), "x" * 500)

    (problem,) = listened(record, facts(), told)
    assert "No space left" in problem
    assert f"numbers are in {record}" in told[0]
    missing = int(told[1].split()[0])
    assert 13 <= missing <= 20 and "No space left on device" in told[1]
    assert len(list(journal.read(record))) == 7 + 20 - missing


def test_a_journal_that_was_never_written_is_not_announced():
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    told: list[str] = []
    with (
        pytest.raises(UserError, match=r"1 line of the journal /dev/full .*No space left"),
        journal.opened(Path("/dev/full")) as write,
    ):
        write(FACTS[-1])
    assert len(listened(Path("/dev/full"), EVENING, told)) == 1
    (sentence,) = told
    assert sentence.startswith("7 lines of the journal /dev/full could not be written")


def test_a_removed_folder_is_made_again_and_the_sentence_at_the_end_is_true(folder):
    told: list[str] = []
    record = journal_file.journal_path(Settings())

    def facts():
        yield from EVENING
        record.unlink()
        folder.rmdir()
        folder.parent.rmdir()
        yield from chunks(12.0, 10.0)
        yield Problem(22.0, "after")

    (problem,) = listened(record, facts(), told)
    assert "was removed: it is made again" in problem
    assert [fact["event"] for fact in journal.read(record)][-2:] == ["problem", "problem"]
    assert len(list(journal.read(record))) == 8
    assert str(record) in told[0]


def test_journals_are_their_owners_alone_and_older_ones_become_it(folder):
    folder.mkdir(parents=True, mode=0o755)
    old = folder / "2026-01-01T20-00-00.jsonl"
    old.write_text("")
    old.chmod(0o644)
    record = journal_file.journal_path(Settings())
    listened(record, EVENING)
    modes = {path: path.stat().st_mode & 0o777 for path in (old, record, folder, folder.parent)}
    assert modes == {old: 0o600, record: 0o600, folder: 0o700, folder.parent: 0o700}


def test_what_is_not_ours_is_not_tightened(folder, tmp_path):
    (tmp_path / "shared").mkdir(mode=0o755)
    theirs = tmp_path / "shared" / "x.jsonl"
    theirs.write_text("")
    theirs.chmod(0o644)
    folder.mkdir(parents=True)
    (folder / "link").symlink_to(tmp_path / "shared")
    listened(theirs, EVENING)
    assert theirs.stat().st_mode & 0o777 == 0o644
    assert theirs.parent.stat().st_mode & 0o777 == 0o755


def test_nobody_waits_for_a_slow_disk_and_all_is_written_at_the_end(folder, monkeypatch):
    slow, asked = Signal(), Signal()
    append = line_file.append

    def hangs(file, content):
        asked.set()
        slow.wait(10.0)
        append(file, content)

    monkeypatch.setattr(line_file, "append", hangs)
    told: list[str] = []
    with ExitStack() as stack:
        (sink,) = journal_file.recording(stack, folder / "x.jsonl", Inbox(), told.append)
        for fact in EVENING:
            sink(fact)
        assert asked.wait(10.0) and not slow.is_set()
        slow.set()
    assert len(list(journal.read(folder / "x.jsonl"))) == 7 and len(told) == 1


def test_a_file_with_something_else_in_it_is_never_a_journal(tmp_path):
    for content in (b"RIFF\x24\x08\0\0WAVEfmt ", b"# Notes\n\nThe dragon lives.\n", b"[1]\n"):
        path = tmp_path / "mine"
        path.write_bytes(content)
        with pytest.raises(UserError, match="is no journal"), journal.opened(path):
            pass
        with pytest.raises(UserError, match="is no journal"):
            journal_file.journal_path(Settings(journal=str(path)))
        assert path.read_bytes() == content
    for content in (
        b"",
        b"\n",
        b"\xef\xbb\xbf" + b'{"event": "mood"}\n',
        b'{"event": "mo',
        b'torn"}\n{}\n',
    ):
        path.write_bytes(content)
        journal.check_content(path)


def test_the_clock_was_wrong_once_and_the_last_evening_is_still_the_last(folder):
    folder.mkdir(parents=True)
    fact = json.dumps({"event": "mood", "at_s": 1.0, "mood": "calm"}) + "\n"
    for year in (2020, 2021, 2999):
        (folder / f"{year}-01-01T20-00-00.jsonl").write_text(fact)
    (folder / "named by me.jsonl").write_text(fact)
    assert [path.stem[:4] for path in journal_file.evenings(folder)] == [
        "2021", "2020", "2999", "name"
    ]  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_what_may_never_end_is_no_journal(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(OSError, match="no ordinary file"):
            next(journal.read(path))
        with pytest.raises(UserError, match="no ordinary file"):
            report_files.report(Settings(), [path], form="md", out=None, say=pytest.fail)


def test_a_report_destroys_nothing_and_counts_no_evening_twice(folder, monkeypatch):
    folder.mkdir(exist_ok=True, parents=True)
    night = folder / "2021-01-01T20-00-00.jsonl"
    facts = ({"event": "mood", "at_s": float(at), "mood": "calm"} for at in range(99))
    night.write_text("".join(json.dumps(fact) + "\n" for fact in facts))
    before = night.read_bytes()

    def written(out, *journals):
        return report_files.report(
            Settings(), journals or [night], form="md", out=out, say=pytest.fail
        )

    for taken in (night, folder):
        with pytest.raises(UserError, match="is already there and stays as it is"):
            written(taken)
    assert night.read_bytes() == before
    alone = written(folder / "alone.md").read_text()
    assert written(folder / "twice.md", night, folder / "." / night.name).read_text() == alone

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(report_files.private_files, "write_all", full)
    with pytest.raises(UserError, match="No space left"):
        written(folder / "full.md")
    assert not (folder / "full.md").exists()


def test_a_journal_that_was_asked_for_by_name_is_gone_on_with(folder):
    record = folder / "2049-01-01T20-00-00.jsonl"
    listened(record, EVENING)
    before = record.read_text()
    inbox = Inbox()
    with ExitStack() as stack:
        (sink,) = journal_file.recording(stack, record, inbox, lambda _: None, asked=True)
        for fact in EVENING:
            sink(fact)
    assert list(folder.iterdir()) == [record] and len(record.read_text()) > len(before)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_journal_into_a_pipe_that_nobody_reads_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="nobody reads this pipe"):
        journal.check_place(tmp_path / "pipe")


def test_features_and_the_zero_in_them_are_never_written():
    estimate = EmotionEstimate(1.0, 0.5, 0.5, {"calm": 1.0}, 1.0, 1.0, features=(0.123, 4.5))
    scale = TableScale(
        1.0, 2.0, 0.0, 0.0, 1.0, {}, mean=(0.123,), deviation=(1.0,), evidence_s=9.0, model="ab"
    )
    plain = TableScale(1.0, 2.0, 0.0, 0.0, 1.0, {})
    assert "features" not in journal.line(estimate) and "123" not in journal.line(estimate)
    assert journal.line(scale) == journal.line(plain)
