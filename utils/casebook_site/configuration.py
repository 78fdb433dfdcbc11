"""What Sphinx is told: every setting of the site, each with its reason."""

from collections.abc import Sequence
from pathlib import Path

from casebook_site.languages import LANGUAGES

COLAB = "https://colab.research.google.com"
HERE = Path(__file__).parent


def configuration(
    language: str, languages: Sequence[str] = (), repository: str = "", instructors: bool = False
) -> dict:
    """The names that Sphinx reads from its `conf.py`. Nothing is executed, nothing is fetched.

    Args:
        language: Code of the language of the pages, such as `en`.
        languages: Codes of all languages that are built; a page leads to itself in the others.
        repository: Address of the course's repository, for buttons that open a page in Binder
            and, on GitHub, in Colab; none where it is empty.
        instructors: The pages hold solutions.
    """
    words = LANGUAGES[language]
    theme = {
        "use_download_button": False,
        "use_fullscreen_button": False,
        "article_header_end": ["languages.html", "article-header-buttons.html"],
        "navbar_persistent": [],  # one search field is enough
        "extra_footer": words.licence,
        "footer_content_items": ["extra-footer.html"],
        "show_toc_level": 2,
        "pygments_light_style": "github-light",
        "pygments_dark_style": "github-dark",
    }
    if repository:
        theme |= {
            "repository_url": repository,
            "use_repository_button": True,
            "repository_branch": "main",
            "path_to_docs": "assignments",
            "launch_buttons": {
                "binderhub_url": "https://mybinder.org",
                # For a repository elsewhere, Sphinx's theme would warn.
                "colab_url": COLAB if repository.startswith("https://github.com/") else "",
                "notebook_interface": "jupyterlab",
            },
        }
    if instructors:
        theme["announcement"] = words.instructors
    return {
        "project": words.title,
        "language": language,
        "extensions": ["myst_nb", "casebook_site.korean"],
        "nb_execution_mode": "off",
        "nb_merge_streams": True,
        "nb_code_prompt_show": words.show,
        "nb_code_prompt_hide": words.hide,
        "myst_enable_extensions": ["dollarmath", "colon_fence"],
        "myst_heading_anchors": 3,
        "myst_html_meta": {"robots": "noindex"} if instructors else {},
        # Sphinx's own default asks a server for MathJax.
        "mathjax_path": "mathjax/tex-svg.js",
        # Its menu would load more files.
        "mathjax3_config": {
            "svg": {"fontCache": "global"},
            "options": {"enableMenu": False},
        },
        "html_theme": "sphinx_book_theme",
        "html_theme_options": theme,
        "html_title": words.title,
        "html_static_path": [str(HERE / "static")],
        "templates_path": [str(HERE / "templates")],
        "html_favicon": str(HERE / "static" / "icon.svg"),
        "html_css_files": ["course.css"],
        "html_js_files": ["course.js"],
        "html_copy_source": False,
        "html_show_copyright": False,
        "html_use_index": False,
        "html_context": {
            "languages": {code: LANGUAGES[code].name for code in languages},
            "default_mode": "auto",
        },
    }
