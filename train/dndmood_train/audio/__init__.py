"""Sounds: read, disturbed, invented, and kept as what a student hears of them.

`loading` reads a file as the model hears it, `pitch` says how high a voice is. `augment` is what
a lesson does to a voice, `disturbances` and `noises` what measuring does. `synthetic_music`
plays under the voices of a lesson. `feature_cache` keeps every clip's spectra on disk.
"""
