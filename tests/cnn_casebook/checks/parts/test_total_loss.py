"""Whether the loss is Keras's cross-entropies with their weights, and mistakes differ from it."""

import keras
import numpy as np

from cnn_casebook.checks.parts.total_loss import loss_mistakes, right_loss


def drawn(seed=0):
    rng = np.random.default_rng(seed)
    outputs = [rng.dirichlet(np.ones(5), 7).astype("float32") for _ in range(3)]
    return rng.integers(0, 5, 7), outputs


def test_the_loss_is_made_of_three_of_keras():
    labels, outputs = drawn()
    loss = keras.losses.SparseCategoricalCrossentropy()
    main, head1, head2 = (float(loss(labels, output)) for output in outputs)
    np.testing.assert_allclose(right_loss(labels, outputs), main + 0.3 * (head1 + head2), rtol=1e-5)


def test_mistakes_of_one_sentence_are_the_same_mistake_in_other_words():
    labels, outputs = drawn()
    texts = [text for text, _ in loss_mistakes(labels, outputs)]
    twice = {text for text in texts if texts.count(text) > 1}
    assert twice == {
        "the logarithm has base 2 or 10; expected the natural one.",
        "the logarithm is missing: the cross-entropy is -log(p).",
    }


def test_no_mistake_is_the_right_loss():
    labels, outputs = drawn()
    losses = [loss for _, loss in loss_mistakes(labels, outputs)]
    assert np.min(np.abs(np.array(losses) - right_loss(labels, outputs))) > 1e-3
