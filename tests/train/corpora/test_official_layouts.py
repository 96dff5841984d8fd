"""Miniature trees in the official layout of corpora that have more to them than a path."""

from pathlib import Path

import pytest

from dndmood.errors import UserError
from dndmood_train import corpora
from dndmood_train.corpora import split_of
from tests.train.corpora.test_corpora import UNPUBLISHED, example_of, lay_out, sound

AIBO = "labels/IS2009EmotionChallenge/chunk_labels_{}cl_corpus.txt"


@pytest.mark.parametrize("name", UNPUBLISHED)
def test_a_corpus_without_a_published_layout_is_refused_in_one_sentence(
    name: str, tmp_path: Path
) -> None:
    root = tmp_path / corpora.reader(name).TITLE
    sound(root / "one.wav")
    with pytest.raises(UserError) as refusal:
        corpora.find([tmp_path])
    said = str(refusal.value)
    assert corpora.reader(name).TITLE in said
    assert "manifest" in said
    assert said.count(". ") == 0


@pytest.mark.parametrize("name", UNPUBLISHED)
def test_a_table_describes_what_nobody_published(name: str, tmp_path: Path) -> None:
    root = tmp_path / corpora.reader(name).TITLE
    table = "path,speaker,emotion\none.wav,anna,anger\n"
    lay_out(root, "one.wav", beside={"manifest.csv": table})
    (found,) = corpora.find([tmp_path])
    assert (found.name, found.clips[0].emotion) == ("manifest", "angry")


@pytest.mark.parametrize("name", UNPUBLISHED)
def test_what_cannot_be_read_does_not_stop_the_others_and_is_said(
    name: str, tmp_path: Path
) -> None:
    root = tmp_path / corpora.reader(name).TITLE
    sound(root / "one.wav")
    example_of("emodb", tmp_path / "emodb")
    (found,) = corpora.find([tmp_path])
    assert found.name == "emodb"
    (said,) = corpora.passed_over([tmp_path])
    assert said.startswith(f"{corpora.reader(name).TITLE} in {root} is not read: ")
    assert f"{root / 'manifest.csv'} (path, speaker, emotion)" in said
    assert said.count(". ") == 0
    assert corpora.locate([tmp_path]) == [("emodb", tmp_path / "emodb")]


@pytest.mark.parametrize(
    ("folder", "title"),
    [
        ("BELFAST_induced", "Belfast"),
        ("CHEAVD2.0", "CHEAVD"),
        ("DES database", "DES"),
        ("Danish Emotional Speech Database", "DES"),
        ("Euro-motion", "€motion"),
        ("Interface-Spanish", "INTERFACE"),
        ("ruslana_corpus_v2", "RUSLANA"),
    ],
)
def test_a_corpus_is_known_by_what_people_call_it(
    folder: str, title: str, tmp_path: Path
) -> None:
    sound(tmp_path / folder / "wav" / "one.wav")
    with pytest.raises(UserError, match=f"{title} in .* is not read"):
        corpora.find([tmp_path / folder])


@pytest.mark.parametrize("folder", ["designs", "danish", "data", "emotion"])
def test_other_folders_are_not_taken_for_a_corpus_by_their_names(
    folder: str, tmp_path: Path
) -> None:
    sound(tmp_path / folder / "one.wav")
    with pytest.raises(UserError, match="No corpus was found"):
        corpora.find([tmp_path])


def test_a_folder_only_called_as_a_corpus_may_hold_others(tmp_path: Path) -> None:
    """Belfast is a city, too, and an interface has sounds."""
    example_of("emodb", tmp_path / "Belfast" / "emodb")
    assert [found.name for found in corpora.find([tmp_path / "Belfast"])] == ["emodb"]
    assert corpora.passed_over([tmp_path]) == []


def test_a_folder_with_nothing_beside_one_with_a_corpus_is_said(tmp_path: Path) -> None:
    example_of("emodb", tmp_path / "emodb")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "ravdess.zip").write_bytes(b"PK")
    roots = [tmp_path / "emodb", tmp_path / "other"]
    assert [found.name for found in corpora.find(roots)] == ["emodb"]
    (said,) = corpora.passed_over(roots)
    assert said == (
        f"Nothing in {tmp_path / 'other'} is a corpus that is known; ravdess.zip there is not "
        "unpacked yet."
    )


def test_who_has_no_known_corpus_is_told_of_the_table(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"table manifest.csv \(path, speaker, emotion\)"
    ) as said:
        corpora.find([tmp_path])
    # What would be refused is no advice.
    assert "ravdess" in str(said.value)
    assert "ruslana" not in str(said.value)


def test_of_a_sentence_only_its_own_film_is_read(tmp_path: Path) -> None:
    names = ("s1_an_1.avi", "backup.avi", "notes.wav")
    root = lay_out(
        tmp_path,
        *(f"subject 1/anger/sentence 1/{name}" for name in names),
        # By the folders alone, as some are called otherwise.
        "subject 3/fear/sentence 2/film.avi",
        "subject 3/fear/sentence 4/s_3_fe_4.avi",
        "subject 11/fear/sentence 1/s12_fe_1.avi",
        "subject 1/anger/old/s1_an_2.avi",
        "mine/anger/sentence 1/s1_an_1.avi",
    )
    found = corpora.read("enterface", root)
    assert [clip.path.stem for clip in found.clips] == [
        "s1_an_1",
        "s12_fe_1",
        "film",
        "s_3_fe_4",
    ]
    assert found.dropped == {"unreadable name": 4}


def test_both_tasks_of_the_robot_dog_and_the_school_as_split(tmp_path: Path) -> None:
    names = ("Ohm_01_000_00", "Mont_03_010_01", "Mont_03_010_02", "Ohm_02_000_00")
    five = "".join(f"{n} {c} 0.6\n" for n, c in zip(names, "APER", strict=True))
    two = "".join(
        f"{n} {c} 0.6\n" for n, c in zip(names, ("NEG", "IDL", "NEG", "IDL"), strict=True)
    )
    beside = {AIBO.format(5): five, AIBO.format(2): two}
    root = lay_out(tmp_path, *(f"wav/{name}.wav" for name in names), beside=beside)
    found = {clip.path.stem: clip for clip in corpora.clips("fau_aibo", root)}
    assert [found[name].emotion for name in names] == ["angry", "happy", None, None]
    assert [found[name].label for name in names] == ["A", "P", "emphatic", "rest"]
    assert [found[name].coarse for name in names] == ["NEG", "IDL", "NEG", "IDL"]
    assert [found[name].part for name in names] == ["train", "test", "test", "train"]
    assert split_of(found["Mont_03_010_01"].speaker) == "develop"
    assert split_of(found["Ohm_02_000_00"].speaker) == "train"


def test_the_two_classes_alone_are_enough(tmp_path: Path) -> None:
    beside = {"chunk_labels_2cl_corpus.txt": "Mont_01_000_00 NEG 1.0\n"}
    root = lay_out(tmp_path, "default/Mont_01_000_00.wav", beside=beside)
    (clip,) = corpora.clips("fau_aibo", root)
    assert (clip.label, clip.emotion, clip.coarse) == ("NEG", None, "NEG")


def test_what_was_never_cut_into_sentences_is_left_out(tmp_path: Path) -> None:
    root = lay_out(
        tmp_path,
        "subject 1/anger/sentence 1/s1_an_1.avi",
        "subject 6/anger/s6_an.avi",
        # So called in the release.
        "subject 11/sadness/sentence 2/s12_sa_2.avi",
    )
    found = corpora.read("enterface", root)
    assert found.speakers == {"enterface:1", "enterface:11"}
    assert found.dropped == {"not cut into sentences": 1}


def test_the_listeners_of_an_improvised_turn_are_its_soft_label(tmp_path: Path) -> None:
    evaluation = (
        "UTD-IMPROV-S01A-F01-S-FM01.avi; A; A:2.000000; V:2.000000; D:5.000000 ; N:4.0;\n"
        "EV01; Anger; A:2; V:2; D:5; N:4;\nEV02; Anger; A:2; V:2; D:5; N:4;\n"
        "EV02; Anger; A:2; V:2; D:5; N:4;\n"
        "EV03; Sadness; A:2; V:2; D:5; N:4;\nEV04; Other; A:2; V:2; D:5; N:4;\n\n"
        "UTD-IMPROV-S02H-M03-R-MM02.avi; X; A:3.0; V:NaN; D:3.0 ; N:4.0;\n"
    )
    root = lay_out(
        tmp_path,
        "Audio/session1/S01A/S/MSP-IMPROV-S01A-F01-S-FM01.wav",
        "Audio/session3/S02H/R/MSP-IMPROV-S02H-M03-R-MM02.wav",
        beside={"Evalution.txt": evaluation},
    )
    angry, nobody = corpora.read("msp_improv", root).clips
    assert angry.votes == {"angry": pytest.approx(2 / 3), "sad": pytest.approx(1 / 3)}
    assert (angry.arousal, angry.valence, angry.dominance) == (0.75, 0.25, 1.0)
    assert (nobody.speaker, nobody.sex, nobody.emotion) == ("msp_improv:M03", "male", None)
    assert (nobody.valence, nobody.votes) == (None, None)


@pytest.mark.parametrize(
    ("angry", "plain"), [("1.4", "3.8"), ("4.6", "2.2")], ids=["as released", "turned round"]
)
def test_which_end_of_activation_is_excited_is_told_by_anger(
    angry: str, plain: str, tmp_path: Path
) -> None:
    evaluation = (
        f"UTD-IMPROV-S01A-F01-S-FM01.avi; A; A:{angry}; V:2.0; D:4.0 ; N:4.0;\n"
        f"UTD-IMPROV-S01N-F01-R-FM01.avi; N; A:{plain}; V:3.0; D:3.0 ; N:4.0;\n"
        "UTD-IMPROV-S02N-F01-R-FM01.avi\n"
    )
    root = lay_out(
        tmp_path,
        "session1/S01A/S/MSP-IMPROV-S01A-F01-S-FM01.wav",
        "session1/S01N/R/MSP-IMPROV-S01N-F01-R-FM01.wav",
        beside={"Evaluation.txt": evaluation},
    )
    found = {clip.label: clip.arousal for clip in corpora.clips("msp_improv", root)}
    assert found == {"A": pytest.approx(0.9), "N": pytest.approx(0.3)}


@pytest.mark.parametrize("name", ["nnime", "biic_podcast"])
def test_a_column_that_somebody_added_is_no_emotion(name: str, tmp_path: Path) -> None:
    reader = corpora.reader(name)
    (plain,) = corpora.read(
        name, lay_out(tmp_path / "a", reader.EXAMPLE, beside=reader.BESIDE)
    ).clips
    ((table, text),) = reader.BESIDE.items()
    head, row, _ = text.split("\n")
    beside = {table: f"{head},length,notes\n{row},3.2,hm\n"}
    (clip,) = corpora.read(name, lay_out(tmp_path / "b", reader.EXAMPLE, beside=beside)).clips
    assert (clip.label, clip.emotion, clip.votes) == (plain.label, plain.emotion, plain.votes)


def test_smoothed_shares_are_freed_of_their_smoothing(tmp_path: Path) -> None:
    head = (
        ",angry,frustrated,disappointed,sad,fear,neutral,surprise,excited,happy,relax,joy,"
        "EmoAct,EmoVal,SpkrID,Gender,Split_Set\n"
    )
    rows = (
        "happy_10_A_001.wav,.005,.005,.005,.005,.005,.005,.005,.24125,.24125,.005,.4775,"
        "3,4,19,Male,Train\n"
        "sad_07_B_040.wav,.4775,.005,.005,.4775,.005,.005,.005,.005,.005,.005,.005,"
        "1,1,14,Male,Test\n"
    )
    names = ("Audios/happy_10_A_001.wav", "Audios/sad_07_B_040.wav")
    root = lay_out(tmp_path, *names, beside={"Primary/labels_consensus_1.csv": head + rows})
    happy, torn = corpora.read("nnime", root).clips
    assert happy.votes == {"happy": pytest.approx(1)}
    assert (happy.emotion, happy.label, happy.part) == ("happy", "joy", "Train")
    assert (happy.arousal, happy.valence) == (0.5, 0.75)
    assert torn.votes == {"angry": pytest.approx(0.5), "sad": pytest.approx(0.5)}
    assert (torn.emotion, torn.label) == (None, "no agreement")


def test_an_episode_stands_for_its_speaker_where_nobody_is_named(tmp_path: Path) -> None:
    reader = corpora.reader("biic_podcast")
    (clip,) = corpora.clips(
        "biic_podcast", lay_out(tmp_path, reader.EXAMPLE, beside=reader.BESIDE)
    )
    assert (clip.speaker, clip.votes) == ("biic_podcast:1000", {"neutral": pytest.approx(1)})
    assert (clip.arousal, clip.valence, clip.dominance) == (0.25, 0.5, 0.875)


def test_the_first_edition_of_esd_has_its_own_split(tmp_path: Path) -> None:
    names = ("0011/Angry/test/0011_000371.wav", "0004/Surprise/0004_001401.wav")
    old, new = sorted(
        corpora.clips("esd", lay_out(tmp_path, *names)), key=lambda c: -len(c.part)
    )
    assert (old.language, old.sex, old.sentence, old.part) == ("en", "male", "21", "test")
    assert (new.language, new.sex, new.sentence, new.part) == ("zh", "male", "1", "")


def test_films_of_the_series_are_found_in_either_place(tmp_path: Path) -> None:
    head = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID\n"
    root = lay_out(
        tmp_path,
        "dev_splits_complete/dia1_utt2.mp4",
        "train/train_splits/dia125_utt3.mp4",
        beside={
            "dev_sent_emo.csv": head + "1,hi,Rachel,joy,positive,1,2\n2,hi,Ross,fear,x,9,9\n",
            "train/train_sent_emo.csv": head + "1,hi,Joey,joy,positive,125,3\n",
        },
    )
    found = corpora.read("meld", root)
    (clip,) = found.clips
    assert (clip.speaker, clip.sex, clip.emotion, clip.part) == (
        "meld:Rachel",
        "female",
        "happy",
        "dev",
    )
    assert found.dropped == {"broken": 1, "missing file": 1}


def test_accents_in_folders_do_not_matter(tmp_path: Path) -> None:
    decomposed = "Cole\u0300re/Fort/02-C-2-3.wav"
    root = lay_out(tmp_path, decomposed, "Neutre/01-N-1-1.wav")
    (neutral, angry) = sorted(corpora.clips("cafe", root), key=lambda c: c.speaker)
    assert (angry.emotion, angry.intensity, angry.sex) == ("angry", 1.0, "female")
    assert (neutral.emotion, neutral.intensity, neutral.sex) == ("neutral", None, "male")


def test_neutral_italians_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    names = ("DEMOS/NP_f_01_col07b.wav", "NEU/m_21_neu02.wav")
    guilty, neutral = corpora.read("demos", lay_out(tmp_path, *names)).clips
    assert (guilty.label, guilty.emotion, guilty.sex) == ("guilt", None, "female")
    assert (neutral.speaker, neutral.emotion) == ("demos:m_21", "neutral")


def test_unpacked_archives_of_one_speaker_and_emotion_are_read(tmp_path: Path) -> None:
    names = ("josh_Amused/amused_1-28_0009.wav", "sam_Sleepy/sleepiness_1-28_0010.wav")
    amused, sleepy = corpora.read("emov_db", lay_out(tmp_path, *names)).clips
    assert (amused.emotion, amused.sentence, amused.sex) == ("happy", "0009", "male")
    assert (sleepy.emotion, sleepy.label) == (None, "Sleepy")


def test_of_the_podcasts_only_their_train_part_teaches(tmp_path: Path) -> None:
    """So that the challenges' parts may be asked of a model that learnt from this corpus."""
    root = lay_out(tmp_path, *(f"Audios/MSP-PODCAST_000{n}_0001.wav" for n in range(1, 41)))
    parts = ("Train", "Development", "Test1", "Test2", "train")
    rows = "".join(
        f"MSP-PODCAST_000{n}_0001.wav,N,4,4,4,{n},Male,{parts[n % 5]}\n" for n in range(1, 41)
    )
    (root / "Labels").mkdir()
    (root / "Labels" / "labels_consensus.csv").write_text(
        f"FileName,EmoClass,EmoAct,EmoVal,EmoDom,SpkrID,Gender,Split_Set\n{rows}"
    )
    found = corpora.read("msp_podcast", root).clips
    assert len(found) == 40
    for clip in found:
        teaches = clip.part.lower() == "train"
        assert (split_of(clip.speaker) == "train") is teaches
