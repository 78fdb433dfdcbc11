"""The command `casebook`: one word for each thing that people do with the course.

Its help must come at once, so every word imports what it needs when it runs.
"""
