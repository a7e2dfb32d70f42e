"""How sound becomes images, as data, and what both are called; nothing heavy is imported for it."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.float32]  # (n,), mono, full scale is 1
Image: TypeAlias = npt.NDArray[np.float32]  # (mels, frames)
Images: TypeAlias = npt.NDArray[np.float32]  # (n, mels, frames)
Evidence: TypeAlias = npt.NDArray[np.float32]  # (n, d), or (d,) as the mean over a song: what labels are read from


@dataclass(frozen=True, slots=True)
class AudioSettings:
    """How sound becomes images. It travels in the bundle: vectors of other settings are of another model."""

    sample_rate: int = 22_050  # Hz
    n_fft: int = 2048  # samples of one frame
    hop: int = 441  # samples from frame to frame: 50 frames a second
    mels: int = 256  # bands, Slaney scale, 0 Hz to half the sample rate; height of an image
    frames: int = 256  # width of an image
    range_db: float = 80.0  # below a slice's own peak

    @property
    def slice_samples(self) -> int:
        """Samples from the start of one slice to the start of the next."""
        return self.hop * self.frames

    @property
    def window_samples(self) -> int:
        """Samples that one slice's image looks at: half a frame more on either side, less the last hop."""
        return (self.frames - 1) * self.hop + self.n_fft

    @property
    def slice_seconds(self) -> float:
        """Seconds from the start of one slice to the start of the next: 5.12."""
        return self.slice_samples / self.sample_rate
