"""Answers to `pointwise_dense` in 04_inception/one_by_one_convolutions.ipynb."""

# %% same as: pointwise_conv2d
