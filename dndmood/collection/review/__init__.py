"""`dndmood library review`: every proposal heard for 15 s, and accepted or corrected with one key.

`session` knows what was decided, `screen` draws it, `excerpts` cuts the loudest 15 s out of a
track, and `running` joins them with keyboard and player.
"""
