"""What a terminal sends, told apart: keys that a person pressed, and everything else.

A terminal sends more than keys: arrows and function keys as escape sequences, reports of the
mouse and of the focus, answers to questions, and pasted text. None of that may act. Sequences
are those of ECMA-48 (section 5.4) and of xterm's "XTerm Control Sequences" (bracketed paste,
mouse reports).
"""

import re

ESCAPE, _STARTS = "\x1b", "[O"
_PASTE, _PASTED = "\x1b[200~", "\x1b[201~"
_SEQUENCE = re.compile(
    r"\x1b\[\[."  # function keys of the Linux console
    r"|\x1b\[M..."  # the mouse as xterm reported it first
    r"|\x1b\[(?![M\[])[\x20-\x3f]*[\x40-\x7e]"  # CSI
    r"|\x1bO[\x20-\x3f]*[\x40-\x7e]"  # SS3
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\)"  # texts: OSC, DCS, SOS, PM, APC
    r"|\x1b[\[O][\x20-\x3f]*(?=[^\x20-\x7e])",  # one that another sign has broken off
    re.DOTALL,
)
_BEGUN = re.compile(r"\x1b(?:\[\[|\[M.{0,2}|[\[O][\x20-\x3f]*|[\]PX^_][^\x07]*)?", re.DOTALL)
_PATIENCE = 50
"""Empty reads after which the rest of a sequence, or of what is pasted, no longer comes; at ten
reads a second five seconds."""
_ALONE = 3
"""Empty reads after which Escape was a key: three tenths of a second. What may still come of a
sequence is taken for one all the same, as over a slow line."""
_TEXT_PATIENCE = 10
"""The same for texts: what begins one may also be a key pressed with Alt."""
_LONGEST = 4096
"""No sequence is longer; what goes on is no sequence."""
_BURST, _KINDS = 2, 2
"""More keys than that at once, of more than two kinds, were pasted (or a cat pressed them): some
terminals send pasted text as if it were typed, in one piece. A key held down is of one kind."""


class Keystrokes:
    """Holds what has come of a sequence or of a paste until the rest is there."""

    def __init__(self) -> None:
        self._rest = ""
        self._pasting = self._bursting = False
        self._empty = 0  # reads that brought nothing since the last sign

    def push(self, sent: str) -> tuple[str, ...]:
        r"""The keys in what was read next; `sent` is empty when a read brought nothing.

        >>> keystrokes = Keystrokes()
        >>> keystrokes.push("4\x1b"), keystrokes.push("[A"), keystrokes.push("+")
        (('4',), (), ('+',))
        """
        if not sent:
            self._wait()
            alone = self._rest == ESCAPE and not self._pasting and self._empty == _ALONE
            return (ESCAPE,) if alone else ()
        if self._rest == ESCAPE and self._empty and sent[0] not in _STARTS:
            self._rest = ""  # Escape was pressed alone, and now another key
        self._empty = 0
        # The eight-bit form of CSI is one sign instead of two.
        text = self._rest + sent.replace("\x9b", "\x1b[")
        self._rest, keys = "", list[str]()
        while text:
            text = self._after_paste(text) if self._pasting else self._next(text, keys)
        self._bursting |= len(keys) > _BURST and len(set(keys)) > _KINDS
        return () if self._bursting else tuple(keys)

    def _wait(self) -> None:
        self._empty, self._bursting = self._empty + 1, False
        waits = self._pasting or self._rest[1:2] in ("", *_STARTS)
        if self._empty >= (_PATIENCE if waits else _TEXT_PATIENCE):
            self._rest, self._pasting = "", False

    def _next(self, text: str, keys: list[str]) -> str:
        """Take one key or sequence from the beginning of `text`; gives what is left."""
        if not text.startswith(ESCAPE):
            keys.append(text[0])
            return text[1:]
        if text.startswith(_PASTE):
            self._pasting = True
            return text[len(_PASTE) :]
        if found := _SEQUENCE.match(text):
            return text[found.end() :]
        if _BEGUN.fullmatch(text) and len(text) < _LONGEST:
            self._rest = text
            return ""
        return text[1:] if text[1:2] == ESCAPE else text[2:]  # a key pressed with Alt

    def _after_paste(self, text: str) -> str:
        """What stands behind the end of the paste; nothing while that has not come."""
        end = text.find(_PASTED)
        if end >= 0:
            self._pasting = False
            return text[end + len(_PASTED) :]
        self._rest = text[1 - len(_PASTED) :]  # the end may have begun
        return ""
