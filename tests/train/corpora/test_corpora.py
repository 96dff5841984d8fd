"""Every corpus reads its own official layout; what is broken is left out and counted."""

import dataclasses
import os
import struct
import wave
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood.errors import UserError
from dndmood_train import corpora
from dndmood_train.corpora._copies import fingerprint
from dndmood_train.corpora.manifest import emotion_named

NAMES = [name for name in corpora.names() if corpora.reader(name).EXAMPLE]
UNPUBLISHED = [name for name in corpora.names() if not corpora.reader(name).EXAMPLE]


def sound(path: Path, *, tone: int = 1, samples: int = 160) -> Path:
    """A WAV file of one held value; equal `tone` and length make equal files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(struct.pack("<h", tone) * samples)
    return path


def lay_out(root: Path, *paths: str, beside: Mapping[str, str] | None = None) -> Path:
    """A folder with one distinct sound for each path, and text files beside them."""
    for tone, path in enumerate(paths, start=1):
        sound(root / path, tone=tone)
    for path, text in (beside or {}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def example_of(name: str, root: Path) -> Path:
    reader = corpora.reader(name)
    return lay_out(root, reader.EXAMPLE, beside=reader.BESIDE)


@pytest.mark.parametrize("name", NAMES)
def test_a_corpus_parses_its_own_example(name: str, tmp_path: Path) -> None:
    (clip,) = corpora.clips(name, example_of(name, tmp_path / "it"))
    assert clip.path == tmp_path / "it" / corpora.reader(name).EXAMPLE
    assert clip.emotion in corpora.EMOTIONS or clip.arousal is not None
    assert clip.label


@pytest.mark.parametrize("name", NAMES)
def test_a_corpus_is_found_wherever_it_was_unpacked(name: str, tmp_path: Path) -> None:
    example_of(name, tmp_path / "Downloads" / "archive")
    assert corpora.locate([tmp_path]) == [(name, tmp_path / "Downloads" / "archive")]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", [".flac", ".ogg", ".opus", ".mp3", ".WAV"])
def test_any_sound_format_will_do(name: str, suffix: str, tmp_path: Path) -> None:
    root = example_of(name, tmp_path)
    wav = root / corpora.reader(name).EXAMPLE
    if name == "manifest":
        table = root / "manifest.csv"
        table.write_text(table.read_text().replace(wav.suffix, suffix))
    wav.rename(wav.with_suffix(suffix))
    (clip,) = corpora.clips(name, root)
    assert clip.path.suffix == suffix


@pytest.mark.parametrize("name", corpora.names())
def test_a_corpus_maps_only_onto_known_emotions(name: str) -> None:
    assert set(corpora.reader(name).EMOTION.values()) <= set(corpora.EMOTIONS)


@pytest.mark.parametrize("name", corpora.names())
def test_a_corpus_says_what_it_is(name: str) -> None:
    reader = corpora.reader(name)
    assert reader.TITLE
    assert reader.LICENCE
    assert name == "manifest" or (reader.LINK.startswith("http") and reader.LANGUAGES)


def test_speakers_of_different_corpora_never_share_a_name(tmp_path: Path) -> None:
    for name in NAMES:
        example_of(name, tmp_path / name)
    speakers = [clip.speaker for found in corpora.find([tmp_path]) for clip in found.clips]
    assert len(speakers) == len(NAMES)
    assert len(set(speakers)) == len(NAMES)


def test_only_the_voice_is_asked_when_listeners_voted(tmp_path: Path) -> None:
    head = ",A,D,F,H,N,S,fileName,numResponses,agreement,emoVote,meanEmoResp"
    root = lay_out(
        tmp_path,
        "AudioWAV/1002_IEO_HAP_LO.wav",
        beside={
            "processedResults/tabulatedVotes.csv": (
                f"{head}\n100084,0,0,6,0,2,0,1002_IEO_HAP_LO,8,0.75,F,59.2\n"
                "200084,0,0,0,9,0,0,1002_IEO_HAP_LO,9,1.0,H,80\n"
            ),
            "VideoDemographics.csv": '"ActorID","Age","Sex"\n1002,21,"Female"\n',
        },
    )
    (clip,) = corpora.clips("cremad", root)
    assert clip.emotion == "happy"
    assert clip.votes == {"fearful": 0.75, "neutral": 0.25}
    assert clip.intensity == pytest.approx(0.592)
    assert clip.sex == "female"


def test_without_votes_the_acted_level_is_the_intensity(tmp_path: Path) -> None:
    names = [f"AudioWAV/1002_IEO_SAD_{level}.wav" for level in ("HI", "LO", "MD", "XX")]
    clips = corpora.clips("cremad", lay_out(tmp_path, *names))
    assert [clip.intensity for clip in clips] == [1.0, 1 / 3, 2 / 3, None]


def test_a_silent_clip_is_dropped_and_counted(tmp_path: Path) -> None:
    lay_out(tmp_path, "AudioWAV/1076_MTI_SAD_XX.wav", "AudioWAV/1076_MTI_NEU_XX.wav")
    found = corpora.read("cremad", tmp_path)
    assert [clip.path.stem for clip in found.clips] == ["1076_MTI_NEU_XX"]
    assert found.dropped == {"silent": 1}


def test_a_recording_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    for take in ("01", "02"):
        sound(tmp_path / f"Actor_07/03-01-03-01-02-{take}-07.wav", tone=7)
    found = corpora.read("ravdess", tmp_path)
    assert [clip.path.stem for clip in found.clips] == ["03-01-03-01-02-01-07"]
    assert found.dropped == {"duplicate": 1}


def test_a_recording_under_two_emotions_counts_for_neither(tmp_path: Path) -> None:
    sound(tmp_path / "Actor_07/03-01-03-01-02-01-07.wav", tone=7)
    sound(tmp_path / "Actor_07/03-01-04-01-02-01-07.wav", tone=7)
    sound(tmp_path / "Actor_07/03-01-05-01-02-01-07.wav", tone=8)
    found = corpora.read("ravdess", tmp_path)
    assert [clip.emotion for clip in found.clips] == ["angry"]
    assert found.dropped == {"same recording with different labels": 2}


def ogg(serial: int, *packets: bytes) -> bytes:
    """Ogg pages of one packet each, stamped with `serial`."""
    return b"".join(
        b"OggS"
        + bytes(10)
        + serial.to_bytes(4, "little")
        + bytes(8)
        + bytes([1, len(body)])
        + body
        for body in (b"head", b"tags", *packets)
    )


def test_two_encodings_of_one_recording_are_the_same(tmp_path: Path) -> None:
    one, two, other = (tmp_path / name for name in ("one.opus", "two.opus", "other.opus"))
    one.write_bytes(ogg(1, b"loud", b"soft"))
    two.write_bytes(ogg(2, b"loud", b"soft"))
    other.write_bytes(ogg(1, b"loud", b"calm"))
    assert fingerprint(one) == fingerprint(two)
    assert fingerprint(one) != fingerprint(other)


def test_a_name_nobody_understands_is_dropped_and_counted(tmp_path: Path) -> None:
    lay_out(tmp_path, "wav/03a01Fa.wav", "wav/notes.wav")
    assert corpora.read("emodb", tmp_path).dropped == {"unreadable name": 1}


def test_boredom_keeps_its_label_and_gets_no_emotion(tmp_path: Path) -> None:
    (clip,) = corpora.clips("emodb", lay_out(tmp_path, "wav/03a01Lb.wav"))
    assert (clip.emotion, clip.label) == (None, "boredom")


def test_songs_are_passed_over(tmp_path: Path) -> None:
    actor = "Actor_03/03-0{}-04-01-01-01-03.wav"
    found = corpora.read("ravdess", lay_out(tmp_path, actor.format(1), actor.format(2)))
    assert (len(found.clips), found.dropped) == (1, {"song": 1})


def test_the_sex_of_an_actor_follows_from_the_number(tmp_path: Path) -> None:
    names = [f"Actor_{n}/03-01-05-02-01-01-{n}.wav" for n in ("01", "02")]
    clips = corpora.clips("ravdess", lay_out(tmp_path, *names))
    assert [(clip.sex, clip.intensity) for clip in clips] == [("male", 1.0), ("female", 1.0)]


def test_one_person_under_two_numbers_is_one_speaker(tmp_path: Path) -> None:
    names = ("0/46-m-20-0-0-156.wav", "0/53-m-20-0-1-210.wav")
    assert corpora.read("baved", lay_out(tmp_path, *names)).speakers == {"baved:46"}


def test_three_levels_of_arousal_lie_around_the_middle(tmp_path: Path) -> None:
    names = [f"1/4-f-20-1-{level}-{level}.wav" for level in range(3)]
    clips = corpora.clips("baved", lay_out(tmp_path, *names))
    assert [clip.arousal for clip in clips] == [0.25, 0.5, 0.75]


def test_the_middle_of_a_rating_scale_is_one_half(tmp_path: Path) -> None:
    (msp,) = corpora.clips("msp_podcast", example_of("msp_podcast", tmp_path / "msp"))
    assert (msp.valence, msp.dominance) == (0.5, 0.5)
    assert msp.arousal == pytest.approx(0.2)
    assert msp.votes == {"neutral": 0.5, "sad": 0.5}
    (iemocap,) = corpora.clips("iemocap", example_of("iemocap", tmp_path / "iemocap"))
    assert iemocap.valence == pytest.approx(0.375)
    assert iemocap.votes == {"neutral": 0.75, "angry": 0.25}


def test_the_speaker_of_a_turn_is_who_speaks_not_who_is_filmed(tmp_path: Path) -> None:
    reader = corpora.reader("iemocap")
    text = {
        path: content.replace("impro01_F000", "impro01_M000")
        for path, content in reader.BESIDE.items()
    }
    root = lay_out(tmp_path, reader.EXAMPLE.replace("_F000", "_M000"), beside=text)
    (clip,) = corpora.clips("iemocap", root)
    assert (clip.speaker, clip.sex) == ("iemocap:Ses01M", "male")


def test_a_speaker_nobody_knows_is_dropped_because_splits_would_leak(tmp_path: Path) -> None:
    root = example_of("msp_podcast", tmp_path)
    sound(root / "Audios" / "MSP-PODCAST_0002_0001.wav", tone=5)
    labels = root / "Labels" / "labels_consensus.csv"
    labels.write_text(
        labels.read_text() + "MSP-PODCAST_0002_0001.wav,A,5,3,5,Unknown,Male,Train\n"
    )
    assert corpora.read("msp_podcast", root).dropped == {"unknown speaker": 1}


def test_listeners_votes_are_shares(tmp_path: Path) -> None:
    (clip,) = corpora.clips("emozionalmente", example_of("emozionalmente", tmp_path))
    assert clip.votes == {"happy": 0.5, "surprised": 0.5}
    assert (clip.speaker, clip.sex) == ("emozionalmente:anna", "female")


def test_a_missing_file_is_counted(tmp_path: Path) -> None:
    root = example_of("manifest", tmp_path)
    with (root / "manifest.csv").open("a") as table:
        table.write("gone.wav,sad,berta,\n")
    assert corpora.read("manifest", root).dropped == {"missing file": 1}


def test_a_lone_quotation_mark_in_a_table_with_tabs_swallows_nothing(tmp_path: Path) -> None:
    table = (
        "file_id\temotion\traw_text\tspeaker_id\tgender\n"
        'SK0_anger_1.wav\tanger\t"Tango.\t     SK0\tmale\n'
        "AB1_fear_1.wav\tfear\tTango.\tAB1\tfemale\n"
    )
    names = ("samples/SK0_anger_1.wav", "samples/AB1_fear_1.wav")
    clips = corpora.clips("nemo", lay_out(tmp_path, *names, beside={"data.tsv": table}))
    assert [clip.sex for clip in clips] == ["female", "male"]


@pytest.mark.parametrize(
    ("word", "emotion"),
    [("ANG", "angry"), ("Happiness", "happy"), ("fear", "fearful"), ("boredom", None)],
)
def test_common_words_for_emotions_are_understood(word: str, emotion: str | None) -> None:
    assert emotion_named(word) == emotion


def test_a_number_out_of_range_is_said_with_its_line(tmp_path: Path) -> None:
    lay_out(tmp_path, "a.wav", beside={"manifest.csv": "path,speaker,arousal\na.wav,x,4.2\n"})
    with pytest.raises(UserError, match=r"line 2: arousal must be .* not '4\.2'"):
        corpora.read("manifest", tmp_path)


@pytest.mark.parametrize("cell", ["", "nan", "NaN", "None", "NA"])
def test_a_cell_that_a_program_left_empty_says_nothing(cell: str, tmp_path: Path) -> None:
    table = f"path,speaker,emotion,arousal,votes_sad,votes_angry\na.wav,x,sad,{cell},2,{cell}\n"
    (clip,) = corpora.clips(
        "manifest", lay_out(tmp_path, "a.wav", beside={"manifest.csv": table})
    )
    assert (clip.emotion, clip.arousal, clip.votes) == ("sad", None, {"sad": 1.0})


def evening(root: Path, table: bytes = b"path,emotion,speaker\na.wav,sad,anna\n") -> Path:
    root.mkdir(parents=True)
    soundfile.write(root / "a.wav", np.full(8_000, 0.1), 16_000)
    (root / "manifest.csv").write_bytes(table)
    return root


def test_two_collections_of_one_name_are_refused(tmp_path: Path) -> None:
    """Their speakers could be the same people, and be on both sides of a split."""
    evening(tmp_path / "p" / "data")
    evening(tmp_path / "q" / "data")
    with pytest.raises(UserError, match="of the same name, data"):
        corpora.find([tmp_path])


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_table_from_a_spreadsheet_says_how_to_save_it(encoding: str, tmp_path: Path) -> None:
    evening(tmp_path / "e", "path,emotion,speaker\na.wav,sad,Jürgen\n".encode(encoding))
    with pytest.raises(UserError, match="is not UTF-8: save it as CSV UTF-8"):
        corpora.find([tmp_path])


def test_clips_may_lie_elsewhere_and_be_called_anything(tmp_path: Path) -> None:
    away = tmp_path / "away" / os.fsdecode(b"a\xf1b.wav")
    root = evening(
        tmp_path / "e", f"path,emotion,speaker\n{away.parent}/b.wav,sad,x\n".encode()
    )
    away.parent.mkdir()
    soundfile.write(away.with_name("b.wav"), np.full(8_000, 0.1), 16_000)
    (corpus,) = corpora.find([root])
    assert corpus.place(corpus.clips[0]) == str(away.parent / "b.wav")
    named = dataclasses.replace(corpus.clips[0], path=root / away.name)
    assert corpus.place(named).encode() == rb"a\xf1b.wav"


def test_a_corpus_without_one_usable_clip_says_where_clips_lie(tmp_path: Path) -> None:
    lay_out(tmp_path, "AudioWAV/1076_MTI_SAD_XX.wav")
    with pytest.raises(UserError, match="AudioWAV/1001_DFA_ANG_XX"):
        corpora.read("cremad", tmp_path)


def test_nothing_found_names_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"No corpus was found .* cremad"):
        corpora.find([tmp_path])


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no folder"):
        corpora.find([tmp_path / "nowhere"])


def test_an_unknown_corpus_names_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"no corpus called cremat: .* cremad"):
        corpora.reader("cremat")
