"""The checks of loading: that what they hand out is what they say, and what the bank leaves out."""

import keras
import numpy as np
import pytest
from answer_functions import across, assert_same_failure_with_same_seed, solution_names
from keras import layers

from cnn_casebook.checks import loading
from cnn_casebook.checks.parts.verdict import CheckFailed


@pytest.fixture(scope="module")
def solution() -> dict:
    return solution_names("load_backbone")


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def weight_file(folder):
    (path,) = folder.rglob("*.keras")
    return path


def predictions(model):
    shape = model.input_shape[1:]
    images = np.random.default_rng(0).normal(0, 1, (3, *shape)).astype("float32")
    return keras.ops.convert_to_numpy(model(images, training=False))


@pytest.mark.parametrize(
    ("function", "check"),
    [
        ("load_backbone", loading.load_features),
        ("load_backbone", loading.load_verified),
        ("load_backbone", loading.load_safe),
        ("prepare_images", loading.prepare_range),
    ],
)
def test_right_answers_pass_from_another_process(solution, function, check):
    check(across(solution[function]))


@pytest.mark.parametrize(("deep_head", "behind"), [(False, 1), (True, 3)])
def test_how_many_layers_follow_the_features_differs(rng, deep_head, behind):
    model = loading._classifier(rng, deep_head)
    names = [layer.name for layer in model.layers]
    assert len(names) - 1 - names.index("features") == behind


def test_no_batch_norm_of_a_saved_network_looks_fresh(rng):
    """Else the weights of a fresh network could not be told from the saved ones."""
    model = loading._classifier(rng, deep_head=False)
    (norm,) = [x for x in model.layers if isinstance(x, layers.BatchNormalization)]
    assert np.all(np.asarray(norm.moving_mean) != 0)


def test_a_saved_network_lies_in_a_repository_that_is_verified(rng, tmp_path, solution):
    model = loading._classifier(rng, deep_head=False)
    loading._save_in_repository(model, tmp_path / "net", rng)
    name = weight_file(tmp_path / "net").relative_to(tmp_path / "net").as_posix()
    assert name in solution["verify_files"](tmp_path / "net")
    loaded = keras.saving.load_model(weight_file(tmp_path / "net"))
    np.testing.assert_array_equal(predictions(loaded), predictions(model))


def test_an_exchanged_file_loads_without_an_error_and_is_not_the_one_listed(
    rng, tmp_path, solution
):
    model = loading._classifier(rng, deep_head=False)
    other = loading._classifier(rng, deep_head=False)
    loading._save_in_repository(model, tmp_path / "net", rng, other)
    loaded = keras.saving.load_model(weight_file(tmp_path / "net"))
    np.testing.assert_array_equal(predictions(loaded), predictions(other))
    with pytest.raises(ValueError, match="is not the file that the manifest lists"):
        solution["verify_files"](tmp_path / "net")


def test_keras_refuses_the_file_with_code_although_its_checksum_is_right(rng, tmp_path, solution):
    model = loading._classifier(rng, deep_head=False, with_code=True)
    loading._save_in_repository(model, tmp_path / "net", rng)
    solution["verify_files"](tmp_path / "net")
    with pytest.raises(ValueError, match="Lambda"):
        keras.saving.load_model(weight_file(tmp_path / "net"))


def test_a_backbone_for_other_images_is_named():
    def load_backbone(repository):
        images = keras.Input((4, 4, 3))
        return keras.Model(images, layers.GlobalAveragePooling2D(name="features")(images))

    with pytest.raises(CheckFailed, match=r"the backbone takes \(4, 4, 3\); expected the images"):
        loading.load_features(load_backbone)


@pytest.mark.parametrize("round_off", [np.floor, np.ceil, np.rint], ids=lambda f: f.__name__)
def test_whole_numbers_are_fine(round_off):
    loading.prepare_range(lambda images: round_off(255 * images).astype("uint8"))


@pytest.mark.parametrize(
    ("prepare_images", "message"),
    [
        (lambda images: list(images), "should return an array; found"),
        (lambda images: 255 * images[..., 0], r"into \(3, 7, 7\); expected the same shape"),
        (lambda images: 255 * images + 2, "it differs by up to 2"),
        (lambda images: 255 * images * np.nan, "not finite"),
    ],
)
def test_other_values_and_shapes_are_refused(prepare_images, message):
    with pytest.raises(CheckFailed, match=message):
        loading.prepare_range(prepare_images)


def test_the_same_seed_gives_the_same_failure():
    assert_same_failure_with_same_seed(loading.prepare_range, lambda images: 250 * images)
