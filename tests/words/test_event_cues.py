"""What happens, as people say it, and what only sounds like it."""

import pytest

from dndmood.words import grammar
from dndmood.words.event_cues import EventCues
from dndmood.words.spoken import spoken


def events(sentence: str, language: str = "en") -> list[str]:
    found = EventCues(grammar.read(language)).push(spoken(sentence, 0.0, 4.0), last=True)
    return [cue.name for cue in found]


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Everyone roll for initiative!", "en"),
        ("all right everyone rolls an issue", "en"),
        ("okay initiative what did you get", "en"),
        ("Würfelt bitte Initiative!", "de"),
        ("Lancez l'initiative !", "fr"),
        ("¡Tirad iniciativa!", "es"),
    ],
)
def test_initiative_begins_a_fight(sentence, language):
    assert events(sentence, language) == ["initiative"]


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("you are no longer in initiative", "en"),
        ("we are out of initiative now", "en"),
        ("so initiative is over", "en"),
        ("initiative never mind", "en"),
        ("you exit your initiative", "en"),
        ("Okay, you're no longer an initiate.", "en"),  # as tiny.en hears it
        ("Ihr seid nicht mehr in der Initiative.", "de"),
        ("Vous n'êtes plus en initiative.", "fr"),
        ("Ya no estáis en iniciativa.", "es"),
    ],
)
def test_the_end_of_initiative_ends_it(sentence, language):
    assert events(sentence, language) == ["combat_end"]


@pytest.mark.parametrize(
    "sentence",
    [
        "what is your initiative bonus",
        "you add plus five to initiative",
        "What happens if two people have the same initiative?",
        "how does initiative work when we are surprised",
        "the one with the highest initiative goes first",
        "Do we roll for initiative?",
        "Should we roll initiative now?",
    ],
)
def test_a_bonus_and_a_question_about_the_rules_are_no_fight(sentence):
    assert events(sentence) == []


def test_what_is_said_twice_within_a_moment_happens_once():
    assert events("roll initiative everybody roll initiative now please") == ["initiative"]


def test_a_rest_is_a_rest_and_its_rules_are_none():
    assert events("you make camp and take a long rest") == ["rest"]
    assert events("you regain it after a long rest") == []


@pytest.mark.parametrize(
    ("sentence", "event", "phrase"),
    [
        ("okay everyone roll initiate please", "initiative", "roll initiative"),
        ("you can exit the initiate, easily", "combat_end", "exit the initiative"),
        ("and then the battle begin", None, None),
        ("a battle begins", "initiative", "the battle begins"),
    ],
)
def test_what_is_misheard_counts_and_is_told_as_the_list_has_it(sentence, event, phrase):
    found = EventCues(grammar.read("en")).push(spoken(sentence, 0.0, 4.0), last=True)
    assert [(cue.name, cue.phrase) for cue in found] == ([(event, phrase)] if event else [])


@pytest.mark.parametrize(
    "sentence",
    [
        "he is an initiate of the order",
        "she initiates the ritual",
        "tonight you take part in initiation rites",
        "who will initiate the conversation",
        "it was only an imitation",
    ],
)
def test_words_that_only_sound_like_initiative_begin_no_fight(sentence):
    assert events(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "language", "event"),
    [
        ("How do you want to do this?", "en", ["death"]),
        ("Is he dead? I think he's dead?", "en", []),
        ("She took the initiative to clean the house.", "en", []),
        ("You all fall asleep.", "en", ["rest"]),
        ("Ihr habt den Drachen besiegt!", "de", ["victory"]),
        ("Der Drache hat uns besiegt.", "de", []),
        ("Wir ergreifen die Initiative.", "de", []),
        ("Endlich kommt ihr an.", "de", ["arrival"]),
    ],
)
def test_what_game_masters_say_is_an_event_and_everyday_talk_is_none(sentence, language, event):
    assert events(sentence, language) == event


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("You take a long rest. Anyone?", ["rest"]),
        ("You take a long rest, who keeps watch?", ["rest"]),
        ("You take a long rest?", []),
        ("Ihr macht eine lange Rast, wer hält Wache?", ["rest"]),
    ],
)
def test_a_question_behind_what_happens_asks_something_else(sentence, found):
    language = "de" if sentence.startswith("Ihr") else "en"
    assert events(sentence, language) == found
