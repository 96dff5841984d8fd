"""The one error that is meant for people."""


class UserError(Exception):
    """Something the person at the table can fix.

    The message is one plain sentence: what happened, and what to do about it.
    It is shown without a traceback; every other exception is a bug and keeps its own.
    """
