import json
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from embedder.spectrogram import AudioSettings
from embedder.windows import SPREAD, read_windows
from songs.errors import (
    AudioEmpty,
    AudioNotFinite,
    AudioNotFound,
    AudioTooLong,
    AudioTooShort,
    AudioUndecodable,
    DecoderDied,
)
from worker.decoder import Decoder
from worker.frames import HEAD_BYTES, LARGEST, Kind, error_as_json, error_from_json, head

RATE = 22050
AUDIO = AudioSettings()


def sine(path: Path, seconds: float = 6.0, rate: int = 44100) -> Path:
    t = np.arange(int(seconds * rate)) / rate
    wave = 0.5 * np.sin(2 * np.pi * 440 * t)
    soundfile.write(path, np.stack([wave, wave], axis=1).astype(np.float32), rate)
    return path


@pytest.fixture
def decoder():
    with Decoder(RATE, 3600.0) as one:
        yield one


def script(tmp_path: Path, code: str) -> tuple[str, ...]:
    path = tmp_path / "child.py"
    path.write_text(code)
    return (sys.executable, str(path))


def test_one_child_serves_many_files_good_and_bad(tmp_path, decoder):
    good = sine(tmp_path / "good.flac")
    (tmp_path / "text.mp3").write_text("this is no music\n" * 100)
    (tmp_path / "empty.mp3").touch()
    nan = np.full(RATE * 6, np.nan, dtype=np.float32)
    soundfile.write(tmp_path / "nan.wav", nan, RATE, subtype="FLOAT")
    pids = set()
    for name, error in [("text.mp3", AudioUndecodable), ("none.mp3", AudioNotFound), ("empty.mp3", AudioEmpty),
                        ("nan.wav", AudioNotFinite)]:  # fmt: skip
        decoding = decoder.open(str(good))
        samples = np.concatenate(list(decoding))
        assert len(samples) == pytest.approx(6 * RATE, abs=RATE // 100)
        assert decoding.facts.file_rate == 44100
        assert decoding.facts.channels == 2
        pids.add(decoder._child.pid)
        with pytest.raises(error) as caught:
            list(decoder.open(str(tmp_path / name)))
        assert name in str(caught.value) or error is AudioNotFinite
    assert len(pids) == 1


def test_levels_come_after_the_sound(tmp_path, decoder):
    decoding = decoder.open(str(sine(tmp_path / "a.flac")))
    blocks = iter(decoding)
    next(blocks)
    assert decoding.levels is None
    list(blocks)
    assert decoding.levels.peak_dbfs == pytest.approx(-6.02, abs=0.01)
    assert decoding.levels.rms_dbfs == pytest.approx(-9.03, abs=0.01)
    assert decoding.levels.lufs == pytest.approx(-6.7, abs=0.5)
    quick = decoder.open(str(tmp_path / "a.flac"), measured=False)
    list(quick)
    assert quick.levels is None


def test_a_recording_that_breaks_has_no_levels(tmp_path, decoder):
    wave = np.full(RATE * 12, 0.25, dtype=np.float32)
    wave[-1] = np.nan
    soundfile.write(tmp_path / "late.wav", wave, RATE, subtype="FLOAT")
    decoding = decoder.open(str(tmp_path / "late.wav"))
    with pytest.raises(AudioNotFinite):
        list(decoding)
    assert decoding.levels is None


def test_a_short_recording_comes_whole(tmp_path, decoder):
    path = sine(tmp_path / "a.wav", 30.0)
    asked = decoder.windows(str(path), AUDIO)
    assert asked.spread.whole
    assert asked.spread.indices == tuple(range(5))
    assert asked.spread.duration == pytest.approx(30.0)
    samples = np.concatenate(list(asked))
    other = decoder.open(str(path))
    np.testing.assert_array_equal(samples, np.concatenate(list(other)))
    assert asked.levels == other.levels
    assert asked.levels is not None


def test_windows_come_as_they_are_read(tmp_path, decoder):
    seconds = 200.0
    path = sine(tmp_path / "a.wav", seconds)
    direct = read_windows(path, AUDIO, 3600.0)
    decoding = decoder.windows(str(path), AUDIO)
    assert (decoding.facts.file_rate, decoding.facts.channels) == (44100, 2)
    assert (decoding.spread.indices, decoding.spread.total) == (direct.indices, direct.total)
    assert decoding.spread.duration == pytest.approx(seconds, abs=0.1)
    assert len(decoding.spread.indices) == SPREAD
    assert not decoding.spread.whole
    np.testing.assert_array_equal(list(decoding), list(direct.samples))
    assert decoding.levels is None, "they would be of the windows only"
    child = decoder._child.pid
    assert sum(map(len, decoder.open(str(sine(tmp_path / "b.wav"))))) == pytest.approx(6 * RATE, abs=RATE // 100)
    assert decoder._child.pid == child, "windows and whole files, from one child"


def test_windows_fail_as_whole_files_do(tmp_path, decoder):
    (tmp_path / "text.mp3").write_text("this is no music\n" * 100)
    for path, error in (
        (tmp_path / "text.mp3", AudioUndecodable), (tmp_path / "none.mp3", AudioNotFound),
        (sine(tmp_path / "short.wav", 3.0), AudioTooShort),
    ):  # fmt: skip
        with pytest.raises(error):
            decoder.windows(str(path), AUDIO)
    with Decoder(RATE, 3.0) as strict, pytest.raises(AudioTooLong):
        strict.windows(str(sine(tmp_path / "a.wav")), AUDIO)


def test_the_limit_of_length_travels(tmp_path):
    with Decoder(RATE, 3.0) as decoder, pytest.raises(AudioTooLong):
        list(decoder.open(str(sine(tmp_path / "a.wav"))))


def test_a_file_left_in_the_middle_does_not_reach_the_next(tmp_path, decoder):
    first, second = sine(tmp_path / "long.wav", 60), sine(tmp_path / "b.wav", 5.5)
    blocks = iter(decoder.open(str(first)))
    next(blocks)
    blocks.close()
    assert sum(map(len, decoder.open(str(second)))) == pytest.approx(5.5 * RATE, abs=RATE // 100)


def test_a_killed_child_is_a_typed_failure_and_the_next_file_gets_a_new_one(tmp_path, decoder):
    path = str(sine(tmp_path / "long.wav", 120))
    blocks = iter(decoder.open(path))
    next(blocks)
    os.kill(decoder._child.pid, signal.SIGKILL)
    with pytest.raises(DecoderDied, match="SIGKILL"):
        list(blocks)
    assert sum(map(len, decoder.open(path))) == pytest.approx(120 * RATE, abs=RATE // 100)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import os; input(); os.abort()", "SIGABRT"),
        ("input(); raise SystemExit(3)", "exit status 3"),
        ("input(); import time; time.sleep(60)", "nothing came"),
        ("input(); print('rubbish' * 9, flush=True); input()", "it wrote"),
        ("raise SystemExit(1)", "exit status 1"),
    ],
)
def test_whatever_a_child_does_the_parent_names_the_file(tmp_path, code, says):
    with Decoder(RATE, 10.0, patience=1.5, command=script(tmp_path, code)) as decoder:
        with pytest.raises(DecoderDied, match=says) as caught:
            decoder.open("song.mp3")
        assert caught.value.path == "song.mp3"


def test_a_child_ends_when_its_parent_closes_it(tmp_path):
    with Decoder(RATE, 10.0) as decoder:
        list(decoder.open(str(sine(tmp_path / "a.wav", 1))))
        child = decoder._child
    assert child.poll() is not None


def test_errors_travel_whole():
    for error in (AudioTooLong(5.0, 3.0), AudioUndecodable("a", "b"), AudioNotFinite(1.5)):
        back = error_from_json("a", json.loads(json.dumps(error_as_json(error))))
        assert (type(back), str(back)) == (type(error), str(error))
    assert isinstance(error_from_json("a", {"class": "Stranger"}), AudioUndecodable)


def test_a_head_that_promises_too_much_is_refused():
    with pytest.raises(ValueError, match="bytes"):
        head(b"S" + (LARGEST + 1).to_bytes(4, "big"))
    assert head(b"E\0\0\0\0") == (Kind.END, 0)
    assert HEAD_BYTES == 5
