"""Write down how loud the sounds in a folder are: `python -m dndmood.ambience FOLDER`."""

import sys
from pathlib import Path

from dndmood.ambience.known import write

if __name__ == "__main__":
    write(Path(sys.argv[1]))
