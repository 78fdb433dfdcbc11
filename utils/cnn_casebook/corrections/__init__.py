"""Brings corrections of the course into the notebooks that a learner has begun.

`merge` joins three versions of a notebook cell by cell, `copies` does so with the files in `work/`.
"""
