"""Makes every epoch of Keras's `fit` a step of the bar that shows how far a long cell is."""

from keras.callbacks import Callback

from cnn_casebook.guide.progress import steps


class EachEpoch(Callback):
    """Counts epochs, and spares TensorFlow to trace the network twice; results stay the same."""

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Begin with the first epoch."""
        # Variables that are made within the first step, as an optimizer's momenta are, make
        # TensorFlow trace that step again without them.
        self.model.optimizer.build(self.model.trainable_variables)
        self._steps = iter(steps(range(self.params["epochs"])))
        next(self._steps)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Go on to the next epoch."""
        next(self._steps, None)
