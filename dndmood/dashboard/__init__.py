"""What the game master sees: the tape folded into a screen, drawn, and keys read.

`state` folds facts into a `Screen`; `live` draws it and reads keys, `plain` prints lines instead,
`view` is the picture itself. Nothing is imported here: the state needs no terminal library.
"""
