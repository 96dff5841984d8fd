"""A page for phones and second screens, and the remote API of Kenku FM, on one small server.

A reader of the tape and a writer of commands, nothing more: what a page shows is folded from the
facts, and what it asks for enters at the head of the tape like a key. Needs the extra `remote`.
"""
