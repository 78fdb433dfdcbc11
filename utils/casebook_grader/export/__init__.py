"""Grades for other systems, as plugins of nbgrader's.

    nbgrader export --exporter=casebook_grader.export.Canvas --assignment=03_residual_networks

does what `casebook export 03_residual_networks --to canvas` does.
"""

from casebook_grader.export.plugins import Canvas, Csv, Gradescope, Moodle

PLUGINS = {"csv": Csv, "canvas": Canvas, "moodle": Moodle, "gradescope": Gradescope}
__all__ = ["PLUGINS", "Canvas", "Csv", "Gradescope", "Moodle"]
