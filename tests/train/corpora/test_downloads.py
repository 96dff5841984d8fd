"""Archives as they were unpacked: other editions, folders in folders, Macs, spreadsheets, halves."""

import json
import zipfile
from pathlib import Path

import pytest

from dndmood.errors import UserError
from dndmood_train import corpora
from tests.train.corpora.test_corpora import NAMES, example_of, lay_out, sound

OWN = ("manifest",)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OWN])
def test_the_folder_with_the_sounds_will_do_as_well(name: str, tmp_path: Path) -> None:
    root = example_of(name, tmp_path / "it")
    inside = (root / corpora.reader(name).EXAMPLE).parent
    if len(inside.relative_to(root).parts) > 2:
        inside = root / inside.relative_to(root).parts[0]
    (found,) = corpora.find([inside])
    assert (found.name, len(found.clips)) == (name, 1)
    assert found.root in (inside, *inside.parents)
    assert found.root.is_relative_to(root)


def test_of_a_folder_of_a_corpus_only_what_lies_in_it_counts(tmp_path: Path) -> None:
    names = [f"Actor_0{n}/03-01-05-01-01-01-0{n}.wav" for n in (1, 2, 3)]
    root = lay_out(tmp_path / "it", *names)
    (found,) = corpora.find([root / "Actor_01", root / "Actor_03"])
    assert found.speakers == {"ravdess:01", "ravdess:03"}


def test_a_folder_of_something_else_beside_a_corpus_is_not_that_corpus(tmp_path: Path) -> None:
    example_of("emodb", tmp_path)
    (tmp_path / "music").mkdir()
    with pytest.raises(UserError, match="No corpus was found"):
        corpora.find([tmp_path / "music"])


def test_archives_unpacked_side_by_side_are_one_corpus(tmp_path: Path) -> None:
    lay_out(tmp_path / "Audio_Speech_Actors_01-24", "Actor_01/03-01-05-01-01-01-01.wav")
    sound(tmp_path / "Audio_Song_Actors_01-24/Actor_01/03-02-05-01-01-01-01.wav", tone=9)
    sound(tmp_path / "again/Actor_01/03-01-05-01-01-01-01.wav", tone=1)
    (found,) = corpora.find([tmp_path])
    assert (found.name, found.root, len(found.clips)) == ("ravdess", tmp_path, 1)
    assert found.dropped == {"song": 1, "duplicate": 1}


def test_halves_of_cafe_are_one_corpus(tmp_path: Path) -> None:
    sound(tmp_path / "CaFE_192k_1/Joie/Fort/01-J-2-1.aiff", tone=1)
    sound(tmp_path / "CaFE_192k_2/Peur/Fort/02-P-2-1.aiff", tone=2)
    (found,) = corpora.find([tmp_path])
    assert found.speakers == {"cafe:01", "cafe:02"}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_mac_adds_to_archives_is_no_clip(name: str, tmp_path: Path) -> None:
    root = example_of(name, tmp_path / "it")
    path = root / corpora.reader(name).EXAMPLE
    (path.parent / f"._{path.name}").write_bytes(b"Mac OS X")
    shadow = root / "__MACOSX" / corpora.reader(name).EXAMPLE
    shadow.parent.mkdir(parents=True)
    shadow.with_name(f"._{shadow.name}").write_bytes(b"Mac OS X")
    shadow.write_bytes(b"Mac OS X")
    (found,) = corpora.find([root])
    assert ([clip.path for clip in found.clips], found.dropped) == ([path], {})


@pytest.mark.parametrize(
    "name",
    [name for name in NAMES if any(p.endswith("csv") for p in corpora.reader(name).BESIDE)],
)
def test_tables_that_went_through_a_spreadsheet_say_the_same(name: str, tmp_path: Path) -> None:
    """A byte order mark, Windows' ends of lines."""
    plain = corpora.read(name, example_of(name, tmp_path / "plain")).clips[0]
    root = example_of(name, tmp_path / "windows")
    for path in root.rglob("*.csv"):
        path.write_bytes(path.read_text().replace("\n", "\r\n").encode("utf-8-sig"))
    (clip,) = corpora.read(name, root).clips
    for said in ("emotion", "label", "votes", "arousal", "valence", "sex", "part"):
        assert getattr(clip, said) == getattr(plain, said)


def test_a_table_with_semicolons_is_read(tmp_path: Path) -> None:
    table = "path;emotion;speaker;arousal\na.wav;sad;anna;0,25\n"
    root = lay_out(tmp_path / "e", "a.wav", beside={"manifest.csv": table})
    (clip,) = corpora.read("manifest", root).clips
    assert (clip.emotion, clip.speaker, clip.arousal) == ("sad", "e:anna", 0.25)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_of_your_own_may_be_written_in_any_case(delimiter: str, tmp_path: Path) -> None:
    rows = (
        ("Path", "Speaker", "Emotion ", "Votes Angry", "Language"),
        ("Talk\\ONE.WAV", "Anna", " Pleasant Surprise ", '"2,5"', "de"),
    )
    table = "\r\n".join(delimiter.join(row) for row in rows)
    root = lay_out(tmp_path / "e", "talk/one.wav", beside={"Manifest.CSV": table})
    (found,) = corpora.find([tmp_path])
    (clip,) = found.clips
    assert (clip.path, clip.emotion, clip.speaker) == (
        root / "talk/one.wav",
        "surprised",
        "e:Anna",
    )
    assert (clip.votes, clip.language) == ({"angry": 1.0}, "de")


@pytest.mark.parametrize(
    "name", [n for n in NAMES if corpora.reader(n).BESIDE and n not in (*OWN, "emozionalmente")]
)
def test_sounds_whose_tables_are_missing_say_which(name: str, tmp_path: Path) -> None:
    root = example_of(name, tmp_path / "it")
    tables = [root / path for path in corpora.reader(name).BESIDE]
    for table in tables:
        table.unlink()
    with pytest.raises(UserError) as said:
        corpora.find([tmp_path])
    assert corpora.reader(name).TITLE in str(said.value)
    assert all(table.name in str(said.value) for table in tables)


def test_a_name_that_no_file_can_have_is_a_missing_file(tmp_path: Path) -> None:
    table = f"path,speaker\na.wav,anna\n{'x' * 5000}.wav,anna\n\0.wav,anna\n,anna\n"
    root = lay_out(tmp_path / "e", "a.wav", beside={"manifest.csv": table})
    found = corpora.read("manifest", root)
    assert (len(found.clips), found.dropped) == (1, {"missing file": 3})


def test_an_archive_that_nobody_unpacked_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "Audios.zip", "w") as archive:
        archive.writestr("one.wav", b"")
    with pytest.raises(UserError, match=r"Audios\.zip there is not unpacked yet"):
        corpora.find([tmp_path])


def test_labels_without_their_sounds_say_what_is_packed(tmp_path: Path) -> None:
    root = example_of("nnime", tmp_path / "NNIME")
    (clip,) = (root / "Audios").iterdir()
    clip.rename(root / "Audios" / "angry_01_A_999.wav")
    (root / "Audios.tar.gz").write_bytes(b"")
    with pytest.raises(UserError) as said:
        corpora.find([root])
    assert "1 missing file" in str(said.value)
    assert "Audios.tar.gz there is not unpacked yet" in str(said.value)
    assert str(said.value).count(". ") == 0


def test_old_releases_of_msp_podcast_have_their_tables_as_json(tmp_path: Path) -> None:
    name = "MSP-PODCAST_0001_0008.wav"
    row = {"EmoClass": "N", "EmoAct": 2.2, "EmoVal": 4.0, "EmoDom": 4.0}
    row |= {"SpkrID": "127", "Gender": "Male", "Split_Set": "Validation"}
    verdicts = {
        f"W{n}": {"EmoClass_Major": w} for n, w in enumerate(("Neutral", "Sad", "Other-x"))
    }
    beside = {
        "label/labels_concensus.json": json.dumps({name: row}),
        "label/labels_detailed.json": json.dumps({name: verdicts}),
    }
    (found,) = corpora.find([lay_out(tmp_path, f"Audio/{name}", beside=beside)])
    (clip,) = found.clips
    assert (clip.speaker, clip.emotion, clip.part) == (
        "msp_podcast:127@Validation",
        "neutral",
        "Validation",
    )
    assert clip.votes == {"neutral": 0.5, "sad": 0.5}
    assert (clip.arousal, clip.valence, clip.dominance) == (pytest.approx(0.2), 0.5, 0.5)


def test_archives_that_unpack_into_their_own_name_are_entered(tmp_path: Path) -> None:
    beside = {
        f"Labels/{path}": text for path, text in corpora.reader("msp_podcast").BESIDE.items()
    }
    example = f"Audios/{corpora.reader('msp_podcast').EXAMPLE}"
    (found,) = corpora.find([lay_out(tmp_path, example, beside=beside)])
    assert found.clips[0].votes == {"neutral": 0.5, "sad": 0.5}


def test_speakers_of_the_podcasts_may_be_called_anything_but_unknown(tmp_path: Path) -> None:
    root = example_of("msp_podcast", tmp_path)
    for table in root.rglob("labels_consensus.csv"):
        table.write_text(table.read_text().replace(",127,", ",Speaker_127,"))
    assert corpora.read("msp_podcast", root).speakers == {"msp_podcast:Speaker_127@Train"}


@pytest.mark.parametrize(
    ("name", "path", "speaker", "emotion"),
    [
        ("aesdd", "Acted Emotional Speech/Anger/a01 (1).wav", "aesdd:1", "angry"),
        ("casia", "CASIA/angry/201-angry-ZhaoQuanyin.wav", "casia:zhaoquanyin", "angry"),
        ("cremad", "CREMA-D/AudioMP3/1001_DFA_ANG_XX.mp3", "cremad:1001", "angry"),
        ("emodb", "EMO-DB/wav_corpus/03a01Wa.wav", "emodb:03", "angry"),
        ("emodb", "03a01Wa.wav", "emodb:03", "angry"),
        ("enterface", "Subject 1/Anger/Sentence 1/s1_an_1.avi", "enterface:1", "angry"),
        ("enterface", "enterface database/subject 16/surprise/sentence 3/s16_su_3avi.avi",
         "enterface:16", "surprised"),
        ("jl_corpus", "archive/JL(wav+txt)/male2_angry_12a_2.wav", "jl_corpus:male2", "angry"),
        ("savee", "SAVEE/KL_sa01.wav", "savee:KL", "sad"),
        ("shemo", "ShEMO/Female/female/F21S05.wav", "shemo:F21", "sad"),
        ("tess", "dataverse_files/YAF_back_ps.wav", "tess:YAF", "surprised"),
        ("turev_db", "TurEV-DB-master/Sound Source/Sad/7895_uz_koy.wav", "turev_db:7895", "sad"),
        ("fau_aibo", "IS2009EmotionChallenge/wav/Mont_02_011_00.wav", "fau_aibo:Mont_02", "angry"),
        ("meld", "MELD-RAW/MELD.Raw/dev/dev_splits_complete/dia3_utt1.mp4", "meld:Joey", "angry"),
        ("emov_db", "EmoV/sam_Disgust/disgust_1-28_0003.wav", "emov_db:sam", "disgusted"),
        ("msp_improv", "MSP-IMPROV/Audio/Session6/S20R/T/MSP-IMPROV-S20R-M06-T-MM01.wav",
         "msp_improv:M06", "angry"),
        ("emomatch_spanish_db", "EmoMatch/50_Miedo_11.WAV", "emomatch_spanish_db:50", "fearful"),
    ],
)  # fmt: skip
def test_other_editions_are_read_alike(
    name: str, path: str, speaker: str, emotion: str, tmp_path: Path
) -> None:
    beside = {
        "fau_aibo": {
            "labels/IS2009EmotionChallenge/chunk_labels_5cl_corpus.txt": "Mont_02_011_00 A 0.6\r\n"
        },
        "meld": {
            "MELD-RAW/MELD.Raw/dev_sent_emo.csv": (
                "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID\n"
                "1,hey,Joey,anger,negative,3,1\n"
            )
        },
        "msp_improv": {
            "MSP-IMPROV/Labels/Evaluation.txt": (
                "UTD-IMPROV-S20R-M06-T-MM01.avi; A; A:4.0; V:2.0; D:4.0 ; N:4.0;\r\n"
                "EV01; Angry; Angry,Frustrated; A:4.0; V:2.0; D:4.0; N:4.0;\r\n"
            )
        },
    }.get(name, {})
    (found,) = corpora.find([lay_out(tmp_path, path, beside=beside)])
    (clip,) = found.clips
    assert (found.name, clip.speaker, clip.emotion) == (name, speaker, emotion)


def test_the_sex_of_spanish_speakers_is_said_where_it_is_published(tmp_path: Path) -> None:
    names = ("01_Ira_01.wav", "03_Alegria_02.wav", "50_Neutro_12.wav", "01_Amor_01.wav")
    found = corpora.read("emomatch_spanish_db", lay_out(tmp_path, *names))
    assert [clip.sex for clip in found.clips] == ["male", "female", None]
    assert found.dropped == {"unreadable name": 1}


def test_the_split_of_emozionalmente_is_its_own(tmp_path: Path) -> None:
    root = example_of("emozionalmente", tmp_path)
    split = root / "metadata" / "split" / "test.csv"
    split.parent.mkdir()
    split.write_text("file_name,actor\n1621357_anna.wav,anna\n")
    (clip,) = corpora.read("emozionalmente", root).clips
    assert clip.part == "test"


def test_a_folder_of_corpora_whose_names_are_folders_of_others_confuses_nobody(
    tmp_path: Path,
) -> None:
    """Such as `corpora/demos/DEMOS`, where `corpora` is not DEMoS."""
    example_of("demos", tmp_path / "demos")
    example_of("emodb", tmp_path / "emo-db")
    assert corpora.locate([tmp_path]) == [
        ("demos", tmp_path / "demos"),
        ("emodb", tmp_path / "emo-db"),
    ]


@pytest.mark.parametrize(
    ("name", "word", "other", "said"),
    [
        ("msp_podcast", "EmoClass,", "Class,", "lacks the column 'EmoClass'"),
        ("msp_podcast", ",2.2,", ",loud,", "is not as it was released: .*'loud'"),
        ("nnime", "0.71375", "much", "is not as it was released: .*'much'"),
        ("meld", "Dialogue_ID", "Dialogue", "lacks the column 'Dialogue_ID'"),
        ("emozionalmente", "actor", "who", "lacks the column 'actor'"),
    ],
)
def test_a_table_that_was_changed_is_said_in_one_sentence(
    name: str, word: str, other: str, said: str, tmp_path: Path
) -> None:
    root = example_of(name, tmp_path)
    for table in root.rglob("*.csv"):
        table.write_text(table.read_text().replace(word, other))
    with pytest.raises(UserError, match=said):
        corpora.find([root])


def test_votes_are_found_although_a_spreadsheet_named_their_first_column(
    tmp_path: Path,
) -> None:
    table = (
        "Unnamed: 0,A,D,F,H,N,S,fileName,numResponses,agreement,emoVote,meanEmoResp\n"
        "100084,0,0,6,0,2,0,1002_IEO_HAP_LO,8,0.75,F,59.2\n"
    )
    beside = {"processedResults/tabulatedVotes.csv": table}
    root = lay_out(tmp_path, "AudioWAV/1002_IEO_HAP_LO.wav", beside=beside)
    (clip,) = corpora.read("cremad", root).clips
    assert clip.votes == {"fearful": 0.75, "neutral": 0.25}
