"""How loud a stream is, measured while it is listened to: on the file's own samples, before they are mixed."""

import numpy as np
import numpy.typing as npt

from embedder.audio import Stream
from embedder.descriptors.loudness import Levels, Meter

MOST_VALUES = 16_000_000  # of all channels in a second: a meter keeps a second, and no music has more


class Gauge:
    """A tap of a stream (see ``Stream.tapped``) that measures its levels."""

    def __init__(self, stream: Stream) -> None:
        usual = stream.file_rate * stream.channels <= MOST_VALUES
        self._meter = Meter(stream.file_rate, stream.channels) if usual else None
        self._channels = stream.channels

    def __call__(self, samples: npt.NDArray[np.float32]) -> None:
        """Measure the next samples, shape=(n, channels)."""
        if samples.shape[1] != self._channels:
            self._meter = None  # where channels come and go, the standard defines no loudness
        if self._meter is not None:
            self._meter.feed(samples)

    def levels(self) -> Levels | None:
        """Return the levels of all that was measured; ``None`` for a stream that has none."""
        return None if self._meter is None else self._meter.levels()
