"""Answers to `predicted_order` in 03_residual_networks/why_resnets_work.ipynb."""

# %% right: what will happen
predicted_order = ["residual-20", "residual-56", "plain-20", "plain-56"]

# %% right: deeper is better
predicted_order = ["residual-56", "plain-56", "residual-20", "plain-20"]

# %% right: a tuple, shallow is better
predicted_order = "plain-20", "residual-20", "plain-56", "residual-56"

# %% right: computed
predicted_order = [f"{kind}-{depth}" for depth in (56, 20) for kind in ("residual", "plain")]

# %% right: sorted
predicted_order = sorted({"plain-56", "residual-20", "plain-20", "residual-56"})

# %% right: plain first
predicted_order = ["plain-56", "plain-20"]
predicted_order += ["residual-56", "residual-20"]

# %% wrong: nothing written
# loses: complete
# says: NotImplementedError
raise NotImplementedError()

# %% wrong: another name
# loses: complete
# says: name 'predicted_order' is not defined
order = ["residual-20", "residual-56", "plain-20", "plain-56"]

# %% wrong: three networks
# loses: complete
# says: predicted_order lacks plain-56
predicted_order = ["residual-20", "residual-56", "plain-20"]

# %% wrong: one named twice
# loses: complete
# says: predicted_order holds 5 names
predicted_order = ["residual-20", "residual-56", "plain-20", "plain-56", "plain-56"]

# %% wrong: empty
# loses: complete
# says: predicted_order lacks plain-20, plain-56, residual-20, residual-56
predicted_order = []

# %% wrong: other names
# loses: complete
# says: predicted_order holds 'ResNet-56'
predicted_order = ["ResNet-56", "ResNet-20", "plain-20", "plain-56"]

# %% wrong: a text
# loses: complete
# says: expected a list of four names
predicted_order = "residual-20, residual-56, plain-20, plain-56"

# %% wrong: a set has no order
# loses: complete
# says: expected a list of four names
predicted_order = {"residual-20", "residual-56", "plain-20", "plain-56"}
