"""Prints every sound device as JSON: a fresh process sees devices that a running one does not."""

from dndmood.sound_devices._probe import print_devices

if __name__ == "__main__":
    print_devices()
