"""What is a place where the party is, and what is only talk: sentences as people say them."""

import pytest

from dndmood import paths
from dndmood.places import book
from dndmood.places.locate import Whereabouts
from dndmood.words import grammar
from dndmood.words.place_cues import PlaceCues
from dndmood.words.spoken import spoken

PLACES = book.load(paths.places())


def place_after(*sentences: str, language: str = "en", opening: str = "", places=PLACES) -> str:
    cues = PlaceCues(grammar.read(language), places, language=language)
    where = Whereabouts(places, opening=opening)
    for number, sentence in enumerate(sentences):
        words = spoken(sentence, number * 10.0, number * 10.0 + 4.0)
        for cue in cues.push(words, last=True):
            where.hear(cue)
    return where.place


ARRIVALS = {
    "en": (
        ("You finally arrive at the old tavern.", "tavern"),
        ("you guys walk into the dark forest", "forest"),
        ("You enter the temple of the moon god.", "temple"),
        ("after three days you reach the city", "city"),
        ("You come to a small village.", "village"),
        ("you climb down into the crypt", "dungeon"),
        ("We step into the throne room.", "castle"),
        ("You set up camp for the night.", "camp"),
        ("you all go aboard and you are on the ship now", "water"),
        ("You are standing on the summit of the mountain.", "mountain"),
        ("You walk into the blacksmith's shop.", "shop"),
        ("you're travelling across the plains", "wild"),
        ("You find yourselves in a dungeon.", "dungeon"),
    ),
    "de": (
        ("Ihr betretet den dunklen Wald.", "forest"),
        ("ihr kommt in ein kleines Dorf", "village"),
        ("Ihr erreicht die Taverne.", "tavern"),
        ("Ihr seid jetzt in der Höhle.", "dungeon"),
        ("wir gehen in den Tempel", "temple"),
        ("Ihr schlagt euer Lager auf.", "camp"),
    ),
    "fr": (
        ("Vous entrez dans la forêt.", "forest"),
        ("vous arrivez à la taverne", "tavern"),
        ("Nous sommes dans le château.", "castle"),
        ("Vous arrivez au village.", "village"),
        ("vous descendez dans la crypte", "dungeon"),
    ),
    "es": (
        ("Entráis en el bosque.", "forest"),
        ("Llegáis a la taberna.", "tavern"),
        ("estáis en el castillo", "castle"),
        ("bajáis a la cripta", "dungeon"),
        ("Llegáis al pueblo.", "village"),
    ),
}
TALK = {
    "en": (
        "We should go to the tavern tomorrow.",
        "maybe we can go back into the forest",
        "I was born in a village near the sea.",
        "The village elder looks at you.",
        "Do you want to go to the castle?",
        "if you go into the dungeon you will die",
        "I am the dungeon master tonight.",
        "You see a castle in the distance.",
        "I cast a fire bolt, castle a spell I mean",
        "he told me about the temple",
        "the forest gnome and the mountain dwarf",
        "We are in the same boat.",
        "That is the house rule.",
        "There's a bar fight.",
        "don't go into the cave",
        "What would you do in the city?",
        "keep in mind that the water elemental is gone",
        "you come from the mountains",
    ),
    "de": (
        "Wir sollten in die Taverne gehen.",
        "Vielleicht gehen wir in den Wald.",
        "Ich war früher im Dorf.",
        "Wollt ihr in die Burg?",
        "Der Dorfälteste sieht euch an.",
    ),
    "fr": (
        "Nous devrions aller à la taverne.",
        "Il était une fois dans la forêt.",
        "Voulez-vous aller au château ?",
    ),
    "es": (
        "Deberíamos ir a la taberna.",
        "Yo vivía en el pueblo.",
        "¿Queréis ir al castillo?",
    ),
}


@pytest.mark.parametrize(
    ("language", "sentence", "place"),
    [(language, *one) for language, every in ARRIVALS.items() for one in every],
)
def test_an_arrival_moves_the_party_at_once(language, sentence, place):
    other = "road" if place != "road" else "city"
    assert place_after(sentence, language=language, opening=other) == place


@pytest.mark.parametrize(
    ("language", "sentence"),
    [(language, one) for language, every in TALK.items() for one in every],
)
def test_a_place_only_talked_about_moves_nobody(language, sentence):
    assert place_after(*[sentence] * 8, language=language, opening="road") == "road"
    assert place_after(*[sentence] * 8, language=language) == ""


def test_leaving_a_tavern_brings_the_party_back_to_where_it_was():
    assert (
        place_after("You arrive at the city.", "You walk into the tavern.", "you walk outside")
        == "city"
    )
    assert place_after("You walk into the tavern.", "We leave the tavern now.") == "village"


def test_inside_is_the_building_that_was_spoken_of():
    assert (
        place_after("You stand in front of the temple.", "You guys go inside.", opening="city")
        == "temple"
    )


def test_a_sentence_may_be_cut_anywhere():
    cues = PlaceCues(grammar.read("en"), PLACES, language="en")
    words = spoken("you all walk slowly into the dark old forest and look around", 0.0, 4.0)
    found = [cue for word in words for cue in cues.push([word])] + cues.push([], last=True)
    assert [(cue.name, cue.phrase) for cue in found if cue.strength >= 1.0] == [
        ("forest", "forest")
    ]


def test_an_article_that_is_misheard_takes_no_arrival_away_and_makes_no_trap():
    cues = PlaceCues(grammar.read("en"), PLACES, language="en")
    found = cues.push(spoken("you huddle around the warm campfire", 0.0, 4.0), last=True)
    assert [(cue.name, cue.phrase) for cue in found] == [("camp", "around a warm campfire")]
    found = cues.push(spoken("so I make a splash in the water", 20.0, 24.0), last=True)
    assert [cue.name for cue in found] == ["water"]  # "a water" is a thing to drink


def own_places(folder, **files: str):
    for name, phrases in files.items():
        text = f'title = "{name} of ours"\n[phrases]\n{phrases}\n'
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return book.load(paths.places(), folder)


def test_a_name_that_two_places_have_is_that_of_ones_own_and_moves_the_party_once(tmp_path):
    places = own_places(tmp_path, Tavern='en = ["The Tavern", "tavern"]')
    cues = PlaceCues(grammar.read("en"), places, language="en")
    said = "You walk into the tavern. You walk into the inn."
    found = [cue.name for cue in cues.push(spoken(said, 0.0, 5.0), last=True)]
    assert found == ["Tavern", "tavern"]


def test_of_two_own_places_with_one_name_the_first_has_it(tmp_path):
    places = own_places(tmp_path, alpha='en = ["glass tower"]', beta='en = ["Glass-Tower"]')
    assert place_after("You walk into the glass tower.", places=places) == "alpha"


@pytest.mark.parametrize(
    ("language", "phrase", "sentence"),
    [
        ("en", "Witch's Hut", "you walk into the witch's hut"),
        ("en", "Witch\u2019s Hut", "You walk into the witch's hut."),
        ("en", "half-orc's den", "you enter the Half Orc\u2019s den"),
        ("de", "Käsekeller", "Ihr betretet den käsekeller."),
        ("de", "Straße der Äpfel", "ihr kommt in die Strasse der Äpfel"),
        ("fr", "l'île d'Œuvre", "vous arrivez à l\u2019île d\u2019œuvre"),
        ("es", "peñón", "llegáis al peñón"),
    ],
)
def test_phrases_with_marks_and_letters_of_all_kinds_are_found_and_shown_as_they_were_written(
    tmp_path, language, phrase, sentence
):
    places = own_places(tmp_path, mine=f'{language} = ["{phrase}"]')
    cues = PlaceCues(grammar.read(language), places, language=language)
    found = cues.push(spoken(sentence, 0.0, 4.0), last=True)
    assert [(cue.name, cue.phrase) for cue in found] == [("mine", phrase)]
