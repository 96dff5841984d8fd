"""An address as a square code that phones read, in rows of half blocks."""

import segno

_BORDER = 2
_SIGNS = " ▀▄█"
"""For a dark upper half, a dark lower half, and both, in dark ink on light ground."""
_INVERTED = str.maketrans(_SIGNS, _SIGNS[::-1])


def rows(address: str) -> tuple[str, ...]:
    """The code in rows of text, for dark ink on light ground."""
    code = segno.make_qr(address, error="l", boost_error=False)
    lines = [tuple(line) for line in code.matrix_iter(border=_BORDER)]
    lines += [(0,) * len(lines[0])] * (len(lines) % 2)
    return tuple(
        "".join(_SIGNS[bool(up) + 2 * bool(low)] for up, low in zip(upper, lower, strict=True))
        for upper, lower in zip(lines[::2], lines[1::2], strict=True)
    )


def inverted(code: tuple[str, ...]) -> tuple[str, ...]:
    """`code` for light ink on dark ground, as most terminals have it."""
    return tuple(row.translate(_INVERTED) for row in code)
