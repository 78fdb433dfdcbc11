"""Makes every epoch of Keras's `fit` a step of the bar that shows how far a long cell is."""

from keras.callbacks import Callback

from cnn_casebook.guide.progress import steps


class EachEpoch(Callback):
    """Counts epochs; apart from showing them it changes nothing."""

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Begin with the first epoch."""
        self._steps = iter(steps(range(self.params["epochs"])))
        next(self._steps)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Go on to the next epoch."""
        next(self._steps, None)
