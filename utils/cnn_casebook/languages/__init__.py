"""Languages besides English: what checks and the guide say, translated where a person reads it."""
