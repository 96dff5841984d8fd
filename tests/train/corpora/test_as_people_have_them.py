"""Corpora as they lie on people's disks: linked, renamed, converted, broken off, half there."""

import os
from pathlib import Path

import pytest

from dndmood.errors import UserError
from dndmood_train import corpora
from dndmood_train.corpora import Corpus
from dndmood_train.corpora._copies import fingerprint
from dndmood_train.corpora._files import sounds
from tests.train.corpora.test_corpora import NAMES, example_of, lay_out, sound

PUBLISHED = [name for name in NAMES if name != "manifest"]
IN_FOLDERS = [name for name in PUBLISHED if "/" in corpora.reader(name).EXAMPLE]
WITH_TABLES = [
    "biic_podcast", "emozionalmente", "fau_aibo", "iemocap", "meld", "msp_improv", "msp_podcast",
    "nnime",
]  # fmt: skip


def found_in(root: Path) -> Corpus:
    (found,) = corpora.find([root])
    return found


def clip_of(name: str, root: Path) -> Path:
    return example_of(name, root) / corpora.reader(name).EXAMPLE


@pytest.mark.parametrize("name", IN_FOLDERS)
def test_folders_that_are_links_are_followed(name: str, tmp_path: Path) -> None:
    disk = example_of(name, tmp_path / "disk")
    home = tmp_path / "home" / "it"
    home.mkdir(parents=True)
    for entry in disk.iterdir():
        (home / entry.name).symlink_to(entry, target_is_directory=entry.is_dir())
    found = found_in(home.parent)
    assert (found.name, len(found.clips), found.dropped) == (name, 1, {})


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_link_to_nowhere_is_a_missing_file(name: str, tmp_path: Path) -> None:
    clip = clip_of(name, tmp_path)
    clip.rename(tmp_path / "gone")
    clip.symlink_to(tmp_path / "gone")
    (tmp_path / "gone").unlink()
    with pytest.raises(UserError, match="no clip that can be used .*1 missing file"):
        corpora.read(name, tmp_path)


@pytest.mark.parametrize("name", PUBLISHED)
def test_an_empty_file_is_counted(name: str, tmp_path: Path) -> None:
    clip_of(name, tmp_path).write_bytes(b"")
    with pytest.raises(UserError, match="1 empty file"):
        corpora.read(name, tmp_path)


@pytest.mark.parametrize("name", PUBLISHED)
def test_of_a_clip_in_two_formats_the_better_one_is_read(name: str, tmp_path: Path) -> None:
    clip = clip_of(name, tmp_path)
    wav = clip.with_suffix(".wav")
    if clip.suffix.lower() == ".wav":
        sound(clip.with_suffix(".mp3"), tone=5, samples=99)
        wav = clip
    else:
        sound(wav, tone=5, samples=99)
    found = corpora.read(name, tmp_path)
    assert [one.path for one in found.clips] == [wav]
    assert found.dropped == {"another copy of a clip": 1}


def test_a_clip_in_two_archives_of_different_formats_is_one(tmp_path: Path) -> None:
    sound(tmp_path / "CaFE_48k" / "Joie" / "Fort" / "01-J-2-1.wav", tone=1)
    sound(tmp_path / "CaFE_192k" / "Joie" / "Fort" / "01-J-2-1.aiff", tone=2, samples=500)
    found = found_in(tmp_path)
    assert [clip.path.suffix for clip in found.clips] == [".wav"]
    assert found.dropped == {"another copy of a clip": 1}


@pytest.mark.parametrize("case", [str.lower, str.upper])
@pytest.mark.parametrize("name", PUBLISHED)
def test_the_case_of_folders_and_files_does_not_matter(
    name: str, case: object, tmp_path: Path
) -> None:
    assert callable(case)
    plain = found_in(example_of(name, tmp_path / "plain")).clips
    reader = corpora.reader(name)
    beside = {str(case(path)): text for path, text in reader.BESIDE.items()}
    renamed = found_in(
        lay_out(tmp_path / "other", str(case(reader.EXAMPLE)), beside=beside)
    ).clips
    assert [(c.speaker, c.emotion, c.label, c.votes) for c in renamed] == [
        (c.speaker, c.emotion, c.label, c.votes) for c in plain
    ]


@pytest.mark.parametrize("name", IN_FOLDERS)
def test_archives_unpacked_into_folders_of_their_own_names_are_entered(
    name: str, tmp_path: Path
) -> None:
    reader = corpora.reader(name)

    def twice(path: str) -> str:
        first, slash, rest = path.partition("/")
        return f"{first}/{first}/{rest}" if slash else path

    beside = {twice(path): text for path, text in reader.BESIDE.items()}
    found = found_in(lay_out(tmp_path, twice(reader.EXAMPLE), beside=beside))
    plain = found_in(example_of(name, tmp_path / "plain" / "it"))
    assert found.name == name
    assert found.clips[0].votes == plain.clips[0].votes


def test_neutral_italians_are_found_beside_a_doubled_folder(tmp_path: Path) -> None:
    names = ("it/DEMOS/DEMOS/PR_f_01_rab01a.wav", "it/NEU/NEU/f_01_neu02.wav")
    found = found_in(lay_out(tmp_path, *names))
    assert {clip.emotion for clip in found.clips} == {"angry", "neutral"}


def test_listeners_votes_survive_a_doubled_folder(tmp_path: Path) -> None:
    table = (
        ",A,D,F,H,N,S,fileName,numResponses,agreement,emoVote,meanEmoResp\n"
        "100084,0,0,6,0,2,0,1002_IEO_HAP_LO,8,0.75,F,59.2\n"
    )
    beside = {"processedResults/processedResults/tabulatedVotes.csv": table}
    root = lay_out(tmp_path, "AudioWAV/AudioWAV/1002_IEO_HAP_LO.wav", beside=beside)
    assert found_in(root).clips[0].votes == {"fearful": 0.75, "neutral": 0.25}


@pytest.mark.parametrize("name", WITH_TABLES)
def test_sounds_that_the_tables_do_not_name_are_counted(name: str, tmp_path: Path) -> None:
    """Such as the third test part of the MSP-Podcast, whose labels its makers keep."""
    clip = clip_of(name, tmp_path)
    sound(clip.with_name(f"extra{clip.suffix}"), tone=9)
    found = corpora.read(name, tmp_path)
    assert (len(found.clips), found.dropped) == (1, {"not in the tables": 1})


def test_a_folder_called_as_a_sound_is_no_clip(tmp_path: Path) -> None:
    lay_out(tmp_path, "wav/03a01Fa.wav")
    (tmp_path / "wav" / "08a01Fa.wav").mkdir()
    assert len(corpora.read("emodb", tmp_path).clips) == 1


def test_a_link_to_a_folder_above_does_not_go_round_for_ever(tmp_path: Path) -> None:
    sound(tmp_path / "data" / "one.wav")
    (tmp_path / "data" / "back").symlink_to(tmp_path, target_is_directory=True)
    assert sounds(tmp_path) == [tmp_path / "data" / "one.wav"]


@pytest.mark.parametrize("name", PUBLISHED)
def test_links_to_themselves_beside_a_corpus_are_nothing(name: str, tmp_path: Path) -> None:
    root = example_of(name, tmp_path / "disk")
    clips = len(corpora.read(name, root).clips)
    for folder in (tmp_path, tmp_path / "disk"):
        for link in ("loop", "loop.wav", "Evaluation.txt"):
            (folder / link).symlink_to(folder / link)
    assert [len(found.clips) for found in corpora.find([root])] == [clips]


@pytest.mark.parametrize("name", [*WITH_TABLES, "cremad"])
def test_a_table_in_another_encoding_is_said_in_one_sentence(name: str, tmp_path: Path) -> None:
    root = example_of(name, tmp_path)
    if name == "cremad":
        (root / "VideoDemographics.csv").write_text("ActorID,Age,Sex\n1001,51,Male\n")
    for table in (path for path in root.rglob("*") if path.suffix in {".csv", ".txt"}):
        table.write_bytes(table.read_text().encode("utf-16"))
    with pytest.raises(UserError, match="is not UTF-8: save it as"):
        corpora.find([root])


@pytest.mark.parametrize("name", ["iemocap", "msp_improv"])
def test_remarks_of_listeners_may_be_in_any_encoding(name: str, tmp_path: Path) -> None:
    root = example_of(name, tmp_path)
    (table,) = root.rglob("*.txt")
    table.write_bytes(table.read_bytes() + b"caf\xe9\r\n")
    assert corpora.read(name, root).clips[0].emotion == "neutral"


def test_a_table_with_broken_bytes_is_said_in_one_sentence(tmp_path: Path) -> None:
    root = example_of("emozionalmente", tmp_path)
    (root / "metadata" / "users.csv").write_bytes(
        b'username,gender\n"anna,f\0' + b"x" * 200_000
    )
    with pytest.raises(
        UserError, match="A table of Emozionalmente .* is not as it was released"
    ):
        corpora.find([root])


def test_a_download_that_broke_off_is_still_told_from_another(tmp_path: Path) -> None:
    for name, content in (("a.ogg", b"OggS" + bytes(9)), ("b.ogg", b"OggS" + bytes(20))):
        (tmp_path / name).write_bytes(content)
    assert len(fingerprint(tmp_path / "a.ogg")) == len(fingerprint(tmp_path / "b.ogg"))


def test_a_listener_s_own_word_is_not_taken_by_its_first_letter(tmp_path: Path) -> None:
    root = example_of("msp_improv", tmp_path)
    table = root / "Evalution.txt"
    table.write_text(
        table.read_text()
        .replace("Happiness", "Surprised")
        .replace("EV01; Neutral", "EV01; Angry")
    )
    assert corpora.read("msp_improv", root).clips[0].votes == {"angry": 1.0}


@pytest.mark.parametrize("cell", ["", "nan", "NaN"])
def test_a_share_that_is_no_number_counts_for_nothing(cell: str, tmp_path: Path) -> None:
    root = example_of("nnime", tmp_path)
    (table,) = root.rglob("*.csv")
    table.write_text(table.read_text().replace("0.24125", cell))
    assert corpora.read("nnime", root).clips[0].votes == {"angry": 1.0}


def test_shares_that_do_not_sum_to_one_are_made_to(tmp_path: Path) -> None:
    root = example_of("nnime", tmp_path)
    (table,) = root.rglob("*.csv")
    table.write_text(table.read_text().replace("0.71375", "7.1").replace("0.24125", "2.4"))
    votes = corpora.read("nnime", root).clips[0].votes
    assert votes is not None
    assert sum(votes.values()) == pytest.approx(1)
    assert votes["angry"] == pytest.approx(7.1 / 9.5, abs=1e-3)


def test_a_clip_that_nobody_judged_has_no_votes(tmp_path: Path) -> None:
    table = (
        ",A,D,F,H,N,S,fileName,numResponses,agreement,emoVote,meanEmoResp\n"
        "100084,0,,0,0,0,0,1002_IEO_HAP_LO,0,0,,\n"
    )
    beside = {"processedResults/tabulatedVotes.csv": table}
    (clip,) = found_in(lay_out(tmp_path, "AudioWAV/1002_IEO_HAP_LO.wav", beside=beside)).clips
    assert (clip.votes, clip.intensity) == (None, None)


def test_a_table_written_on_windows_is_understood(tmp_path: Path) -> None:
    root = lay_out(
        tmp_path / "e",
        "evening one/anna.wav",
        beside={
            "manifest.csv": "path;speaker;emotion \r\nevening one\\anna.wav;anna;anger \r\n"
        },
    )
    (clip,) = found_in(root).clips
    assert (clip.emotion, clip.path) == ("angry", root / "evening one" / "anna.wav")


def test_an_unreadable_folder_is_passed_over(tmp_path: Path) -> None:
    example_of("emodb", tmp_path / "emodb")
    locked = tmp_path / "lost+found"
    locked.mkdir(mode=0)
    try:
        assert corpora.locate([tmp_path]) == [("emodb", tmp_path / "emodb")]
    finally:
        os.chmod(locked, 0o700)  # noqa: PTH101 - by name, as it was made


@pytest.mark.parametrize("name", NAMES)
def test_every_sound_in_a_corpus_is_a_clip_or_counted(name: str, tmp_path: Path) -> None:
    """Also a second copy inside, a folder of somebody's own and a sound in the root."""
    root = example_of(name, tmp_path / "it")
    sound(root / "more" / "extras" / "testing.wav", tone=77)
    sound(root / "testing.wav", tone=78)
    sound(root / "zweites" / corpora.reader(name).EXAMPLE, tone=79)
    found = corpora.read(name, root)
    assert len(found.clips) + sum(found.dropped.values()) == 4
    assert corpora.reader(name).EXAMPLE in {found.place(clip) for clip in found.clips}


def test_the_mp3s_of_cremad_are_copies_and_its_films_no_sounds(tmp_path: Path) -> None:
    names = ("AudioWAV/1001_DFA_ANG_XX.wav", "AudioMP3/1001_DFA_ANG_XX.mp3", "film/one.mp4")
    found = found_in(lay_out(tmp_path, *names))
    assert (len(found.clips), found.dropped) == (1, {"another copy of a clip": 1})


def test_a_sound_that_a_table_names_from_elsewhere_is_not_counted_twice(tmp_path: Path) -> None:
    root = lay_out(
        tmp_path / "e",
        "sounds/a.wav",
        "sounds/b.wav",
        beside={"manifest.csv": "path,speaker,emotion\nother/../sounds/a.wav,anna,anger\n"},
    )
    (root / "other").mkdir()
    found = found_in(root)
    assert (len(found.clips), found.dropped) == (1, {"not in the tables": 1})


def test_an_unreadable_folder_inside_a_corpus_is_passed_over(tmp_path: Path) -> None:
    root = example_of("turev_db", tmp_path)
    locked = root / "lost+found"
    locked.mkdir(mode=0)
    try:
        assert len(found_in(root).clips) == 1
    finally:
        os.chmod(locked, 0o700)  # noqa: PTH101 - by name, as it was made


def test_of_mandarin_clips_without_a_number_nobody_knows_the_sentence(tmp_path: Path) -> None:
    names = ("wangzhe/neutral/201.wav", "wangzhe/neutral/testing.wav")
    found = corpora.read("casia", lay_out(tmp_path, *names))
    assert (len(found.clips), found.dropped) == (1, {"unreadable name": 1})
