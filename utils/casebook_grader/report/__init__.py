"""The report on a class: what its results and answers say, as data and as one page."""
