"""What an answer uses of the course is found, however it is written, and nothing else is."""

import pytest

from cnn_casebook.checks.parts.own_work import ready_made, uses
from cnn_casebook.checks.parts.verdict import CheckFailed
from cnn_casebook.checks.residual import identity_block_layers
from cnn_casebook.models import blocks
from cnn_casebook.remote import RemoteCallable

BLOCK = "cnn_casebook.models.blocks.identity_block"
STYLES = {
    "another name": "answer = blocks.identity_block",
    "one line": "def answer(x): return blocks.identity_block(x, 3, (1, 1, 4))",
    "an import of the package": "import cnn_casebook.models.blocks\n"
    "def answer(x): return cnn_casebook.models.blocks.identity_block(x, 3, (1, 1, 4))",
    "an import inside": "def answer(x):\n"
    "    from cnn_casebook.models.blocks import identity_block as block\n"
    "    return block(x, 3, (1, 1, 4))",
    "a module imported inside": "def answer(x):\n"
    "    import cnn_casebook.models.blocks as b\n"
    "    return b.identity_block(x, 3, (1, 1, 4))",
    "a function in between": "def f(x): return blocks.identity_block(x, 3, (1, 1, 4))\n"
    "def answer(x): return [f(y) for y in [x]][0]",
    "a default": "def answer(x, f=blocks.identity_block): return f(x, 3, (1, 1, 4))",
    "a closure": "def make(f):\n    return lambda x: f(x, 3, (1, 1, 4))\n"
    "answer = make(blocks.identity_block)",
    "a partial function": "import functools\n"
    "answer = functools.partial(blocks.identity_block, kernel_size=3)",
    "an object": "class Block:\n"
    "    def __call__(self, x): return blocks.identity_block(x, 3, (1, 1, 4))\n"
    "answer = Block()",
    "a method": "class Block:\n"
    "    def run(self, x): return blocks.identity_block(x, 3, (1, 1, 4))\n"
    "answer = Block().run",
}


@pytest.fixture(autouse=True)
def own_code_is_an_answer():
    """Here it is none."""


def of_notebook(text):
    names = {"__name__": "__main__", "blocks": blocks}
    exec(text, names)
    return names["answer"]


@pytest.mark.parametrize("style", STYLES)
def test_the_courses_block_is_found(style):
    found = uses(of_notebook(STYLES[style]))
    assert BLOCK in found
    assert ready_made(found, "residual") == BLOCK
    assert ready_made(found, "resnet") == ""


def test_functions_of_the_notebook_are_named_and_other_libraries_are_not_followed():
    text = "import keras\ndef f(x): return keras.ops.relu(x)\ndef answer(x): return f(x)"
    assert uses(of_notebook(text)) == ["__main__.answer", "__main__.f"]


@pytest.mark.parametrize(
    "text",
    [
        "def answer(x): return answer(x)",
        "def answer(x):\n    def inner(): return inner()\n    return later",
        "class Odd:\n    __slots__ = ()\n    def __call__(self, x): return x\nanswer = Odd()",
        "answer = len",
        "answer = int",
    ],
)
def test_any_function_can_be_looked_at(text):
    assert not ready_made(uses(of_notebook(text)), "residual")


def test_the_checks_own_code_is_refused_everywhere():
    text = "from cnn_casebook.checks.parts.receptive_field import field_of as answer"
    assert ready_made(uses(of_notebook(text)), "reading")
    assert ready_made(uses(of_notebook(text)), "vgg")


def test_what_another_process_found_counts():
    class StandIn(RemoteCallable):
        uses = (BLOCK,)

        def __call__(self, *_):
            raise AssertionError("not called")

    answer = StandIn()
    answer.__name__ = "identity_block"
    with pytest.raises(CheckFailed, match="which is the course's own code"):
        identity_block_layers(answer)
