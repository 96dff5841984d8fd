"""Where sound comes from, as the same tape: `microphone.opened`, or `file.opened` for any sound file."""
