"""Decoding: every format, every fault, and never more than a block at a time."""

import contextlib
import os
import tracemalloc
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from mutagen.id3 import APIC, ID3

from embedder.audio import open_audio
from encoding import write_with_ffmpeg
from songs.errors import (
    AudioEmpty,
    AudioNotFinite,
    AudioNotFound,
    AudioNotReadable,
    AudioTooLong,
    AudioUndecodable,
)

RATE = 22_050


def heard(path, rate=RATE, max_seconds=100.0):
    with open_audio(path, rate, max_seconds) as stream:
        blocks = list(stream)
    return stream, np.concatenate(blocks) if blocks else np.empty(0, np.float32)


def loudest_hz(y, rate=RATE):
    spectrum = np.abs(np.fft.rfft(y * np.hanning(len(y))))
    return spectrum.argmax() * rate / len(y)


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_wav_of_any_rate_and_channels(tmp_path, sounds, rate, channels):
    soundfile.write(tmp_path / "a.wav", np.tile(sounds.tone(440, 2, rate)[:, None], channels), rate)
    stream, y = heard(tmp_path / "a.wav")
    assert (stream.file_rate, stream.channels) == (rate, channels)
    assert len(y) == pytest.approx(2 * RATE, abs=2)
    assert loudest_hz(y) == pytest.approx(440, abs=1)
    assert np.abs(y).max() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.wav", {"subtype": "PCM_U8"}),
        ("a.wav", {"subtype": "PCM_24"}),
        ("a.wav", {"subtype": "FLOAT"}),
        ("a.aiff", {}),
        ("a.flac", {}),
        ("a.ogg", {"format": "OGG", "subtype": "VORBIS"}),
        ("a.opus", {"format": "OGG", "subtype": "OPUS"}),
        ("a.mp3", {"format": "MP3"}),
    ],
)
def test_what_libsndfile_writes_is_heard(tmp_path, sounds, name, how):
    soundfile.write(tmp_path / name, sounds.tone(440, 2, 48_000), 48_000, **how)
    stream, y = heard(tmp_path / name)
    assert (stream.file_rate, stream.channels) == (48_000, 1)
    assert len(y) == pytest.approx(2 * RATE, abs=0.06 * RATE)
    assert loudest_hz(y) == pytest.approx(440, abs=1)
    assert np.abs(y[1000:-1000]).max() == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize(
    ("name", "codec"), [("a.m4a", "aac"), ("a.m4a", "alac"), ("a.aac", "aac"), ("a.wma", "wmav2"), ("a.mka", "flac")]
)
def test_what_libsndfile_refuses_is_heard_all_the_same(tmp_path, sounds, name, codec):
    write_with_ffmpeg(tmp_path / name, sounds.tone(440, 2, 44_100), 44_100, codec)
    stream, y = heard(tmp_path / name)
    assert (stream.file_rate, stream.channels) == (44_100, 1)
    assert len(y) == pytest.approx(2 * RATE, abs=0.1 * RATE)
    assert loudest_hz(y) == pytest.approx(440, abs=1)
    assert np.abs(y[2000:-4000]).max() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("name", ["a.m4a", "a.mkv"])
def test_a_picture_beside_the_sound_is_left(tmp_path, sounds, name):
    kind = {"format": "mp4"} if name == "a.m4a" else {}
    write_with_ffmpeg(tmp_path / name, sounds.tone(440, 2, 44_100), 44_100, "aac", picture=True, **kind)
    with av.open(str(tmp_path / name)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]
    assert loudest_hz(heard(tmp_path / name)[1]) == pytest.approx(440, abs=1)


def test_an_mp3_with_a_large_cover_is_heard(tmp_path, sounds):
    soundfile.write(tmp_path / "a.mp3", sounds.tone(440, 2, 44_100), 44_100, format="MP3")
    tags = ID3()
    tags.add(APIC(mime="image/jpeg", type=3, data=np.random.default_rng(1).bytes(700_000)))
    tags.save(tmp_path / "a.mp3")
    assert (tmp_path / "a.mp3").stat().st_size > 700_000
    assert loudest_hz(heard(tmp_path / "a.mp3")[1]) == pytest.approx(440, abs=1)


def test_the_name_of_a_file_says_nothing(tmp_path, sounds):
    soundfile.write(tmp_path / "a.flac", sounds.tone(440, 2), RATE)
    for name in ("a.mp3", "a.m4a", "a", "ä ü\udce4.txt"):
        (tmp_path / name).write_bytes((tmp_path / "a.flac").read_bytes())
        assert loudest_hz(heard(tmp_path / name)[1]) == pytest.approx(440, abs=1)


def test_channels_are_averaged(tmp_path, sounds):
    wave = sounds.noise(2)
    soundfile.write(tmp_path / "a.wav", np.stack([wave, 0 * wave], axis=1), RATE, subtype="FLOAT")
    np.testing.assert_array_equal(heard(tmp_path / "a.wav")[1], wave / 2)


def test_blocks_join_to_what_one_resampling_gives(tmp_path, sounds):
    soxr = pytest.importorskip("soxr")
    wave = sounds.noise(20, 44_100)
    soundfile.write(tmp_path / "a.wav", wave, 44_100, subtype="FLOAT")
    with open_audio(tmp_path / "a.wav", RATE, 100) as stream:
        blocks = list(stream)
    assert len(blocks) > 4
    assert all(block.dtype == np.float32 and block.ndim == 1 and block.size for block in blocks)
    np.testing.assert_allclose(np.concatenate(blocks), soxr.resample(wave, 44_100, RATE, quality="HQ"), atol=1e-6)


def test_memory_does_not_grow_with_the_recording(tmp_path, sounds):
    with soundfile.SoundFile(tmp_path / "a.flac", "w", 22_050, 2) as file:
        for second in range(600):
            file.write(np.tile(sounds.tone(100 + second, 1)[:, None], 2))
    tracemalloc.start()
    with open_audio(tmp_path / "a.flac", RATE, 1000) as stream:
        samples = sum(len(block) for block in stream)
        peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert samples == 600 * RATE
    assert peak < 8e6  # the whole would be 106 MB


# ---- what is not there, or may not be read


def test_no_such_file(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    for path in (tmp_path / "no", tmp_path / "no" / "no", tmp_path / "file" / "no", tmp_path / ("n" * 300)):
        with pytest.raises(AudioNotFound):
            open_audio(path, RATE, 10)
    with pytest.raises(AudioNotFound):
        open_audio(tmp_path / "a\0b", RATE, 10)


def test_a_folder_and_a_pipe_are_no_recordings(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path, why in ((tmp_path, "directory"), (tmp_path / "pipe", "regular"), (tmp_path / "loop", "symbolic links")):
        with pytest.raises(AudioNotReadable, match=why):
            open_audio(path, RATE, 10)


@contextlib.contextmanager
def without_rights():
    """Be nobody for a moment, if we are root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_no_permission(tmp_path, sounds):
    soundfile.write(tmp_path / "a.wav", sounds.tone(440, 1), RATE)
    (tmp_path / "a.wav").chmod(0)
    with without_rights(), pytest.raises(AudioNotReadable, match="Permission denied"):
        open_audio(tmp_path / "a.wav", RATE, 10)


# ---- what is broken


def test_an_empty_file(tmp_path):
    (tmp_path / "a.mp3").touch()
    with pytest.raises(AudioEmpty):
        open_audio(tmp_path / "a.mp3", RATE, 10)


@pytest.mark.parametrize("name", ["a.mp3", "a.wav", "a.au", "a.vox", "a.gsm", "a.m4a", "a.opus"])
@pytest.mark.parametrize("content", ["text", "zeros", "random"])
def test_what_is_no_audio(tmp_path, name, content):
    text = b"The quick brown fox jumps over the lazy dog, and on it runs.\n" * 500
    random = np.random.default_rng(3).bytes(30_000)
    (tmp_path / name).write_bytes({"text": text, "zeros": bytes(30_000), "random": random}[content])
    with pytest.raises(AudioUndecodable, match=name):
        heard(tmp_path / name)


def test_a_header_without_sound(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.empty(0, np.float32), RATE)
    with pytest.raises(AudioUndecodable):
        open_audio(tmp_path / "a.wav", RATE, 10)


def test_a_film_without_sound(tmp_path):
    with av.open(str(tmp_path / "a.mp4"), "w") as container:
        video = container.add_stream("mjpeg", rate=1, width=32, height=32, pix_fmt="yuvj420p")
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        for packet in [*video.encode(frame), *video.encode(None)]:
            container.mux(packet)
    with pytest.raises(AudioUndecodable, match="no audio stream"):
        open_audio(tmp_path / "a.mp4", RATE, 10)


@pytest.mark.parametrize("kind", ["playlist", "concat"])
def test_a_playlist_opens_no_other_file(tmp_path, sounds, kind):
    write_with_ffmpeg(tmp_path / "other.aac", sounds.tone(440, 2, 44_100), 44_100, "aac")
    lists = {
        "playlist": "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:2,\nother.aac\n#EXT-X-ENDLIST\n",
        "concat": "ffconcat version 1.0\nfile other.aac\n",
    }
    (tmp_path / "list").write_text(lists[kind].replace("other.aac", str(tmp_path / "other.aac")))
    with pytest.raises(AudioUndecodable):
        heard(tmp_path / "list")


CUT = {
    "a.mp3": {"format": "MP3"},
    "a.flac": {},
    "a.ogg": {"format": "OGG", "subtype": "VORBIS"},
    "a.opus": {"format": "OGG", "subtype": "OPUS"},
    "a.wav": {},
}


@pytest.mark.parametrize("name", CUT)
def test_a_truncated_file_is_heard_as_far_as_it_goes(tmp_path, sounds, name):
    soundfile.write(tmp_path / name, sounds.noise(20, 48_000), 48_000, **CUT[name])
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) * 6 // 10])
    _, y = heard(tmp_path / name)
    assert 7 * RATE < len(y) < 14 * RATE  # of noise, 60 % of the bytes are about 60 % of the time
    assert 0.05 < np.abs(y).mean() < 0.5


@pytest.mark.parametrize("name", CUT)
def test_a_stump_does_not_decode(tmp_path, sounds, name):
    soundfile.write(tmp_path / name, sounds.noise(20, 48_000), 48_000, **CUT[name])
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:30])
    with pytest.raises(AudioUndecodable):
        heard(tmp_path / name)


FFMPEG = {"a.m4a": "aac", "b.m4a": "alac", "a.wma": "wmav2", "a.mka": "flac"}


@pytest.mark.parametrize("name", [*CUT, *FFMPEG])
def test_damage_anywhere_is_heard_or_named_but_never_a_surprise(tmp_path, sounds, name):
    if name in CUT:
        soundfile.write(tmp_path / name, sounds.noise(2, 48_000), 48_000, **CUT[name])
    else:
        write_with_ffmpeg(tmp_path / name, sounds.noise(2, 48_000), 48_000, FFMPEG[name])
    whole = (tmp_path / name).read_bytes()
    rng = np.random.default_rng(11)
    for _ in range(40):
        damaged = np.frombuffer(whole, np.uint8).copy()
        reach = len(whole) if rng.random() < 0.5 else 200  # half of the damage in the header
        damaged[rng.integers(reach, size=rng.integers(1, 20))] = rng.integers(256)
        (tmp_path / name).write_bytes(damaged[: rng.integers(1, len(whole) * 2)].tobytes())
        try:
            _, y = heard(tmp_path / name)
        except (AudioUndecodable, AudioNotFinite, AudioTooLong):
            continue
        assert np.isfinite(y).all()


def test_what_stands_before_the_damage_is_heard(tmp_path, sounds):
    soundfile.write(tmp_path / "a.mp3", sounds.noise(20, 48_000), 48_000, format="MP3")
    content = bytearray((tmp_path / "a.mp3").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 3000] = bytes(3000)
    (tmp_path / "a.mp3").write_bytes(content)
    assert len(heard(tmp_path / "a.mp3")[1]) > 8 * RATE


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e20])
def test_samples_that_are_no_numbers(tmp_path, sounds, bad):
    wave = np.tile(sounds.tone(440, 8)[:, None], 2)
    wave[7 * RATE, 1] = bad
    soundfile.write(tmp_path / "a.wav", wave, RATE, subtype="FLOAT")
    with pytest.raises(AudioNotFinite) as caught:
        heard(tmp_path / "a.wav")
    assert caught.value.second == pytest.approx(7.0)


def test_too_long_is_seen_while_reading_whatever_the_header_says(tmp_path, sounds):
    soundfile.write(tmp_path / "a.wav", sounds.noise(20), RATE)
    lying = bytearray((tmp_path / "a.wav").read_bytes())
    lying[40:44] = (2_000).to_bytes(4, "little")  # size of the data, in bytes
    heard(tmp_path / "a.wav", max_seconds=20)
    with pytest.raises(AudioTooLong):
        heard(tmp_path / "a.wav", max_seconds=19)
    (tmp_path / "a.wav").write_bytes(lying)
    heard(tmp_path / "a.wav", max_seconds=19)  # what the header leaves out is not heard


def test_a_header_that_promises_centuries_costs_nothing(tmp_path, sounds):
    soundfile.write(tmp_path / "a.wav", sounds.noise(2), RATE)
    content = bytearray((tmp_path / "a.wav").read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(content)
    assert len(heard(tmp_path / "a.wav")[1]) == pytest.approx(2 * RATE, abs=100)


def test_a_rate_that_cannot_be(tmp_path, sounds):
    soundfile.write(tmp_path / "a.wav", sounds.noise(2), 17)
    with pytest.raises(AudioUndecodable, match="17 Hz"):
        open_audio(tmp_path / "a.wav", RATE, 1e6)


def test_files_are_closed(tmp_path, sounds):
    soundfile.write(tmp_path / "good.wav", sounds.noise(2), RATE)
    (tmp_path / "bad.wav").write_bytes(b"no sound here" * 100)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        with open_audio(tmp_path / "good.wav", RATE, 10) as stream:
            next(iter(stream))
        with pytest.raises(AudioUndecodable):
            open_audio(tmp_path / "bad.wav", RATE, 10)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
