"""The evening's story: a journal read back as a page, a text or a picture to share."""
