"""The command `casebook`: a subcommand for each thing that people do with the course.

Its help must come at once, so every subcommand imports what it needs when it runs.
"""
