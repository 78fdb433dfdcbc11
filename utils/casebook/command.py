"""The command `casebook` itself: its words, listed by who needs them."""

import click

from casebook import authors, instructors, learners

PEOPLE = {
    "For learners": [learners.start],
    "For instructors": [instructors.grade],
    "For authors of the course": [authors.new_exercise, authors.run, authors.release],
}


class Words(click.Group):
    """A group of commands whose help says who needs which."""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each kind of people."""
        for people, words in PEOPLE.items():
            with formatter.section(people):
                formatter.write_dl([(word.name, word.get_short_help_str(60)) for word in words])


@click.group(
    cls=Words,
    commands=[word for words in PEOPLE.values() for word in words],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def main() -> None:
    """Deep Convolutional Models: Case Studies.

    Run it in the course's folder. `casebook WORD --help` says more about a word.
    """
