"""What a grader's objects offer to the course where a learner's code runs in another process.

A grader may run the checks in one process and the learner's code in another. The objects that
then stand for the learner's functions, networks and values inherit from the classes below; that
is how checks and messages know them. They are classes to inherit from, and not attributes to look
for, so that nothing a learner wrote is taken for one by accident. In one process there are none.

The course does not import the grader: the grader imports this module.
"""


class RemoteCallable:
    """Stands for a learner's function that runs in another process.

    Attributes:
        uses: What `own_work.uses` found there.
    """

    uses: tuple[str, ...] = ()

    def work_ahead(self, calls: list[tuple[tuple, dict]]) -> None:
        """Let the other process begin with these calls; each is still to be made.

        Building a network takes a second. While a check looks at the first one, the next can be
        built. `verdict.work_ahead` announces what will be built.

        Args:
            calls: For each call its arguments and keyword arguments.
        """
        raise NotImplementedError


class UnreadableNetwork:
    """Stands for a learner's network that cannot be read, and so stays in the other process.

    Attributes:
        why_unreadable: A sentence for the learner. `graph.flatten` raises it, as it would have
            raised it in the other process.
    """

    why_unreadable: str


class UnsendableValue:
    """Stands for a learner's value that cannot be sent, such as an object of their own class.

    Attributes:
        description: What `graph.describe` said of it in the other process, for messages.
    """

    description: str
