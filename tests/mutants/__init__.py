"""How many mistakes the checks catch: solutions are mutated, and each mutant is graded.

`operators` makes the mutants, with the operators of cosmic-ray and of `field`; `runner` grades them
in forks; `python -m mutants` does both and prints the table. `equivalent.toml` lists reviewed
mutants that are no mistakes.
"""
