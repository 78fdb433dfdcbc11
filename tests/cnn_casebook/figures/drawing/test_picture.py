"""What Jupyter is given for a picture, and that nothing stays open."""

import drawings
import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

from cnn_casebook import figures
from cnn_casebook.figures.drawing.picture import Picture


def test_the_bundle_holds_image_and_text():
    picture = figures.volumes(drawings.ALEXNET, alt='Large "net".')
    data, metadata = picture._repr_mimebundle_()
    assert data["text/plain"] == repr(picture) == picture.alt
    assert 'alt="Large &quot;net&quot;."' in data["text/html"]
    assert data["image/png"] in data["text/html"]
    assert metadata["image/png"]["alt"] == picture.alt


def test_displaying_leaves_no_figure_behind():
    before = plt.get_fignums()
    figures.stages(drawings.RESNET50)._repr_mimebundle_()
    figures.learning_curves(drawings.CURVES)._repr_mimebundle_()
    assert plt.get_fignums() == before


def test_a_diagram_takes_fewer_bytes_than_a_photograph():
    figure = figures.stages(drawings.RESNET50).figure
    photograph = Picture(figure, "A chain.", photographic=True)
    assert len(Picture(figure, "A chain.").png()) < len(photograph.png())


@pytest.mark.parametrize("alt", ["", "  \n", None])
def test_a_picture_needs_words(alt):
    with pytest.raises(ValueError, match="Expected alternative text"):
        Picture(Figure(), alt)


def test_other_kinds_of_files_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.png or \.svg; found 'a\.gif'"):
        Picture(Figure(), "Nothing.").save(tmp_path / "a.gif")
