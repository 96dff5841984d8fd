"""From sound to speech to emotion."""
