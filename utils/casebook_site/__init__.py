"""The web edition: the course as pages to read, with nothing to install.

`build` is the way in. `pages` turns notebooks into pages, `front` makes the first one,
`configuration` is what Sphinx is told, and `leaks` looks for solutions in what was built.
"""
