"""Files of audio for tests, in codings that libsndfile does not write, or not whole."""

import fractions

import av
import numpy as np
import soundfile


def write_with_ffmpeg(path, wave, rate, codec, *, picture=False, **options):
    """Encode mono ``wave``; with ``picture``, put a video stream in front of the sound, as cover art stands."""
    with av.open(str(path), "w", **options) as container:
        video = container.add_stream("mjpeg", rate=1, width=32, height=32, pix_fmt="yuvj420p") if picture else None
        audio = container.add_stream(codec, rate=rate, layout="mono", bit_rate=128_000)
        if video is not None:
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
            frame.pts = 0
            for packet in [*video.encode(frame), *video.encode(None)]:
                container.mux(packet)
        frame = av.AudioFrame.from_ndarray(wave[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = rate, fractions.Fraction(1, rate), 0
        for packet in [*audio.encode(frame), *audio.encode(None)]:
            container.mux(packet)


def write_with_soundfile(path, wave, rate, **how):
    """Encode ``wave`` block by block: libvorbis overflows its stack where minutes come at once."""
    channels = 1 if wave.ndim == 1 else wave.shape[1]
    with soundfile.SoundFile(path, "w", rate, channels, **how) as file:
        for start in range(0, len(wave), 4096):
            file.write(wave[start : start + 4096])
