"""Protocols of the field on miniature corpora, with a model that judges by loudness alone."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood import ffmpeg
from dndmood.errors import UserError
from dndmood_train import __main__ as door
from dndmood_train import corpora
from dndmood_train.audio import loading
from dndmood_train.corpora import Clip
from dndmood_train.evaluation import protocol_run, protocols
from dndmood_train.evaluation.evaluate import evaluate
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.protocols import Task, emo_superb, emobox
from dndmood_train.evaluation.protocols._task import strict_macro_f1
from tests.train.evaluation.graphs import loudness_model
from tests.train.evaluation.test_evaluate import held

pytest.importorskip("onnx")
LEVEL = {"N": 0.2, "H": 0.4, "S": 0.05, "A": 0.7, "C": 0.5}


def msp(root: Path, rows: str) -> Path:
    head = "FileName,EmoClass,EmoAct,EmoVal,EmoDom,SpkrID,Gender,Split_Set"
    (root / "Labels").mkdir(parents=True)
    (root / "Audios").mkdir()
    lines = [head]
    for number, row in enumerate(rows.split()):
        word, heard, speaker, part = row.split(",")
        name = f"MSP-PODCAST_{number:04}_0001.wav"
        # No two recordings are the same: copies count once.
        wave = held(LEVEL[heard] * (1 + 1e-4 * number))
        soundfile.write(root / "Audios" / name, wave, 16_000, subtype="FLOAT")
        arousal = 1 + 6 * LEVEL[heard]
        lines.append(f"{name},{word},{arousal},{8 - arousal},4,{speaker},Male,{part}")
    (root / "Labels" / "labels_consensus.csv").write_text("\n".join(lines) + "\n")
    return root


def test_the_folder_is_the_list() -> None:
    assert {"emo-superb", "emobox", "is2025", "odyssey", "ser-tests"} <= set(protocols.names())
    for name in protocols.names():
        one = protocols.named(name)
        assert one.TITLE
        assert one.SOURCE
        assert set(one.CORPORA) <= set(corpora.names())


def test_an_unknown_protocol_names_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"no protocol called oddity: .*odyssey"):
        protocols.named("oddity")


def test_a_class_that_the_model_does_not_know_costs_it(tmp_path: Path) -> None:
    rows = "N,N,1,Test1 H,H,2,Test1 S,S,3,Test1 C,C,4,Test1 A,A,5,Train"
    found = protocol_run.run(
        "odyssey",
        model=loudness_model(tmp_path / "model"),
        roots=[msp(tmp_path / "msp", rows)],
    )
    (row,) = found.rows
    assert (row.name, row.clips) == ("Test1", 4)
    # Contempt at that level sounds happy: F1 of happy 2/3, of contempt 0.
    assert row.figures["macro F1"] == pytest.approx((1 + 2 / 3 + 1 + 0) / 4)
    assert row.figures["arousal CCC"] == pytest.approx(1, abs=1e-3)
    assert "dominance CCC" not in row.figures
    assert any("Contempt" in note for note in found.notes)


def test_a_protocol_says_what_it_needs_and_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"Odyssey 2024 needs --corpora .*MSP-Podcast"):
        protocol_run.run("odyssey", model=loudness_model(tmp_path / "m"), roots=[])
    (tmp_path / "savee").mkdir()
    reader = corpora.reader("savee")
    path = tmp_path / "savee" / reader.EXAMPLE
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, held(0.7), 16_000)
    with pytest.raises(UserError, match=r"None of the corpora .* MSP-Podcast"):
        protocol_run.run(
            "is2025", model=loudness_model(tmp_path / "m"), roots=[tmp_path / "savee"]
        )
    found = protocol_run.run(
        "emobox", model=loudness_model(tmp_path / "m"), roots=[tmp_path / "savee"]
    )
    assert "RAVDESS" in found.missing
    assert "SAVEE" not in found.missing


def test_voices_that_taught_the_model_are_not_asked(tmp_path: Path) -> None:
    model = loudness_model(tmp_path / "model")
    card = model / "card.toml"
    card.write_text(
        card.read_text() + '\n[training]\ncorpora = ["RAVDESS (CC BY-NC-SA 4.0)"]\n'
    )
    for actor in ("01", "02"):
        path = tmp_path / f"r/Actor_{actor}/03-01-05-01-01-01-{actor}.wav"
        path.parent.mkdir(parents=True)
        soundfile.write(path, held(0.7 if actor == "01" else 0.2), 16_000)
    found = protocol_run.run("emobox", model=model, roots=[tmp_path / "r"])
    assert [(row.name, row.clips) for row in found.rows] == [("fold 1 (1 of 4 voices)", 1)]
    assert any("RAVDESS taught this model" in note for note in found.notes)


def clip(name: str, emotion: str, **more: object) -> Clip:
    return Clip(path=Path(name), corpus="x", speaker=f"x:{name}", emotion=emotion, **more)  # type: ignore[arg-type]


def test_several_emotions_at_once_are_scored_as_scikit_learn_does() -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(1)
    truth, guess = random.random((40, 5)) < 0.3, random.random((40, 5)) < 0.3
    expected = sklearn.f1_score(truth, guess, average="macro", zero_division=0)
    assert emo_superb.multilabel_macro_f1(truth, guess) == pytest.approx(expected)


def test_the_threshold_is_one_over_the_classes() -> None:
    votes = ({"happy": 0.6, "sad": 0.4}, {"happy": 1.0}, {"neutral": 0.7, "sad": 0.3})
    clips = tuple(clip(f"{n}.wav", "happy", votes=v) for n, v in enumerate(votes))
    task = Task("x", "all", clips, ("neutral", "happy", "sad"))
    scores = np.array([[0.0, 0.5, 0.5], [0.3, 0.7, 0.0], [1.0, 0.0, 0.0]])
    nothing = np.zeros(3)
    answers = Answers(("neutral", "happy", "sad"), nothing, nothing, nothing, scores)
    figures = emo_superb.figures(task, answers)
    # Above one third: happy+sad, happy, neutral against happy+sad, happy, neutral.
    assert figures["macro F1"] == pytest.approx(1)
    # 0.3 of sad lies below a third, so the third clip counts as neutral only.
    assert figures["Brier"] == pytest.approx((0.02 + 0.18 + 0.18) / 3)


def test_folds_of_the_published_tables_are_read(tmp_path: Path) -> None:
    table = tmp_path / "data/casia/fold_2/casia_test_fold_2.jsonl"
    table.parent.mkdir(parents=True)
    wavs = ("downloads/casia/wangzhe/sad/201.wav", "downloads/casia/wangzhe/angry/201.wav")
    table.write_text("".join(json.dumps({"wav": wav}) + "\n" for wav in wavs))
    names = ("wangzhe/sad/201.wav", "wangzhe/angry/201.wav", "liuchanhg/sad/201.wav")
    for name in names:
        path = tmp_path / "c" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, held(0.1 + 0.1 * names.index(name)), 16_000)
    found = corpora.find([tmp_path / "c"])
    (task,) = emobox.tasks(found, tmp_path / "data")
    assert (task.name, len(task.clips)) == ("fold 2", 2)
    by_speaker = [t.name for t in emobox.tasks(found, None)]
    assert by_speaker == ["without liuchanhg", "without wangzhe"]


def test_classes_nobody_asks_for_do_not_count_but_unknown_ones_do() -> None:
    counts = np.array([[3, 0, 0], [0, 0, 0], [2, 0, 0]])
    assert strict_macro_f1(counts) == pytest.approx((6 / 8 + 0) / 2)


def test_the_robot_dog_is_asked_in_two_classes_and_in_five(tmp_path: Path) -> None:
    chunks = (("Mont_01_000_00", "A", "NEG"), ("Mont_01_000_01", "N", "IDL"))
    chunks += (("Mont_02_000_00", "E", "NEG"), ("Ohm_01_000_00", "P", "IDL"))
    root = tmp_path / "aibo"
    (root / "wav").mkdir(parents=True)
    for number, level in enumerate((0.7, 0.2, 0.65, 0.4)):
        wave = held(level)
        soundfile.write(
            root / "wav" / f"{chunks[number][0]}.wav", wave, 16_000, subtype="FLOAT"
        )
    for number, classes in ((1, 5), (2, 2)):
        lines = "".join(f"{chunk[0]} {chunk[number]} 1.0\n" for chunk in chunks)
        (root / f"chunk_labels_{classes}cl_corpus.txt").write_text(lines)
    found = protocol_run.run("is2009", model=loudness_model(tmp_path / "m"), roots=[root])
    five, two = found.rows
    assert (five.clips, two.clips) == (3, 3)
    # Loud is unpleasant to this model: both NEG and the IDL are right.
    assert two.figures["UAR of 2"] == 1
    assert five.figures["UAR of 5"] == pytest.approx(2 / 3)
    # Two and five classes have no common mean.
    assert found.means["UAR of 2"] == 1
    assert found.means["UAR of 5"] == pytest.approx(2 / 3)


def test_the_checks_of_ser_tests_are_asked_as_ever(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for actor in ("01", "02"):
        path = tmp_path / f"r/Actor_{actor}/03-01-05-01-01-01-{actor}.wav"
        path.parent.mkdir(parents=True)
        soundfile.write(path, held(0.7 if actor == "01" else 0.2), 16_000)
    model = loudness_model(tmp_path / "model")
    given = ["--corpora", str(tmp_path / "r"), "--model", str(model), "--no-curve"]
    assert door.main(["evaluate", "--protocol", "ser-tests", *given, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["outcomes"]
    assert {"correctness", "robustness"} <= set(told["pass_share"])


def test_folds_of_secondary_tables_are_folds_too(tmp_path: Path) -> None:
    """IEMOCAP and NNIME have no primary ones; whole corpora would have been asked in silence."""
    clips = tuple(
        clip(f"Ses0{n}.wav", "sad", votes={"sad": 0.6, "angry": 0.4}) for n in (1, 2, 3)
    )
    found = [corpora.Corpus("iemocap", tmp_path, clips, {})]
    folder = tmp_path / "data" / "IEMOCAP" / "Secondary"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    for fold in (1, 2):
        lines = "".join(
            f"Ses0{n}.wav,0.5,0.5,{'Test' if n == fold else 'Train'}\n" for n in (1, 2, 3)
        )
        table = folder / f"labels_consensus_{fold}.csv"
        table.write_text(f",angry,sad,Split_Set\n{lines}")
    tasks = list(emo_superb.tasks(found, tmp_path / "data"))
    assert [(t.name, [c.path.stem for c in t.clips]) for t in tasks] == [
        ("fold 1", ["Ses01"]),
        ("fold 2", ["Ses02"]),
    ]


def test_of_the_podcasts_only_what_listeners_said_is_a_fold(tmp_path: Path) -> None:
    folder = tmp_path / "PODCAST" / "Primary"
    folder.mkdir(parents=True)
    for number in (1, 2):
        (folder / f"labels_consensus_{number}.csv").write_text(
            ",angry,sad,Split_Set\na.wav,0.5,0.5,Test\n"
        )
    clips = (clip("a.wav", "sad", votes={"sad": 0.6, "angry": 0.4}),)
    found = [corpora.Corpus("msp_podcast", tmp_path, clips, {})]
    assert [task.name for task in emo_superb.tasks(found, tmp_path)] == ["fold 1"]


def test_four_emotions_of_iemocap_are_asked_session_by_session(tmp_path: Path) -> None:
    words = ("neutral", "happy", "sad", "angry", "fearful", "surprised")
    clips = tuple(
        clip(f"{word}{n}.wav", word, part=f"Session{n}") for n in (1, 2) for word in words
    )
    found = [corpora.Corpus("iemocap", tmp_path, clips, {})]
    one, two = emobox.tasks(found, None)
    assert (one.name, two.name, len(one.clips)) == ("Session1", "Session2", 4)
    assert one.classes == ("neutral", "happy", "sad", "angry")


def test_a_fold_that_is_listed_twice_is_one_fold(tmp_path: Path) -> None:
    folder = tmp_path / "emodb" / "fold_1"
    folder.mkdir(parents=True)
    for name in ("emodb_test_fold1.jsonl", "emodb_test_fold_1.jsonl"):
        (folder / name).write_text(
            json.dumps({"wav": "downloads/emodb/wav/03a01Wa.wav"}) + "\n"
        )
    clips = (clip("/x/wav/03a01Wa.wav", "angry"), clip("/x/wav/08a01Ta.wav", "sad"))
    found = [corpora.Corpus("emodb", tmp_path, clips, {})]
    (task,) = emobox.tasks(found, tmp_path)
    assert (task.name, len(task.clips)) == ("fold 1", 1)


def test_the_test_part_of_a_corpus_is_its_fold(tmp_path: Path) -> None:
    clips = (clip("a.mp4", "angry", part="train"), clip("b.mp4", "sad", part="test"))
    (task,) = emobox.tasks([corpora.Corpus("meld", tmp_path, clips, {})], None)
    assert (task.name, [c.path.stem for c in task.clips]) == ("test part", ["b"])


@pytest.mark.parametrize(
    ("name", "parts"),
    [("odyssey", ["Test3", "Test1", "Development"]), ("is2025", ["Test3", "Development"])],
)
def test_challenges_ask_their_own_parts(name: str, parts: list[str], tmp_path: Path) -> None:
    rows = " ".join(
        f"{word},{word},{n},{part}"
        for n, part in enumerate(("Train", "Development", "Test1", "Test2", "Test3"))
        for word in "NA"
    )
    rows = rows.replace("N,N,0", "X,N,0")
    found = protocol_run.run(
        name, model=loudness_model(tmp_path / "m"), roots=[msp(tmp_path / "msp", rows)]
    )
    assert [row.name for row in found.rows] == parts
    assert found.means["macro F1"] == 1
    assert next(iter(found.means)) == "macro F1"


def test_a_folder_of_folds_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no folder .*folds"):
        protocol_run.run(
            "emobox",
            model=loudness_model(tmp_path / "m"),
            roots=[tmp_path],
            partitions=tmp_path / "gone",
        )


def test_a_fold_that_is_there_in_part_says_so(tmp_path: Path) -> None:
    clips = tuple(
        replace(clip(f"{actor}.wav", word), speaker=f"ravdess:{actor}")
        for actor in ("01", "11", "04")
        for word in ("angry", "sad")
    )
    found = [corpora.Corpus("ravdess", tmp_path, clips, {})]
    names = [task.name for task in emobox.tasks(found, None)]
    assert names == ["fold 1 (2 of 4 voices)", "fold 2 (1 of 4 voices)"]
    table = tmp_path / "ravdess/fold_1/ravdess_test_fold_1.jsonl"
    table.parent.mkdir(parents=True)
    listed = ("downloads/ravdess/01.wav", "downloads/ravdess/20.wav")
    table.write_text("".join(json.dumps({"wav": wav}) + "\n" for wav in listed))
    (task,) = emobox.tasks([corpora.Corpus("ravdess", tmp_path, clips[:1], {})], tmp_path)
    assert (task.name, task.folds) == ("fold 1 (1 of 2 clips)", 1)


def test_folds_that_are_missing_are_said(tmp_path: Path) -> None:
    for level, speaker in ((0.1, "f1"), (0.2, "m2")):
        for word in ("rab", "tri"):
            path = tmp_path / "emovo" / speaker / f"{word}-{speaker}-b1.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, held(level + 0.4 * (word == "rab")), 16_000)
    model = loudness_model(tmp_path / "m")
    found = protocol_run.run("emobox", model=model, roots=[tmp_path / "emovo"])
    assert "Of EMOVO 2 of 6 folds are there." in found.notes


def test_a_folder_without_tables_of_folds_is_not_taken_for_one_with_them(
    tmp_path: Path,
) -> None:
    """Such as the repository itself, where its folder data was meant."""
    root = lying(tmp_path / "c" / "e", "f1/rab-f1-b1.wav", "m2/tri-m2-b1.wav")
    lying(tmp_path / "c" / "a", "wangzhe/sad/201.wav", "wangzhe/angry/202.wav")
    table = tmp_path / "repository/data/casia/fold_1/casia_test_fold_1.jsonl"
    table.parent.mkdir(parents=True)
    table.write_text(json.dumps({"wav": "downloads/casia/wangzhe/sad/201.wav"}) + "\n")

    def run(name: str, roots: Path, partitions: Path) -> protocol_run.ProtocolReport:
        model = loudness_model(tmp_path / "m")
        return protocol_run.run(name, model=model, roots=[roots], partitions=partitions)

    for partitions in (tmp_path / "repository", tmp_path / "repository" / "data"):
        with pytest.raises(UserError, match="No table of folds that EmoBox has .* for EMOVO"):
            run("emobox", root, partitions)
    found = run("emobox", tmp_path / "c", tmp_path / "repository" / "data")
    assert [row.name for row in found.rows] == ["fold 1", "without f1", "without m2"]
    note = "No tables of EMOVO are in .*: its folds are not read from there."
    assert len([one for one in found.notes if re.fullmatch(note, one)]) == 1
    # A protocol that has no such tables at all.
    msp(tmp_path / "p", "N,N,1,Test1 A,A,2,Test1")
    with pytest.raises(UserError, match="leave --partitions out"):
        run("odyssey", tmp_path / "p", tmp_path / "repository")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b'{"key": "a"}\n', 'line 1 is not {"wav": "a path"}'),
        (b'{"wav": "downloads/ravdess/a.wav"}\n{"wav": \n', "line 2 is not"),
        ('{"wav": "a"}'.encode("utf-16"), "it is not UTF-8"),
    ],
)
def test_what_is_wrong_in_a_fold_of_emobox_is_said(
    content: bytes, said: str, tmp_path: Path
) -> None:
    table = tmp_path / "ravdess/fold_1/ravdess_test_fold_1.jsonl"
    table.parent.mkdir(parents=True)
    table.write_bytes(content)
    found = [corpora.Corpus("ravdess", tmp_path, (clip("a.wav", "sad"),), {})]
    with pytest.raises(UserError) as refusal:
        list(emobox.tasks(found, tmp_path))
    assert str(refusal.value).startswith(f"{table} is not a fold of EmoBox: {said}")


@pytest.mark.parametrize("content", ["", ",angry,Split\na.wav,1,Test\n"])
def test_a_fold_of_emo_superb_without_its_split_is_said(content: str, tmp_path: Path) -> None:
    (tmp_path / "CREMA-D" / "Primary").mkdir(parents=True)
    (tmp_path / "CREMA-D" / "Primary" / "labels_consensus_1.csv").write_text(content)
    clips = (clip("a.wav", "sad", votes={"sad": 0.6, "angry": 0.4}),)
    found = [corpora.Corpus("cremad", tmp_path, clips, {})]
    with pytest.raises(UserError, match="it has no column Split_Set, or no row"):
        list(emo_superb.tasks(found, tmp_path))


def test_every_fold_of_a_corpus_has_the_same_threshold(tmp_path: Path) -> None:
    clips = (
        clip("a.wav", "sad", votes={"sad": 0.5, "angry": 0.5}),
        clip("b.wav", "sad", votes={"sad": 0.4, "happy": 0.6}),
    )
    folder = tmp_path / "IEMOCAP" / "Primary"
    folder.mkdir(parents=True)
    for fold, stem in ((1, "A"), (2, "B")):
        (folder / f"labels_consensus_{fold}.csv").write_text(
            f",x,Split_Set\n{stem}.wav,1,Test\n"
        )
    tasks = emo_superb.tasks([corpora.Corpus("iemocap", tmp_path, clips, {})], tmp_path)
    assert [task.classes for task in tasks] == [("happy", "sad", "angry")] * 2


def lying(root: Path, *names: str) -> Path:
    for number, name in enumerate(names):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, held(0.1 + 0.05 * number), 16_000)
    return root


def taught_by(model: Path, title: str) -> Path:
    card = model / "card.toml"
    card.write_text(f'{card.read_text()}\n[training]\ncorpora = ["{title} (a licence)"]\n')
    return model


def test_an_evaluation_of_corpora_leaves_out_who_taught_the_model(tmp_path: Path) -> None:
    names = [f"Actor_{n}/03-01-0{e}-01-01-01-{n}.wav" for n in ("01", "02") for e in (4, 5)]
    root = lying(tmp_path / "r", *names)
    model = taught_by(loudness_model(tmp_path / "m"), "RAVDESS")
    found = evaluate(model=model, roots=[root], curve=False, rounds=10)
    assert (found.figures.clips, found.figures.speakers) == (2, 1)
    said = "RAVDESS taught this model: only the one voice that was kept for measuring is asked."
    assert said in found.reasons
    with pytest.raises(
        UserError, match="Nothing is left to ask. RAVDESS taught this model: none"
    ):
        evaluate(model=model, roots=[root / "Actor_02"], curve=False)


def test_a_corpus_without_its_votes_is_missing(tmp_path: Path) -> None:
    lying(tmp_path / "c", "AudioWAV/1001_DFA_ANG_XX.wav", "AudioWAV/1001_DFA_SAD_XX.wav")
    reader = corpora.reader("nnime")
    lying(tmp_path / "n", reader.EXAMPLE)
    for path, text in reader.BESIDE.items():
        (tmp_path / "n" / path).parent.mkdir(exist_ok=True)
        (tmp_path / "n" / path).write_text(text)
    found = protocol_run.run(
        "emo-superb", model=loudness_model(tmp_path / "m"), roots=[tmp_path]
    )
    assert [row.corpus for row in found.rows] == ["NNIME"]
    assert found.missing["CREMA-D"] == "with processedResults/tabulatedVotes.csv"


def test_sounds_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    root = lying(tmp_path / "e", "wav/03a01Wa.wav", "wav/03a01Ta.wav")
    (root / "wav" / "08a01Wa.wav").write_bytes(b"RIFF broken off")
    found = protocol_run.run("emobox", model=loudness_model(tmp_path / "m"), roots=[root])
    assert found.notes[-1] == "Left out besides: 1 unreadable sound."


@pytest.mark.parametrize("there", [True, False])
def test_films_that_cannot_be_read_ask_for_ffmpeg_where_it_is_missing(
    there: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if there and not ffmpeg.program():
        pytest.skip("there is no ffmpeg here")
    if not there:
        for module in (ffmpeg, loading):
            monkeypatch.setattr(module, "program", lambda: "")
    reader = corpora.reader("enterface")
    for sentence in (1, 2):
        film = tmp_path / reader.EXAMPLE.replace("sentence 1", f"sentence {sentence}")
        film.parent.mkdir(parents=True, exist_ok=True)
        film.write_bytes(b"RIFF broken off" + bytes(sentence))
    model = str(loudness_model(tmp_path / "m"))
    other = str(loudness_model(tmp_path / "n"))
    given = ["--corpora", str(tmp_path / "subject 1")]
    for words in (
        ["evaluate", "--model", model],
        ["evaluate", "--model", model, "--protocol", "emobox"],
        ["compare", "--models", model, other],
    ):
        assert door.main([*words, *given]) == 2
        said = " ".join(capsys.readouterr().err.split())
        expected = "2 unreadable film" if there else "2 unreadable film (films need ffmpeg)"
        assert expected in said
        assert ("(films need ffmpeg)" in said) == (not there)


def test_what_a_corpus_lacks_is_said(tmp_path: Path) -> None:
    root = msp(tmp_path / "p", "N,N,1,Test1 A,A,2,Test1")
    (root / "Audios" / "MSP-PODCAST_0001_0001.wav").unlink()
    found = protocol_run.run("odyssey", model=loudness_model(tmp_path / "m"), roots=[root])
    assert [row.clips for row in found.rows] == [1]
    assert "Left out of MSP-Podcast: 1 missing file." in found.notes


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--protocol", "ser-tests"], "ser-tests needs --corpora FOLDER (any of CREMA-D"),
        (["--protocol", "emobox", "--plots", "x"], "--plots and --predictions"),
        (["--protocol", "emobox", "--zero", "speaker"], "leave --zero out"),
    ],
)
def test_what_a_protocol_cannot_do_is_said(
    given: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = loudness_model(tmp_path / "m")
    assert door.main(["evaluate", "--model", str(model), *given]) != 0
    assert said in " ".join(capsys.readouterr().err.split())


def test_ser_tests_says_which_of_its_corpora_are_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = lying(tmp_path / "e", "wav/03a01Wa.wav", "wav/08a01Ta.wav")
    model = loudness_model(tmp_path / "m")
    given = ["--corpora", str(root), "--model", str(model), "--no-curve", "--rounds", "10"]
    assert door.main(["evaluate", "--protocol", "ser-tests", *given]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "ser-tests also asks CREMA-D, DES, EMOVO, IEMOCAP, MELD" in printed


@pytest.mark.parametrize("name", ["odyssey", "is2025"])
def test_a_part_whose_labels_are_kept_back_is_not_asked(name: str, tmp_path: Path) -> None:
    clips = (
        clip("a.wav", "sad", part="Development", label="S"),
        replace(clip("b.wav", "sad", part="Test3"), emotion=None),
    )
    found = [corpora.Corpus("msp_podcast", tmp_path, clips, {})]
    assert [task.name for task in protocols.named(name).tasks(found, None)] == ["Development"]
