"""The course in other languages: catalogs of translations, applied to its one English source.

`sources` finds what is translated in a cell or a figure (`prose`, `code`), as spans (`message`),
and puts translations in their places. What checks say is found by `raised`, the own words of pages
by `pages`; `cnn_casebook.languages` translates them where they are shown. `catalogs` keeps
`locale/<language>/<notebook>.po` in step with the notebooks, `state` says what is missing, stale or
wrong, and `translated` writes a course in another language.
"""
