"""What words alone find out, on the captions of a recorded campaign."""
