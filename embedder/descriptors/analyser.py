"""From power spectra to features and structure: the whole of signal analysis, fed while a recording is heard."""

from collections.abc import Mapping
from dataclasses import dataclass

from embedder.descriptors.course import Course
from embedder.descriptors.features import features, musical
from embedder.descriptors.frames import FrameTrack
from embedder.descriptors.loudness import Levels
from embedder.settings import AudioSettings
from embedder.spectrogram import Power
from songs.labels import Feature
from songs.structure import Structure


@dataclass(frozen=True, slots=True)
class Described:
    """What signal processing tells of a recording."""

    features: Mapping[str, Feature]  # tempo, key, mode, time_signature, loudness, loudness_dbfs, duration
    structure: Structure


class Analyser:
    """Hears power spectra, 50 a second, and says at the end what was in them.

    It keeps 20 MB an hour. The answer does not depend on how the frames came in blocks.
    """

    def __init__(self, audio: AudioSettings) -> None:
        self._track = FrameTrack(audio)

    def feed(self, power: Power) -> None:
        """Take the next frames, as ``spectrogram.stream`` shows them to its tap.

        Parameters
        ----------
        power : np.ndarray, shape=(n_fft // 2 + 1, n_frames), float32
            Neither kept nor changed.
        """
        self._track.feed(power)

    def result(self, duration: float, levels: Levels | None = None) -> Described:
        """Return what was heard. Feeding ends with it.

        Parameters
        ----------
        duration : float
            Seconds.
        levels : Levels, optional
            Of the recording's own channels; None where nobody measured them.
        """
        whole = features(duration, levels or Levels())
        if not self._track.count:
            return Described(whole, Structure(duration=duration, fade_in_end=0.0, fade_out_start=duration))
        course = Course.of(self._track.frames(), duration)
        told = musical(course.tempo, course.beats, course.key, course.metre, duration)
        return Described(whole | told, course.structure())
