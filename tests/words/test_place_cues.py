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
        ("Behind the waterfall there's a cave, and you squeeze in.", "dungeon"),
        ("There's a tavern on the corner, and you walk in and sit down.", "tavern"),
        ("You arrive at the castle, what do you do?", "castle"),
        ("You enter the tavern, does anyone want a drink?", "tavern"),
        ("You make camp, who takes the first watch?", "camp"),
        ("At last you've reached the village of Thornbury.", "village"),
        ("You push the boat off and drift out onto the lake.", "water"),
        ("You stand before the castle. You ride through the gate.", "castle"),
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
        ("As you enter the tavern, the music stops.", "tavern"),
        ("You push open the door and enter the inn.", "tavern"),
        ("You pass the gates and enter the city.", "city"),
        ("the doors open and you walk inside the temple", "temple"),
        ("You open the gate and then walk into the castle.", "castle"),
        ("The stairs lead you down into the crypt.", "dungeon"),
        ("He escorts you through the gate and into the castle.", "castle"),
        ("You follow the old road north.", "road"),
        ("You spend the day climbing the mountain.", "mountain"),
        ("Two weeks later you arrive back home.", "home"),
        ("An hour later you reach the village.", "village"),
        ("Welcome to the city of Waterdeep.", "city"),
        ("You wake up in the middle of the forest.", "forest"),
        ("Inside the temple you find an altar.", "temple"),
    ),
    "de": (
        ("Hinter dem Hügel liegt ein kleines Dorf, und ihr geht hinein.", "village"),
        ("Ihr betretet die Taverne, was macht ihr?", "tavern"),
        ("Ihr betretet den dunklen Wald.", "forest"),
        ("ihr kommt in ein kleines Dorf", "village"),
        ("Ihr erreicht die Taverne.", "tavern"),
        ("Ihr seid jetzt in der Höhle.", "dungeon"),
        ("wir gehen in den Tempel", "temple"),
        ("Ihr schlagt euer Lager auf.", "camp"),
        ("Endlich betretet ihr den Wald.", "forest"),
        ("Am Abend erreicht ihr ein kleines Dorf.", "village"),
        ("Während ihr die Taverne betretet, wird es still.", "tavern"),
        ("Die Glocke klingelt, sobald ihr in den Laden tretet.", "shop"),
        ("Man führt euch in die Burg.", "castle"),
        ("Er bringt euch durch das Tor in das Schloss.", "castle"),
        ("Ihr folgt der alten Straße nach Norden.", "road"),
        ("Zwei Stunden später seid ihr in der Stadt.", "city"),
        ("Am nächsten Morgen erreicht ihr ein Fischerdorf.", "village"),
        ("Ihr macht Feuer und schlagt ein Lager auf.", "camp"),
        ("Im Tempel findet ihr einen Altar.", "temple"),
    ),
    "fr": (
        ("Vous voilà au milieu de la forêt.", "forest"),
        ("Derrière la colline, il y a un petit village, et vous y entrez.", "village"),
        ("Vous entrez dans la taverne, que faites-vous ?", "tavern"),
        ("Vous entrez dans la forêt.", "forest"),
        ("vous arrivez à la taverne", "tavern"),
        ("Nous sommes dans le château.", "castle"),
        ("Vous arrivez au village.", "village"),
        ("vous descendez dans la crypte", "dungeon"),
        ("Quand vous entrez dans la taverne, le silence se fait.", "tavern"),
        ("Vous poussez la porte et entrez dans la taverne.", "tavern"),
        ("L'escalier vous mène dans la crypte.", "dungeon"),
        ("Les gardes vous emmènent au château.", "castle"),
        ("Vous suivez la vieille route vers le nord.", "road"),
        ("Deux jours plus tard vous atteignez le village.", "village"),
        ("Vous gravissez la montagne.", "mountain"),
    ),
    "es": (
        ("Detrás de la colina hay una aldea, y entráis en ella.", "village"),
        ("Entráis en la taberna, ¿qué hacéis?", "tavern"),
        ("Entráis en el bosque.", "forest"),
        ("Llegáis a la taberna.", "tavern"),
        ("estáis en el castillo", "castle"),
        ("bajáis a la cripta", "dungeon"),
        ("Llegáis al pueblo.", "village"),
        ("Cuando entráis en la taberna, todos callan.", "tavern"),
        ("La escalera os lleva a la cripta.", "dungeon"),
        ("Montáis el campamento para la noche.", "camp"),
        ("Seguís el viejo camino hacia el norte.", "road"),
        ("Escaláis la montaña.", "mountain"),
        ("Os sentáis en la barra.", "tavern"),
        ("Os arrodilláis en la capilla.", "temple"),
        ("A la mañana siguiente llegáis a la aldea.", "village"),
        ("Ya estáis en lo profundo del bosque.", "forest"),
    ),
}
TALK = {
    "en": (
        "There is a cave behind the waterfall, but you walk in the other direction.",
        "The way to the castle is long, and you walk in silence.",
        "You go into the cave?",
        "Which castle, the old one, do you mean?",
        "You know when you walk into a shop and forget what you came for?",
        "That's what he taught us at the lake.",
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
        "She tells you about the tavern in the next town.",
        "It takes you two hours to reach the village.",
        "The road leads to a village.",
        "I'll open the door and then maybe go into the cave.",
        "We should rest and then go to the castle.",
        "The guard could lead you to the castle.",
        "Let's follow the road.",
        "Can we get home before midnight?",
        "We're at my brother's in the mountains until Monday.",
        "They moved our office into the city.",
        "In that film they walk into the temple and the floor just opens.",
        "You start in a village, as always.",
        "My favourite chapter is when they enter the mines.",
        "We're getting married in a castle in September.",
        "Here's the plan. He climbs up, and then we all walk into the temple.",
        "And then we woke up in a cell.",
        "We went to the castle and got thrown out.",
        "You're wanted in two cities.",
        "Which way did we say, left to the mine or right to the road?",
        "We are walking from village to village.",
        "A wizard walks into a tavern and orders a beer.",
        "I love that level, you're in the old harbour and the music changes.",
        "While you're in the water, you have disadvantage.",
        "She's moved into a house in the woods.",
        "You go through the door, down the corridor, and the toilet is on the right.",
        "You come home and the fridge is empty.",
    ),
    "de": (
        "Kennst du das, du gehst in den Laden und vergisst, was du wolltest?",
        "Das hat er uns am See beigebracht.",
        "Wir sollten in die Taverne gehen.",
        "Vielleicht gehen wir in den Wald.",
        "Ich war früher im Dorf.",
        "Wollt ihr in die Burg?",
        "Der Dorfälteste sieht euch an.",
        "Wir wollen die Höhle betreten.",
        "Die Straße führt zu einem Dorf.",
        "Die Wache könnte euch in die Burg bringen.",
        "Betretet ihr den Tempel?",
        "Wir gehen morgen in die Stadt.",
        "Am Wochenende sind wir in der Stadt.",
        "In dem Film geht er in den Tempel.",
        "Folgender Plan. Er klettert hoch. Dann gehen wir in den Tempel.",
        "Wir gehen von Dorf zu Dorf.",
        "Ein Zwerg geht in die Taverne.",
        "Ihr kommt in die Höhle, und die Toilette ist rechts.",
        "Ich liebe das Level, ihr seid im alten Hafen.",
        "Solange ihr im Wasser seid, habt ihr Nachteil.",
        "Ada ist umgezogen, in ein Haus im Wald.",
    ),
    "fr": (
        "Vous savez quand on passe dans une boutique et on oublie pourquoi.",
        "Nous devrions aller à la taverne.",
        "Il était une fois dans la forêt.",
        "Voulez-vous aller au château ?",
        "Je veux suivre la route.",
        "La route mène à un village.",
        "Entrez-vous dans le temple ?",
        "Samedi nous sommes dans la forêt.",
        "Dans le film ils entrent dans le temple.",
        "Vous entrez dans la taverne, et les toilettes sont à droite.",
        "Elle a emménagé dans une maison dans la forêt.",
        "Dans ce niveau vous êtes dans la forêt.",
    ),
    "es": (
        "¿Sabes cuando entras en la tienda y olvidas todo?",
        "Deberíamos ir a la taberna.",
        "Yo vivía en el pueblo.",
        "¿Queréis ir al castillo?",
        "El camino lleva a una aldea.",
        "El guardia podría llevaros al castillo.",
        "¿Entráis en el templo?",
        "Cuando lleguéis a la aldea, preguntad.",
        "Podéis comprar caballos en la ciudad.",
        "El sábado estamos en el bosque.",
        "En la película ella entra en el templo.",
        "Llegáis a la taberna y la nevera está vacía.",
        "Se ha mudado a una casa en el bosque.",
        "En ese nivel estáis en el bosque.",
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


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "They finally arrive at the castle."),
        ("en", "He goes into the cave with a torch, and the torch goes out."),
        ("de", "Er kommt in die Burg."),
        ("fr", "Elle arrive au château."),
        ("es", "Ella entra en el castillo."),
    ],
)
def test_somebody_elses_way_moves_the_party_only_where_the_place_was_spoken_of(
    language, sentence
):
    assert place_after(sentence, language=language, opening="road") == "road"
    assert place_after(*[sentence] * 2, language=language, opening="road") != "road"


def test_a_plan_goes_on_over_several_sentences_and_ends():
    plan = ("So, the plan is this.", "We get up early. We go to the castle.")
    words = [spoken(plan[0], 0.0, 2.0), spoken(plan[1], 2.0, 6.0)]
    later = spoken("We go to the castle.", 30.0, 33.0)

    def strongest(*pieces):
        cues = PlaceCues(grammar.read("en"), PLACES, language="en")
        return max(cue.strength for piece in pieces for cue in cues.push(piece, last=True))

    assert strongest(*words) <= 0.1
    assert strongest(*words, later) >= 2.0
    assert strongest(words[1]) >= 2.0


def test_an_arrival_counts_even_right_behind_talk_of_today():
    assert place_after("The pizza is here. You arrive at the castle.") == "castle"
    assert (
        place_after("The film is great. When they walk into the bar.", opening="road") == "road"
    )


def test_a_building_only_talked_of_is_not_what_one_walks_into():
    assert place_after("Even the house is a mimic.", "You walk in.", opening="road") == "road"


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


def test_an_arrival_of_ones_own_says_by_itself_that_one_is_there(tmp_path):
    (tmp_path / "feywild.toml").write_text(
        'title = "Feywild"\n[phrases]\nen = ["feywild"]\n[arrivals]\nen = ["through the fairy ring"]\n',
        encoding="utf-8",
    )
    places = book.load(paths.places(), tmp_path)
    assert place_after("Through the fairy ring!", places=places) == "feywild"
    planned = "Should we go through the fairy ring tomorrow?"
    assert place_after(*[planned] * 8, places=places) == ""


def test_a_movement_without_a_name_is_not_the_partys_because_it_was_named_before():
    said = "you roll two dice and keep the higher one, my sister has moved moved to the city"
    assert place_after(said, opening="road") == "road"


def test_what_is_entered_by_name_is_not_the_building_that_was_spoken_of():
    plan = "We should go to the castle tomorrow."
    assert place_after(plan, "you enter the bathroom of a friend", opening="road") == "road"
    assert place_after("You stand before a castle.", "You enter.", opening="forest") == "castle"


def test_who_makes_camp_has_arrived_even_after_another_arrival():
    for language, forest, camp in (
        ("en", "You walk into the forest.", "You set up camp for the night."),
        ("de", "Ihr geht in den Wald.", "Ihr schlagt euer Lager auf."),
        ("fr", "Vous entrez dans la forêt.", "Vous montez le camp."),
        ("es", "Entráis en el bosque.", "Montáis el campamento."),
    ):
        assert place_after(forest, language=language) == "forest"
        assert place_after(forest, camp, language=language) == "camp"
