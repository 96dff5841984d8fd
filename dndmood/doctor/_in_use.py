"""Which microphone and which speaker an evening would use now."""

from dndmood.assembly import wanted_speaker
from dndmood.errors import UserError
from dndmood.settings import Settings
from dndmood.sound_devices import Device, devices, pick


def in_use(settings: Settings) -> tuple[Device, Device] | None:
    """Microphone and speaker; None where one is missing, which the check of the devices reports."""
    try:
        every = devices()
        return pick(every, settings.device), pick(every, wanted_speaker(settings), "output")
    except UserError:
        return None
