"""Makes `dndmood/demo.ogg`: a scene for three synthetic voices, so that nobody's voice is in it.

    python tests/assets/demo_scene.py dndmood/demo.ogg

Needs espeak-ng and scipy's neighbour soxr. Speech synthesis has no feelings, but it has a rate,
a pitch and a range; vocal effort is added as a spectral tilt, which is what shouting and
murmuring do to a voice. The words tell people what is meant; the model never hears words.
"""

import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

RATE_HZ = 16_000
MASTER, FIGHTER, HEALER = "en-gb+m7", "en-us+m3", "en-us+f2"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a line is spoken."""

    words_per_minute: int
    pitch: int
    """Per cent against the voice's own."""
    span: int
    """Per cent of pitch movement against the voice's own."""
    tilt_db: float
    """Decibels per octave around 500 Hz: positive is shouting, negative murmuring."""
    level: float
    """Root mean square, 0 to 1."""
    pause_s: float
    """Silence after the line."""


EASY = Manner(125, -25, -40, -4.0, 0.05, 0.45)
SHOUT = Manner(228, 50, 110, 3.5, 0.16, 0.12)
LAUGHING = Manner(205, 80, 110, -2.0, 0.09, 0.2)

SCENE: tuple[tuple[Manner, str, str], ...] = (
    (EASY, MASTER, "You follow the river road until the light turns gold."),
    (EASY, HEALER, "I walk beside the cart, and gather some thyme."),
    (EASY, MASTER, "Nothing stirs. A heron stands in the reeds."),
    (EASY, MASTER, "The kettle begins to sing. It is a quiet evening."),
    (SHOUT, MASTER, "Arrows! From the trees! The cart horse screams and goes down!"),
    (SHOUT, FIGHTER, "Shields up! Get behind me! They are on the bridge!"),
    (SHOUT, HEALER, "There are more of them on the left! Watch out, the left!"),
    (SHOUT, MASTER, "The chieftain swings his axe straight at your head!"),
    (SHOUT, FIGHTER, "I throw myself at him! With everything I have got! Down with you!"),
    (SHOUT, HEALER, "The fire! I hurl the fire right into the middle of them!"),
    (SHOUT, MASTER, "The bridge is burning! It breaks! They are falling into the water!"),
    (SHOUT, FIGHTER, "Run! Get off the bridge! Run! Run now!"),
    (SHOUT, HEALER, "Take my hand! Jump! Jump for it!"),
    (SHOUT, MASTER, "Behind you the beams crash down, all of them!"),
    (LAUGHING, MASTER, "Come here and let me hug you, says the old innkeeper."),
    (LAUGHING, HEALER, "I will dance with the miller, and then with his goat!"),
    (LAUGHING, FIGHTER, "I am so happy that we are all alive, every one of us!"),
    (LAUGHING, HEALER, "Come here and let me hug you, you magnificent fool!"),
    (LAUGHING, FIGHTER, "Look at him dance! Look at the goat, it is dancing too!"),
    (LAUGHING, HEALER, "Oh yes! Oh yes! Round and round we go, hey ho!"),
    (LAUGHING, FIGHTER, "Another one! And tell them again about the bridge!"),
    (LAUGHING, HEALER, "My dear friends, this one is on the house, all night!"),
    (LAUGHING, FIGHTER, "He jumped like a frog, and he shouted like one too!"),
    (LAUGHING, FIGHTER, "You should have seen your face when the bridge went up!"),
    (LAUGHING, HEALER, "That was the best supper of my whole life!"),
    (LAUGHING, HEALER, "Let us stay for a week, and dance every evening!"),
)


def spoken(manner: Manner, voice: str, words: str) -> np.ndarray:
    """One line and the silence after it, shape `(n,)` at 16 kHz."""
    markup = f'<speak><prosody pitch="{manner.pitch:+d}%" range="{manner.span:+d}%">{words}</prosody></speak>'
    wav = subprocess.run(
        [
            "espeak-ng",
            "-m",
            "-v",
            voice,
            "-s",
            str(manner.words_per_minute),
            "--stdout",
            markup,
        ],
        capture_output=True,
        check=True,
    ).stdout
    sound, rate_hz = soundfile.read(io.BytesIO(wav), dtype="float64")
    sound = soxr.resample(sound, rate_hz, RATE_HZ)
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    sound = sound[loud[0] : loud[-1]]
    spectrum = np.fft.rfft(sound)
    octaves = np.log2(np.fft.rfftfreq(len(sound), 1 / RATE_HZ).clip(100) / 500)
    sound = np.fft.irfft(spectrum * 10 ** (manner.tilt_db * octaves / 20), len(sound))
    sound *= manner.level / np.sqrt((sound**2).mean())
    return np.concatenate((sound, np.zeros(round(manner.pause_s * RATE_HZ))))


def room(sound: np.ndarray) -> np.ndarray:
    """`sound` in a small room with a fire: a short decaying tail and a faint crackling floor."""
    rng = np.random.default_rng(20)
    tail = rng.standard_normal(RATE_HZ // 4) * np.exp(
        -np.arange(RATE_HZ // 4) / (0.05 * RATE_HZ)
    )
    tail = 0.25 * tail / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    size = len(sound) + len(tail)
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound)]
    return wet + rng.standard_normal(len(wet)) * 0.0005


def main() -> None:
    """Speak the scene and write it to the file named on the command line."""
    sound = room(np.concatenate([spoken(*line) for line in SCENE]))
    sound = (sound / max(1.0, float(np.abs(sound).max()) / 0.9)).astype(np.float32)
    soundfile.write(Path(sys.argv[1]), sound, RATE_HZ, format="OGG", subtype="VORBIS")
    print(f"{len(sound) / RATE_HZ:.1f} s")


if __name__ == "__main__":
    main()
