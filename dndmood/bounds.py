"""Numbers within bounds."""


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """`value` within `low` and `high`; `low` for what is no number, which loses every comparison.

    >>> clamp(1.5), clamp(-3.0, -1.0, 1.0), clamp(float("nan"))
    (1.0, -1.0, 0.0)
    """
    return min(max(low, value), high)
