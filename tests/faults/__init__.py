"""Faults injected into a running `dndmood listen` with real parts, and the table of what happened.

`fault.py` says what a fault is and keeps the list; `kinds/` has one file for each family of
faults, and the folder is the list of families. `table.py` sets up the parts of one row: a
private sound server (`sound_server.py`), a recorder of what the room hears (`recorder.py`),
the program on a terminal or as plain lines (`program.py`). `verdict.py` measures and judges,
`__main__.py` is the command.
"""
