"""Networks: how they are read, built, drawn up in tables, counted and costed."""
