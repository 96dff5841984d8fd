"""From a mood to the tracks that carry it."""
