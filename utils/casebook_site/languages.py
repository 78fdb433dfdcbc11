"""The languages of the site: what each is called, and the few words that no notebook holds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """A language of the site.

    Attributes:
        name: What those who speak it call it.
        title: What the course is called in it.
        facts: What a card says of a notebook, with the fields `minutes` and `points`.
        show: Above the folded output of an experiment.
        hide: Above it, once it is unfolded.
        licence: The footer of each page.
        instructors: The banner of the instructor's edition.
    """

    name: str
    title: str
    facts: str
    show: str
    hide: str
    licence: str
    instructors: str


LANGUAGES = {
    "en": Language(
        name="English",
        title="Deep Convolutional Models: Case Studies",
        facts="{minutes} minutes, {points} points",
        show="Predict first, then show the output",
        hide="Hide the output",
        licence="Text and figures: CC BY 4.0. Code: MIT.",
        instructors="Instructor's edition with all solutions and hidden tests. Do not publish.",
    ),
    "ko": Language(
        name="한국어",
        title="심층 합성곱 모델: 사례 연구",
        facts="{minutes}분, {points}점",
        show="먼저 예측하고, 출력 보기",
        hide="출력 접기",
        licence="글과 그림: CC BY 4.0. 코드: MIT.",
        instructors="모든 정답과 숨은 검사가 실린 강사용 판입니다. 공개하지 마세요.",
    ),
}
