import numpy as np
import pytest

from cnn_casebook.checks.parts.receptive_field import (
    draw_layers,
    field_mistakes,
    field_of,
    layers_text,
    likely_mistakes,
)
from cnn_casebook.models import networks


def pixels_seen(layers):
    """Walk from a single output back to the pixels that it needs."""
    needed = {0}
    for layer in reversed(layers):
        needed = {n * layer["stride"] + k for n in needed for k in range(layer["kernel"])}
    return max(needed) - min(needed) + 1


def drawn(rng, count):
    sizes = zip(rng.integers(1, 7, count), rng.integers(1, 4, count), strict=True)
    return [networks.pool(f"p{i}", int(k), int(s)) for i, (k, s) in enumerate(sizes)]


@pytest.mark.parametrize("count", range(6))
def test_the_field_is_that_of_a_walk_back(count):
    rng = np.random.default_rng(count)
    for _ in range(20):
        layers = drawn(rng, count)
        assert field_of(layers) == pixels_seen(layers)


def test_every_mistake_gives_its_own_number_and_words():
    layers = [
        networks.conv("a", 4, 5, stride=2),
        networks.pool("b", 2, 2),
        networks.conv("c", 4, 2, stride=2),
        networks.pool("d", 2, 1),
    ]
    mistakes = field_mistakes(layers)
    assert len(dict(mistakes)) == len(mistakes)
    numbers = [str(field_of(layers)), *map(str, dict(mistakes).values())]
    assert len(set(numbers)) == len(numbers)


def test_a_mistake_is_likely_where_it_explains_another_stack_too():
    rng = np.random.default_rng(0)
    two = [networks.conv(name, 8, 3) for name in "ab"]
    added = [text for text, field in field_mistakes(two) if field == 9]
    assert len(added) == 2  # kernels multiplied, or one step too many on each side

    def multiplied(layers):
        return int(np.prod([layer["kernel"] for layer in layers]))

    likely = list(likely_mistakes(multiplied, two, rng))
    assert [text for text, _ in likely] == ["kernels add up, they do not multiply."]
    assert list(likely_mistakes(lambda layers: 9, two, rng)) == []
    assert list(likely_mistakes(lambda layers: layers[2:][0] / 0, two, rng)) == []
    assert list(likely_mistakes(field_of, draw_layers(rng), rng)) == []


def test_layers_in_a_few_words():
    layers = [networks.conv("a", 8, 5, stride=2), networks.pool("b", 3, 2)]
    assert layers_text(layers) == "conv 5x5/2, pool 3x3/2"
    assert layers_text([]) == ""
