"""From spoken words to cues, and nothing else: no word that is on no list leaves this room.

`Attention` reads text (a recogniser's or captions') and gives `SceneCue`s whose phrases are from
the lists. `reading` is what the words of the last minute say about mood and fight.
"""
