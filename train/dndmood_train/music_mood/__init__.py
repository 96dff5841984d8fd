"""How the estimator of the music's arousal and valence is taught and measured.

Piano pieces whose mood listeners named (EMOPIA) are played again on other instruments, heard
with the program's own features, and taught to a small model. Songs, and whole instruments, are
kept from learning; they alone give the figures.
"""
