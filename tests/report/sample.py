"""Evenings that never happened: seeded journals as `dndmood listen` would have written them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Spot:
    name: str
    title: str
    arousal: float
    valence: float


PLACES = (
    Spot("calm", "Calm", 0.32, 0.60),
    Spot("merry", "Merry", 0.65, 0.80),
    Spot("suspense", "Suspense", 0.48, 0.38),
    Spot("battle", "Battle", 0.82, 0.25),
    Spot("sorrow", "Sorrow", 0.25, 0.25),
    Spot("triumph", "Triumph", 0.85, 0.85),
)
TRACKS = {
    "calm": ["Barley Road", "Lanterns on Still Water", "The Long Rest"],
    "merry": ["The Copper Kettle", "Seven Mugs on the Table", "The Miller's Wager"],
    "suspense": ["Below the Ninth Stair", "Thirteen Locks", "What the Fog Keeps"],
    "battle": ["Shields at the Ford", "Iron Weather", "Hold the Bridge"],
    "sorrow": ["Ash, Then Snow", "A Letter Unread", "The Last Watchfire"],
    "triumph": ["The Gates Thrown Wide", "Home With the Crown", "Bells Over the Valley"],
}
VOICES = {
    "calm": "calm",
    "merry": "happy",
    "suspense": "fearful",
    "battle": "angry",
    "sorrow": "sad",
    "triumph": "happy",
}
SCENES = (
    *("calm 14", "merry 6", "calm 9", "suspense 7", "merry 2", "suspense 5", "battle 8"),
    *("triumph 2", "calm 6", "sorrow 4", "calm 11", "merry 9", "quiet 13", "calm 4"),
    *("suspense 8", "battle 3", "suspense 3", "battle 11", "forced-triumph 4", "merry 5"),
    *("suspense 9", "calm 3", "suspense 6", "forced-battle 12", "sorrow 6", "calm 5"),
    *("merry 3", "paused 4", "triumph 1.5", "calm 5"),
)


class Night:
    """An evening on its way; `lines` is what the journal holds so far."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.now_s = 0.032
        self.mood = ""
        self.since_s = 0.0
        self.forced = False
        self.lines: list[dict] = []
        self.sound = {"arousal": 0.5, "valence": 0.5}
        self.orders = {name: list(titles) for name, titles in TRACKS.items()}
        for titles in self.orders.values():
            self.chance.shuffle(titles)

    def write(self, event: str, **more) -> None:
        self.lines.append({"event": event, "at_s": round(self.now_s, 3), **more})

    def turn(self, name: str, why: str, *, forced: bool = False) -> None:
        changed = name != self.mood
        if changed:
            self.mood, self.since_s = name, self.now_s
        self.forced = forced
        self.state(why)
        if changed:
            order = self.orders[name]
            self.write(
                "cue",
                mood=name,
                fade_s=6.0,
                why=f"plays {order[0]}",
                tracks=list(order),
                lengths_s=[95.0 + 3.0 * len(title) for title in order],
                resume=False,
            )
            order.append(order.pop(0))

    def state(self, why: str) -> None:
        self.write(
            "mood",
            mood=self.mood,
            since_s=round(self.since_s, 3),
            why=why,
            outlook="",
            forced=self.forced,
        )

    def speak(self, place: Spot) -> None:
        for axis in ("arousal", "valence"):
            aim = 0.5 + 0.72 * (getattr(place, axis) - 0.5)
            step = self.chance.gauss(0.0, 0.055)
            self.sound[axis] += 0.12 * (aim - self.sound[axis]) + step
            self.sound[axis] = min(max(self.sound[axis], 0.02), 0.98)
        self.write(
            "estimate",
            **{axis: round(value, 4) for axis, value in self.sound.items()},
            voice=round(1.0 - abs(self.chance.gauss(0.0, 0.02)), 4),
            voiced=round(self.chance.uniform(0.4, 1.0), 4),
            scores={VOICES[place.name]: 0.7, "neutral": 0.3},
        )


def night(seed: int = 7, scenes: tuple[str, ...] = SCENES) -> list[dict]:
    """The lines of an evening; with the usual scenes three hours with everything in it."""
    evening = Night(seed)
    evening.turn("calm", "Calm: the evening begins")
    for scene in scenes:
        kind, minutes = scene.split()
        _play(evening, kind, float(minutes) * 60.0 * evening.chance.uniform(0.85, 1.15))
    evening.write("command", verb="quit", mood="", change_db=0.0)
    return evening.lines


def _play(evening: Night, kind: str, length_s: float) -> None:
    end_s = evening.now_s + length_s
    if kind in ("quiet", "paused"):
        _hush(evening, kind, end_s)
        return
    forced = kind.startswith("forced-")
    place = next(p for p in PLACES if p.name == kind.removeprefix("forced-"))
    enters_s = evening.now_s + (0.0 if forced else evening.chance.uniform(15.0, 50.0))
    if forced:
        evening.write("command", verb="force", mood=place.name, change_db=0.0)
        evening.turn(place.name, f"{place.title}: chosen by hand", forced=True)
    for _ in _talking(evening, end_s):
        evening.speak(place)
        if evening.now_s >= enters_s and evening.mood != place.name:
            evening.turn(place.name, _why(evening, place))
        else:
            evening.state(
                f"stays {evening.mood.capitalize()}: four plain sentences in the last 20 s; nine to one"
            )
        _mishap(evening)
    if forced:
        evening.write("command", verb="release", mood="", change_db=0.0)
        evening.turn(place.name, f"stays {place.title}: automatic again")


def _talking(evening: Night, end_s: float) -> Iterator[None]:
    """Every second or so in which somebody speaks."""
    while evening.now_s < end_s:
        evening.now_s += (
            1.0 if evening.chance.random() < 0.93 else evening.chance.uniform(3, 25)
        )
        yield


def _hush(evening: Night, kind: str, end_s: float) -> None:
    if kind == "paused":
        evening.write("command", verb="pause", mood="", change_db=0.0)
    elif evening.mood != "calm":
        evening.now_s += 150.0
        evening.turn("calm", "Calm: nobody has spoken for 150 s")
    evening.now_s = end_s
    if kind == "paused":
        evening.write("command", verb="pause", mood="", change_db=0.0)


def _mishap(evening: Night) -> None:
    luck = evening.chance.random()
    if luck < 0.0002:
        evening.write("problem", text="Some sound was lost: the computer was busy.")
    elif luck < 0.0003:
        evening.write("problem", text="The track Iron Weather cannot be read: it is left out.")
    elif luck < 0.0006:
        evening.write("command", verb="skip", mood="", change_db=0.0)
    elif luck < 0.0008:
        evening.write("command", verb="volume", mood="", change_db=2.0)


def _why(evening: Night, place: Spot) -> str:
    sound = evening.sound
    return (
        f"{place.title}: ahead for {evening.chance.randint(4, 31)} s, mostly "
        f"{VOICES[place.name]} voices "
        f"(arousal {sound['arousal']:.2f}, valence {sound['valence']:.2f})"
    )


def as_text(lines: list[dict]) -> str:
    """The journal as it lies on the disk."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
