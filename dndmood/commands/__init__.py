"""The commands, one module each: their options, and lazily what they do.

The order here is the order on the help page. Nothing heavy is imported before one is chosen.
"""

from dndmood.commands.calibrate import calibrate
from dndmood.commands.demo import demo
from dndmood.commands.devices import devices
from dndmood.commands.doctor import doctor
from dndmood.commands.library import library
from dndmood.commands.listen import listen
from dndmood.commands.midi import midi
from dndmood.commands.moods import moods
from dndmood.commands.privacy import privacy
from dndmood.commands.rehearse import rehearse
from dndmood.commands.report import report
from dndmood.commands.tune import tune

__all__ = ["COMMANDS", "GROUPS"]

COMMANDS = (
    listen,
    demo,
    rehearse,
    calibrate,
    tune,
    devices,
    doctor,
    moods,
    report,
    privacy,
)

GROUPS = {"library": library, "midi": midi}
"""Commands that have commands of their own, by name."""
