"""What a learner's own notebook says besides its checks: what passed, what is missing or left.

It works in the learner's kernel alone. While nbgrader validates or grades, `kernel.guide` is not
called; where a solution runs, it finds no notebook to speak of.
"""
