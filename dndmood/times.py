"""How times of an evening are written, on the screen, in lists and in reports."""

_LONGEST_S = 8_640_000.0
"""A hundred days; whatever is longer is shown as these."""


def hours_minutes_seconds(seconds: float) -> str:
    """A moment of the evening; what is no number is shown as its beginning.

    >>> hours_minutes_seconds(2530.9), hours_minutes_seconds(float("nan"))
    ('0:42:10', '0:00:00')
    """
    whole = _whole(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def hours_minutes(seconds: float) -> str:
    """The same without seconds, which are cut off.

    >>> hours_minutes(2530.9), hours_minutes(3 * 3600)
    ('0:42', '3:00')
    """
    whole = _whole(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}"


def minutes_seconds(seconds: float) -> str:
    """A length, with hours only where there are any.

    >>> minutes_seconds(134.2), minutes_seconds(3725)
    ('2:14', '1:02:05')
    """
    whole = _whole(seconds)
    if whole >= 3600:  # noqa: PLR2004 - an hour
        return hours_minutes_seconds(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def _whole(seconds: float) -> int:
    """Whole seconds from 0; 0 for what is no number, which loses every comparison."""
    return int(min(max(0.0, seconds), _LONGEST_S))
