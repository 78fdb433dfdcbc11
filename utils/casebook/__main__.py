"""`python -m casebook`, for where the environment's commands are not on the search path."""

from casebook.command import main

main()
