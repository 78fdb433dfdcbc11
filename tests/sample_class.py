"""A small class whose submissions come from the bank of answers, so that its grades are known.

    python tests/sample_class.py ASSIGNMENT

writes their notebooks into `grading/submitted/`, where `casebook grade` finds them. It refuses to
mix them with what real learners submitted.
"""

import shutil
import sys
from pathlib import Path

import banks
import nbformat

from casebook_grader.course import CourseError, require_assignment, sources

RECORDS = Path(__file__).parent / "records"  # what experiments recorded, by assignment
LEARNERS = {
    "ada": "the course's solutions",
    "ben": "nothing: the assignment as it was released",
    "chen": "right answers in another style",
    "dana": "a typical mistake in the last exercise of every notebook",
}
SIGN = "SAMPLE_CLASS.txt"  # lies beside the learners where all of them are invented
RECORD_CHECKS = {"check_degradation_record"}  # read a record instead of an answer


def answer_of(learner: str, exercise: str) -> banks.Answer | None:
    """A learner's answer to an exercise; None for Ben, who wrote nothing."""
    known = [answer for answer in banks.answers() if answer.exercise == exercise]
    right = [answer for answer in known if answer.right]
    # The first mistake that keeps some points, so that the grade is neither none nor all.
    checks = banks.notebook_of(exercise).checks_of(exercise)
    wrong = [answer for answer in known if not answer.right]
    partly = [answer for answer in wrong if len(answer.loses) < len(checks)] or wrong
    answers = banks.notebook_of(exercise).answers
    solution = banks.Answer(exercise, "solution", True, answers[exercise])
    return {
        "ada": solution,
        "ben": None,
        "chen": right[1],
        "dana": partly[0] if exercise == list(answers)[-1] else solution,
    }[learner]


def expected(learner: str, notebook: Path) -> dict[str, float]:
    """The score of every check of a notebook, by its grade_id."""
    scores = {}
    cells = nbformat.read(notebook, as_version=4).cells
    points = {
        c.id: c.metadata.nbgrader.points
        for c in cells
        if "points" in c.metadata.get("nbgrader", {})
    }
    reader = banks.Notebook(notebook)
    for exercise in reader.answers:
        answer = answer_of(learner, exercise)
        for name in reader.checks_of(exercise):
            (grade_id,) = points.keys() & {f"check_{exercise}_{name}", f"hidden_{exercise}_{name}"}
            lost = answer is None or name in answer.loses
            scores[grade_id] = 0.0 if lost else float(points[grade_id])
    for grade_id in RECORD_CHECKS.intersection(points):
        scores[grade_id] = 0.0 if learner == "ben" else float(points[grade_id])
    return scores


def write(
    assignment: str, submitted: Path, learners=tuple(LEARNERS), root: Path = banks.ROOT
) -> None:
    """Write the class's submissions of an assignment.

    Args:
        assignment: Name of the assignment.
        submitted: The folder of submissions, without any of these learners for the assignment.
        learners: Those who submit something.
        root: The course's folder.
    """
    known = {answer.exercise for answer in banks.answers()}
    for learner in learners:
        folder = submitted / learner / assignment
        folder.mkdir(parents=True)
        for path in sorted((root / "assignments" / assignment).glob("*.ipynb")):
            notebook = nbformat.read(path, as_version=4)
            solution = nbformat.read(sources(root) / assignment / path.name, as_version=4)
            written = {cell.id: cell.source for cell in solution.cells}
            for cell in notebook.cells:
                mark = cell.metadata.get("nbgrader", {})
                if not mark.get("solution") or learner == "ben":
                    continue
                if mark.get("grade"):
                    cell.source = (
                        written[cell.id] if learner == "ada" else f"{learner}: I think so."
                    )
                elif cell.id in known:
                    cell.source = answer_of(learner, cell.id).text
                else:  # an exercise of the instructor's own has no bank
                    cell.source = written[cell.id]
            nbformat.write(notebook, folder / path.name)
        if learner != "ben":
            for record in (RECORDS / assignment).glob("record_*.json"):
                shutil.copy(record, folder)


def write_alone(assignment: str, root: Path = banks.ROOT) -> None:
    """Write the class's submissions where no real learner's lie.

    Raises:
        CourseError: No such assignment, real submissions, or the class has submitted already.
    """
    require_assignment(assignment, root)
    submitted = root / "grading" / "submitted"
    sign = submitted / SIGN
    found = sorted(path.name for path in submitted.glob("*") if path != sign)
    real = [name for name in found if name not in LEARNERS or not sign.exists()]
    if real:
        raise CourseError(
            f"expected {submitted} to hold invented learners alone, found {', '.join(real)}. "
            "Invented learners are not mixed with real ones: move these folders away first."
        )
    if any(submitted.glob(f"*/{assignment}")):
        raise CourseError(
            f"the sample class has submitted {assignment} already. Remove its folders in "
            f"{submitted} to have them written anew."
        )
    submitted.mkdir(parents=True, exist_ok=True)
    sign.write_text(
        "These learners are invented; tests/sample_class.py wrote them. Remove this folder before "
        "real submissions come in.\n",
        encoding="utf-8",
    )
    write(assignment, submitted, root=root)


if __name__ == "__main__":
    try:
        write_alone(sys.argv[1] if len(sys.argv) > 1 else "")
    except CourseError as error:
        sys.exit(f"Nothing was written: {error}")
    print(f"A sample class of {len(LEARNERS)} is submitted: {', '.join(LEARNERS)}.")
