"""A game master's own music as one collection: listened to, put into moods, reviewed, checked, handed on.

`gathering` finds it, `scan` listens to it, `placing` proposes moods, `review` asks the person,
`check` says what is missing, `listing` and `exporting` show and hand on what came of it, and
`whole_profile` keeps all that a person decided in one file.
"""
