"""Text from outside (titles, names, paths, messages) made safe to print in a terminal."""

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    r"""`text` on one line, with a blank for every character that is no visible sign.

    That takes away what a terminal would obey or what would turn the order of its letters
    round: C0 and C1 control characters, escape sequences' first letter, line and paragraph ends,
    and format characters such as bidirectional overrides (Unicode categories Cc, Cf, Zl, Zp). Half a
    character (a surrogate, as file names that are no text have them) becomes U+FFFD.

    >>> printable("The \x1b[2JLong\nRoad")
    'The  [2JLong Road'
    """
    if text.isprintable():
        return text
    return "".join(_sign(sign) for sign in text)


def _sign(sign: str) -> str:
    if sign.isprintable():
        return sign
    return _UNKNOWN if "\ud800" <= sign <= "\udfff" else " "
