"""Random edits, values and bytes: whatever is handed in, the course's cells stay what they are."""

import copy
import json

from doubling import ANSWERS, STUBS, hand_in, honest, require_course_cells, texts
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook_grader.submission import read_notebook

# Random edits of an honest notebook.
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
names = st.sampled_from([*ANSWERS, "check_double", "start", "title", "unknown"])
flags = st.fixed_dictionaries(
    {"grade_id": names | json_values},
    optional={
        key: json_values | st.booleans()
        for key in ("grade", "solution", "locked", "points", "checksum", "schema_version")
    },
)
metadata = json_values | st.fixed_dictionaries({"nbgrader": flags | json_values})
keys = st.sampled_from(["cell_type", "id", "source", "metadata", "outputs", "attachments"])
edits = st.lists(
    st.one_of(
        st.tuples(st.just("shuffle"), st.randoms(use_true_random=False)),
        st.tuples(st.just("delete"), st.integers(0, 30)),
        st.tuples(st.just("copy"), st.integers(0, 30)),
        st.tuples(st.just("type"), st.integers(0, 30), st.sampled_from(["code", "markdown", "x"])),
        st.tuples(st.just("metadata"), st.integers(0, 30), metadata),
        st.tuples(st.just("key"), st.integers(0, 30), keys, json_values | names),
        st.tuples(st.just("cell"), st.integers(0, 30), json_values),
        st.tuples(st.just("top"), st.sampled_from(["nbformat", "metadata", "new"]), json_values),
    ),
    max_size=8,
)


def edit(notebook, steps):
    """Apply random edits; return the ids of answers whose own cells still are as written."""
    cells = notebook["cells"]
    spoiled = []
    for kind, *what in steps:
        if kind == "shuffle":
            what[0].shuffle(cells)
        elif kind == "top":
            notebook[what[0]] = what[1]
        elif cells:
            place = what[0] % len(cells)
            cell = cells[place]
            if kind == "copy":
                # As in JupyterLab, a copy gets an id of its own.
                copied = copy.deepcopy(cell)
                if isinstance(copied, dict):
                    copied["id"] = f"copy-{len(cells)}"
                cells.insert(0, copied)
            elif kind == "delete":
                spoiled.append(cells.pop(place))
            elif kind == "cell":
                spoiled.append(cell)
                cells[place] = what[1]
            elif isinstance(cell, dict) and kind == "type":
                cell["cell_type"] = what[1]
            elif isinstance(cell, dict):
                spoiled.append(dict(cell))
                cell[what[1] if kind == "key" else "metadata"] = what[-1]
    spoiled = {cell["id"] for cell in spoiled if isinstance(cell, dict) and in_answers(cell)}
    return set(ANSWERS) - spoiled


def in_answers(cell):
    return isinstance(cell.get("id"), str) and cell["id"] in ANSWERS


@settings(max_examples=100, deadline=None)
@given(edits)
def test_random_edits(steps):
    notebook = honest()
    intact = edit(notebook, steps)
    data = json.dumps(notebook).encode()
    result = hand_in(data)
    assert result.verdict in ("graded", "not gradable", "tampered")
    require_course_cells(result.notebook)
    by_learner = {cell.text for cell in read_notebook(data).cells or []}
    for name, text in texts(result).items():
        if name in STUBS:
            assert text in by_learner | {STUBS[name]}
        if name in intact:
            assert text == ANSWERS[name]
    assert all(isinstance(finding, str) for finding in result.findings)


@settings(max_examples=60, deadline=None)
@given(json_values.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200))
def test_random_files(data):
    result = hand_in(data)
    assert result.verdict == "not gradable"
    require_course_cells(result.notebook)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
def test_random_bytes_in_an_honest_file(place, noise):
    data = json.dumps(honest()).encode()
    place %= len(data)
    result = hand_in(data[:place] + noise + data[place + len(noise) :])
    require_course_cells(result.notebook)
