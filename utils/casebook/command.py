"""The command `casebook` itself: its subcommands, listed by who needs them."""

import click

from casebook import authors, handing_in, instructors, learners

PEOPLE = {
    "For learners": [learners.start, learners.hand_in, learners.self_grade],
    "For instructors": [
        handing_in.collect,
        instructors.grade,
        instructors.feedback,
        instructors.report,
        handing_in.export,
        instructors.forget,
    ],
    "For authors of the course": [
        authors.new_exercise,
        authors.run,
        authors.release,
        authors.site,
        authors.translations,
    ],
}


class CommandsByPeople(click.Group):
    """A group of commands whose help says who needs which."""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each kind of people."""
        for people, commands in PEOPLE.items():
            with formatter.section(people):
                formatter.write_dl(
                    [(command.name, command.get_short_help_str(60)) for command in commands]
                )


@click.group(
    cls=CommandsByPeople,
    commands=[command for commands in PEOPLE.values() for command in commands],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def main() -> None:
    """Deep Convolutional Models: Case Studies.

    Run it in the course's folder. `casebook COMMAND --help` says more about a command.
    """
