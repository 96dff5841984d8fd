"""One target under libFuzzer, which never comes back."""

import logging
import sys

from tests.fuzz._inputs import target


def main() -> None:
    """Fuzz the target named first; the rest are libFuzzer's own options."""
    import atheris  # of the extra `fuzz`; the search for doctests imports this module without it

    name, *options = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    with atheris.instrument_imports(include=["dndmood", "tests.fuzz.targets"]):
        run = target(name).run
    atheris.Setup([sys.argv[0], *options], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
