"""Keys, pads and knobs of MIDI devices: what was learned by pressing them becomes a command.

A writer of commands like the keyboard. Needs the extra `midi`.
"""
