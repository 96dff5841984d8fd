"""Where sound comes from: a microphone or any sound file, as the same tape."""
