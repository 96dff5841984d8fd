"""What a stretch of music sounds like, and from it how excited and how pleasant it is."""
