"""What runs inside the sandbox: the process that forks kernels, and what the kernels are given.

The rest of `casebook_grader` runs outside, in the grader's own process. Inside, this package is
all that can be seen of it (`bubblewrap` shows it, to read), so its modules import one another,
`cnn_casebook`, Keras and what comes with Keras, and nothing else of `casebook_grader`. Outside,
nobody imports them but tests: they bring TensorFlow along.

| module | which process runs it |
|---|---|
| `zygote` | the zygote: imports all of this and TensorFlow, then forks a kernel on request |
| `isolation` | each fork, on its way from the zygote to a kernel |
| `learner` | the learner's kernel: describes and calls what the learner defined |
| `checks` | the check kernel: lets checks use what the learner defined |
| `messages`, `values`, `networks`, `errors`, `files` | both kernels: what they write each other |

How it stays safe. Everything here was imported before the fork, from a folder that cannot be
written to, so no kernel looks for it where a learner's files lie. Nothing here is secret: a
learner's code may read it, and replace it in its own kernel. There it can do no more than write
odd messages, which the check kernel reads as data. The grader (`session`) runs only calls of
functions of this package in kernels, beside the notebook's cells, and they define no names there.
"""
