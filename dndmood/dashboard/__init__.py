"""What the game master sees: the tape folded into a screen, drawn, and keys read."""
