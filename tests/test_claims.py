"""Whether the table of claims is that of the measured claims, and no experiment is without one."""

import banks
import nbformat
import pytest
from claims import PAGE, SEEDS, Claim
from claims import __main__ as claims

NOTEBOOKS = sorted((banks.ROOT / "solutions").glob("*/*.ipynb"))

# What is read there is counted, or equal to the last bit, so that no seed changes it.
EXACT = {
    ("reading_networks", "experiment_where_seen"),
    ("reading_networks", "experiment_field_seen"),
    ("one_by_one_convolutions", "theory_shuffle_seen"),
    ("transfer_learning", "theory_freeze_seen"),
}
# What is read there is that runs leave a question open. Five seeds do too: with heads the main
# output's loss ends lower with two and higher with three, from 0.62 below to 0.23 above that
# without; five seeds with heads end 0.23 apart. So no claim holds, in either direction.
OPEN = {("inception", "experiment_seen")}


def cells(path) -> list:
    return nbformat.read(path, as_version=4).cells


def predictions(path) -> list[int]:
    """Where a notebook's predictions stand."""
    kinds = [cell.metadata.get("tags", []) for cell in cells(path)]
    asked = [place for place, tags in enumerate(kinds) if "prediction" in tags]
    if path.stem == "why_resnets_work":  # one of its predictions earns a point
        asked += [place for place, cell in enumerate(cells(path)) if cell.id == "predicted_order"]
    return asked


def reading(path, prediction: int):
    """The first text below the code that follows a prediction."""
    below = cells(path)[prediction + 1 :]
    ends = ("_run", "_try", "_crowd")
    run = next(place for place, cell in enumerate(below) if cell.id.endswith(ends))
    return next(cell for cell in below[run:] if cell.cell_type == "markdown")


def test_each_claim_stands_in_a_cell():
    known = {(path.stem, cell.id) for path in NOTEBOOKS for cell in cells(path)}
    assert {(claim.notebook, claim.cell) for claim in claims.load()} <= known


def test_no_experiment_is_without_a_claim():
    read = {(path.stem, reading(path, n).id) for path in NOTEBOOKS for n in predictions(path)}
    page = PAGE.read_text(encoding="utf-8")
    measured = {(notebook, cell) for notebook, cell in read if f"{notebook}, `{cell}`" in page}
    missing = read - measured - EXACT - OPEN
    assert not missing, f"no claim in {PAGE.name} measures what these read: {missing}"
    assert read >= EXACT | OPEN


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_was_seen_is_folded_and_each_prediction_has_a_name(path):
    for place in predictions(path):
        seen = reading(path, place).source
        assert seen.startswith("<details><summary>"), seen[:80]
        assert seen.endswith("</details>")
    sources = [cells(path)[place].source for place in predictions(path)]
    assert len(set(sources)) == len(sources)
    texts = [cell.source for cell in cells(path) if cell.cell_type == "markdown"]
    asked = sum("**Predict" in text for text in texts)
    assert asked <= len(sources), "a prediction without a cell that keeps it"


def test_the_table_has_a_row_for_each_claim_and_all_hold():
    page = PAGE.read_text(encoding="utf-8")
    expected = [claim.says for claim in claims.load()]
    count = len(expected)
    last = page.strip().splitlines()[-1]
    assert last == f"claims: {count}, hold: {count}, seeds: {len(SEEDS)}", "run `make claims`"
    assert list(claims.rows_of(page)) == expected, "run `make claims`"


def test_a_claim_holds_only_if_it_does_for_every_seed():
    def one(limit):
        return Claim("s", "n", "c", "x", lambda a, b: a + limit > b, lambda seed: (seed, 3))

    assert claims.row(one(4))[1]
    line, holds = claims.row(one(1))
    assert not holds
    assert line.endswith("| **no** |")
    assert "0, 3; 1, 3" in line


def test_some_rows_can_be_measured_again(tmp_path, monkeypatch):
    rows = [Claim(s, "alexnet", "c", "x", lambda a, b: a >= b, lambda seed: (1, 1)) for s in "ab"]
    rows.append(Claim("c", "vgg16", "c", "x", lambda a, b: a > b, lambda seed: (1, 1)))
    monkeypatch.setattr(claims, "PAGE", tmp_path / "claims.md")
    monkeypatch.setattr(claims, "load", lambda: rows)
    claims.main("alexnet")
    assert claims.PAGE.read_text(encoding="utf-8").endswith("claims: 2, hold: 2, seeds: 5\n")
    claims.main("vgg16")
    page = claims.PAGE.read_text(encoding="utf-8")
    assert list(claims.rows_of(page)) == ["a", "b", "c"]
    assert page.endswith("claims: 3, hold: 2, seeds: 5\n")


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path, monkeypatch):
    measured, broken = [], ["b"]

    def one(name):
        def measure(seed):
            if name in broken:
                raise KeyboardInterrupt
            measured.append(name)
            return seed, 9

        return Claim(name, "vgg16", "c", "x", lambda a, b: a < b, measure)

    page = tmp_path / "claims.md"
    page.write_text("the page of before")
    monkeypatch.setattr(claims, "PAGE", page)
    monkeypatch.setattr(claims, "load", lambda: [one("a"), one("b")])
    with pytest.raises(KeyboardInterrupt):
        claims.main()
    assert page.read_text() == "the page of before"
    broken.clear()
    claims.main()
    assert measured == [name for name in "ab" for _ in SEEDS]
    assert page.read_text().endswith("claims: 2, hold: 2, seeds: 5\n")
    assert [path.name for path in tmp_path.iterdir()] == ["claims.md"]


def test_a_notebook_without_claims_is_refused(monkeypatch):
    with pytest.raises(SystemExit, match="no claims of vgg19"):
        claims.main("vgg19")
