"""What a terminal sends: keys, sequences, pasted text, in pieces of any size."""

from dndmood.dashboard import keys
from dndmood.dashboard.keystrokes import ESCAPE, Keystrokes
from dndmood.mood_places import Place

SEEDS = (
    b"\x054\x1b[A+",
    b"\x09\x1b[200~roll for initiative: 14 + 3 = quite high\x1b[201~q",
    b"\x01\x1b",
    b"\x02\x1b[<0;12;3M\x1bOPx",
)
_PLACES = (Place("calm", "Calm", "1", 0.3, 0.6),)


def run(data: bytes) -> None:
    """Keys come of it; between a paste's brackets none does. The first byte is how much comes at once."""
    size, text = max(data[0] if data else 1, 1), data[1:].decode("utf-8", "ignore")
    reader = Keystrokes()
    for start in range(0, len(text), size):
        for key in reader.push(text[start : start + size]):
            assert len(key) == 1
            keys.command(key, _PLACES)
    late = [key for _ in range(60) for key in reader.push("")]
    assert late in ([], [ESCAPE])  # the key itself is only known once nothing follows it
    assert reader.push("n") == ("n",)
