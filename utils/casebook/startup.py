"""Read by every kernel that `casebook start` begins, so that it explains errors before set-up.

After a kernel is started anew, nothing of the set-up cell is known: a check would give a bare
NameError. The variable PYTHONSTARTUP names this file; IPython runs it among the learner's names,
so it leaves none there.
"""

if __name__ == "__main__":
    __import__("cnn_casebook.runtime", fromlist=["explain_errors"]).explain_errors()
