from cnn_casebook.models.inception_table import INPUTS, MODULES


def test_each_module_gets_what_the_one_before_it_gives():
    channels = 192
    for widths, entering in zip(MODULES.values(), INPUTS, strict=True):
        assert entering == channels
        channels = widths.f1 + widths.f3 + widths.f5 + widths.pool_projection
    assert channels == 1024
