"""The own words of pages in a reader's language: texts in templates, behind the filter `said`."""

import functools
from collections.abc import Callable, Iterator

from jinja2 import Environment, nodes
from markupsafe import Markup, escape

from casebook_translations.message import Message
from cnn_casebook.languages.messages import messages_in


def find(source: str) -> Iterator[Message]:
    """The texts of a Jinja template that go through the filter `said`.

    Example:
        >>> [text.text for text in find('{{ "{n} points"|said(n=2) }}, {{ other }}')]
        ['{n} points']
    """
    for filtered in Environment().parse(source).find_all(nodes.Filter):
        if filtered.name == "said":
            for text in filtered.find_all(nodes.Const):
                if any(text is own for own in _texts_of(filtered.node)):
                    yield Message(text.lineno, text.lineno, text.value, "message")


def _texts_of(node: nodes.Node) -> list[nodes.Const]:
    """The constants that a filter's value may be: one, or one of two by a condition."""
    if isinstance(node, nodes.CondExpr):
        return [text for side in (node.expr1, node.expr2) for text in _texts_of(side)]
    return [node] if isinstance(node, nodes.Const) else []


@functools.cache
def said_in(language: str) -> Callable[..., Markup]:
    """The filter `said` in a language.

    It takes a text with fields in braces, and the fields by name. What is no Markup is escaped.

    Args:
        language: Code of the language, such as `ko`.
    """
    messages = messages_in(language)

    def said(text: str, **fields) -> Markup:
        if not fields:  # a message of the course's may be any text
            return escape(messages.say(text))
        values = {name: str(escape(value)) for name, value in fields.items()}
        return Markup(messages.fill(str(escape(messages.translation(text))), values))

    return said
