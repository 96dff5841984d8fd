"""One target under libFuzzer, which never comes back."""

import logging
import sys

import atheris

from tests.fuzz._inputs import target


def main() -> None:
    """Fuzz the target named first; the rest are libFuzzer's own options."""
    name, *options = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    with atheris.instrument_imports(include=["dndmood", "tests.fuzz.targets"]):
        run = target(name).run
    atheris.Setup([sys.argv[0], *options], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
