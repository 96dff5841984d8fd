"""The evening's story: a journal read back as a page, a text or a picture to share.

`story` makes evenings of journals; `page.html`, `markdown.text` and `plots.png` show them. Nothing
is imported here, because pictures need matplotlib.
"""
