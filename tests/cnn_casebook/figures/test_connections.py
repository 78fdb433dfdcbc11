import pytest

from cnn_casebook.figures import connections


def test_the_alternative_text_lists_every_column():
    picture = connections([[1, 0, 0], [1, 0, 1]], "row", "column", title="Who sees whom")
    assert picture.alt == (
        "Who sees whom. Table of connections, 2 rows (row) and 3 columns (column). "
        "Column 0: 0, 1. Column 1: none. Column 2: 1."
    )
    assert picture.png().startswith(b"\x89PNG")


@pytest.mark.parametrize("table", [[], [1, 0], [[[1]]]])
def test_only_a_table_is_drawn(table):
    with pytest.raises(ValueError, match="Expected a table"):
        connections(table, "row", "column")
