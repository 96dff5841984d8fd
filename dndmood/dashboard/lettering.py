"""Large letters for the name of the mood, five pixels high."""

import unicodedata
from functools import lru_cache

from rich.cells import cell_len

_SHAPES = {
    "A": ".#. #.# ### #.# #.#",
    "B": "##. #.# ##. #.# ##.",
    "C": ".## #.. #.. #.. .##",
    "D": "##. #.# #.# #.# ##.",
    "E": "### #.. ##. #.. ###",
    "F": "### #.. ##. #.. #..",
    "G": ".### #... #.## #..# .###",
    "H": "#.# #.# ### #.# #.#",
    "I": "# # # # #",
    "J": "..# ..# ..# #.# .#.",
    "K": "#.# #.# ##. #.# #.#",
    "L": "#.. #.. #.. #.. ###",
    "M": "#...# ##.## #.#.# #...# #...#",
    "N": "#..# ##.# #.## #..# #..#",
    "O": ".##. #..# #..# #..# .##.",
    "P": "##. #.# ##. #.. #..",
    "Q": ".##. #..# #..# #.## .###",
    "R": "##. #.# ##. #.# #.#",
    "S": ".## #.. .#. ..# ##.",
    "T": "### .#. .#. .#. .#.",
    "U": "#.# #.# #.# #.# ###",
    "V": "#.# #.# #.# #.# .#.",
    "W": "#...# #...# #.#.# ##.## #...#",
    "X": "#.# #.# .#. #.# #.#",
    "Y": "#.# #.# .#. .#. .#.",
    "Z": "### ..# .#. #.. ###",
    "0": "### #.# #.# #.# ###",
    "1": ".# ## .# .# .#",
    "2": "##. ..# .#. #.. ###",
    "3": "##. ..# .#. ..# ##.",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ##. ..# ##.",
    "6": ".## #.. ### #.# ###",
    "7": "### ..# .#. .#. .#.",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ##.",
    "-": "... ... ### ... ...",
    "'": "# # . . .",
    "!": "# # # . #",
    " ": ".. .. .. .. ..",
}


@lru_cache(maxsize=32)
def pixels(text: str) -> tuple[str, ...]:
    """`text` as five rows of `#` and `.`; empty when a sign has no large shape.

    Accents are left out, small letters become capitals.
    """
    bare = unicodedata.normalize("NFKD", text).upper()
    letters = [sign for sign in bare if not unicodedata.combining(sign)]
    if not letters or any(sign not in _SHAPES for sign in letters):
        return ()
    shapes = [_SHAPES[sign].split() for sign in letters]
    return tuple(".".join(shape[line] for shape in shapes) for line in range(5))


@lru_cache(maxsize=32)
def lettered(text: str, width: int, height: int, *, fine: bool) -> tuple[str, ...]:
    """`text` as large as `width` and `height` allow, as lines of at most `width` cells.

    Five lines of double-width pixels, else three lines of half blocks (only where `fine`), else
    one line of spaced capitals, else one line as it is.
    """
    rows = pixels(text)
    if rows and height >= 5 and 2 * len(rows[0]) <= width:  # noqa: PLR2004 - five pixels high
        full = "██" if fine else "##"
        return tuple(r.replace(".", "  ").replace("#", full) for r in rows)
    if rows and fine and height >= 3 and len(rows[0]) <= width:  # noqa: PLR2004
        return tuple(_halves(*pair) for pair in zip(rows[0::2], (*rows[1::2], ""), strict=True))
    spaced = " ".join(text.upper())
    return (spaced if cell_len(spaced) <= width else text,)


def _halves(upper: str, lower: str) -> str:
    signs = {"..": " ", "#.": "▀", ".#": "▄", "##": "█"}
    lower = lower or "." * len(upper)
    return "".join(signs[above + below] for above, below in zip(upper, lower, strict=True))
