"""Is everything well that `dndmood doctor --json` looked at, on a machine without any sound?

    python tests/assets/well_but_for_sound.py PAGE

Exits with 1 and names what is not.
"""

import json
import sys
from pathlib import Path

NEED_SOUND = {"permissions", "devices", "sound_server", "microphone"}


def main() -> None:
    """Read the page and judge it."""
    page = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    wrong = [
        f"{finding['check']}: {finding['text']} {finding['fix']}"
        for finding in page["findings"]
        if finding["mark"] == "!!" and finding["check"] not in NEED_SOUND
    ]
    print("\n".join(wrong) or f"All is well in {len(page['findings'])} findings but the sound.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
