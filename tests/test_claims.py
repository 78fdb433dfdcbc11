"""Whether the table of claims is that of the measured claims, and names cells that exist."""

import json

import banks
import claims


def cells(notebook: str) -> set[str]:
    (path,) = (banks.ROOT / "solutions").glob(f"*/{notebook}.ipynb")
    return {cell["id"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}


def test_each_claim_stands_in_a_cell():
    for one in claims.CLAIMS:
        assert one.cell in cells(one.notebook), one


def test_the_table_has_a_row_for_each_claim_and_all_hold():
    *rows, last = claims.PAGE.read_text(encoding="utf-8").strip().splitlines()
    count, seeds = len(claims.CLAIMS), len(claims.SEEDS)
    assert last == f"claims: {count}, hold: {count}, seeds: {seeds}", "run `make claims`"
    said = [row.split(" | ")[0].removeprefix("| ") for row in rows if row.startswith("| ")]
    assert said[1:] == [one.says for one in claims.CLAIMS], "run `make claims`"


def test_a_claim_holds_only_if_it_does_for_every_seed():
    def one(limit):
        return claims.Claim("s", "n", "c", "x", lambda a, b: a + limit > b, lambda seed: (seed, 3))

    assert claims.row(one(4))[1]
    line, holds = claims.row(one(1))
    assert not holds
    assert line.endswith("| **no** |")
    assert "0, 3; 1, 3" in line
