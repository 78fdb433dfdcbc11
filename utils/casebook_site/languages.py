"""The languages of the site: what each is called, and the few words that no notebook holds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """A language of the site.

    Attributes:
        name: What those who speak it call it.
        facts: What a card says of a notebook, with the fields `minutes` and `points`.
        show: Above the folded output of an experiment.
        hide: Above it, once it is unfolded.
        licence: The footer of each page.
        instructors: The banner of the instructor's edition.
    """

    name: str
    facts: str
    show: str
    hide: str
    licence: str
    instructors: str


LANGUAGES = {
    "en": Language(
        name="English",
        facts="{minutes} minutes, {points} points",
        show="Predict first, then show the output",
        hide="Hide the output",
        licence="Text and figures: CC BY 4.0. Code: MIT.",
        instructors="Instructor's edition with all solutions and hidden tests. Do not publish.",
    ),
}
