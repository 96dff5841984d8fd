"""Every seed and finding, and some hundred mutations of them; `python -m tests.fuzz` tries millions."""

import random

import pytest

from tests.fuzz._inputs import kept, mutated, names, target


@pytest.mark.parametrize("name", names())
def test_no_input_gives_a_traceback(name):
    run, chance = target(name).run, random.Random(name)
    begun = list(kept(name))
    for data in begun:
        run(data)
    for _ in range(getattr(target(name), "MUTATIONS", 300)):
        run(mutated(chance.choice(begun), chance))
