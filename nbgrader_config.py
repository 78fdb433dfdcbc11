"""nbgrader's settings for this course; every nbgrader command started here reads them."""

import os
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute, SaveAutoGrades

from casebook_grader.exporter import AnyFileExporter, FeedbackPage
from casebook_grader.grader_view import ForGrader
from casebook_grader.lateness import LatePenalty
from casebook_grader.pipeline import KeepRead, Rebuild, TwoKernels

root = Path(__file__).resolve().parent
grading = root / "grading"  # ignored by git: nothing about a learner is ever committed
grading.mkdir(exist_ok=True)
(grading / "exchange").mkdir(exist_ok=True)

c = get_config()  # noqa: F821 - nbgrader defines it

# Solutions are the source, or what an instructor's own overlay/ makes of them; assignments are
# generated from them (make release) and committed.
c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "deep-convolutional-models"
overlaid = (root / "overlay").is_dir()
c.CourseDirectory.source_directory = "grading/overlaid" if overlaid else "solutions"
c.CourseDirectory.release_directory = "assignments"

# Everything about learners lies together.
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.solution_directory = "grading/solution"
c.CourseDirectory.db_url = f"sqlite:///{grading / 'gradebook.db'}"

# Without an exchange folder every page of formgrader shows an error, even where none is used. One
# that a class shares is named by a variable, for instructor and learners alike.
c.Exchange.root = os.environ.get("CASEBOOK_EXCHANGE", str(grading / "exchange"))
if (root / "work").is_dir():
    c.Exchange.assignment_dir = str(root / "work")  # where a learner fetches to and submits from

# A cell may train a small network; nbgrader's own limit is 30 seconds.
c.ExecutePreprocessor.timeout = 300
# The kernel answers slowly while several start at once on two cores.
c.ExecutePreprocessor.startup_timeout = 180
# No history file, as is nbgrader's own choice, and no notice about sockets at each kernel's start.
c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]

c.ClearSolutions.code_stub = {"python": "# Your code here.\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = "*Your answer here.*"

# Safe and fast grading. Without these lines nbgrader grades on its own: honest submissions get the
# same scores, but learner code then runs as you, and slowly.
steps = Autograde.sanitize_preprocessors.default()
c.Autograde.sanitize_preprocessors = [Rebuild, *steps]
c.Autograde.exporter_class = AnyFileExporter
steps = Autograde.autograde_preprocessors.default()
ours = {Execute: TwoKernels, SaveAutoGrades: KeepRead}
c.Autograde.autograde_preprocessors = [ours.get(step, step) for step in steps]
# What a submission may use: seconds of a cell, of a check and of a notebook, bytes of memory, and
# more; `casebook_grader/limits.py` lists all of them with their units.
c.CasebookLimits.cell = 30
c.CasebookLimits.check = 30
c.CasebookLimits.notebook = 60
# Lateness costs what grading/policies.toml says, if that is there.
c.AssignLatePenalties.plugin_class = LatePenalty
# Feedback is the course's own page, whoever asks for it; nbgrader's shows hidden tests.
c.GenerateFeedback.exporter_class = FeedbackPage
c.GenerateFeedback.preprocessors = []
# Formgrader shows the guide to points beside each written answer; nothing else is made with this.
c.HTMLExporter.preprocessors = [ForGrader]
