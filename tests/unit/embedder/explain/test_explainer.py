"""Real sound through the real images, with toy ears and heads."""

import numpy as np
import pytest

from embedder.explain.explainer import Excerpt, Explainer
from embedder.settings import AudioSettings
from embedder.spectrogram import band_centres, slices
from songs.errors import AudioSilent
from songs.explanation import Explainable, Explanation

AUDIO = AudioSettings()
HZ, BEGIN, END = 3000.0, 7.0, 9.0  # of the planted tone, in a song of 20 s


def by_band(images):
    return images.mean(axis=2)


def excerpt(wave):
    images = slices(wave, AUDIO)
    return Excerpt(images, range(len(images)))


@pytest.fixture(scope="module")
def planted(sounds):
    """Return noise with two tones, one after the other and as loud; only the first is what toy heads listen for.

    A hum is the peak of every slice: images are relative to it.
    """
    wave = 0.1 * sounds.noise(4 * AUDIO.slice_seconds) + sounds.tone(60.0, 4 * AUDIO.slice_seconds, peak=0.9)
    rate = AUDIO.sample_rate
    wave[int(BEGIN * rate) : int(END * rate)] += sounds.tone(HZ, END - BEGIN)
    wave[int(14 * rate) : int(16 * rate)] += sounds.tone(700.0, 2)
    return excerpt(wave.astype(np.float32))


def heads_around(toy_heads, hz):
    band = int(np.abs(band_centres(AUDIO) - hz).argmin())
    return toy_heads(band - 2, band + 3)


def test_the_planted_tone_is_found_in_seconds_and_hz(planted, toy_heads):
    told = []
    explain = Explainer(AUDIO, by_band, heads_around(toy_heads, HZ))
    drawn = explain(planted, Explainable.POPULARITY, progress=lambda stage, share: told.append((stage, share)))
    found = drawn.explanation
    assert found.check.stands_out
    assert (found.label, found.target) == ("popularity", "popularity")
    first = found.regions[0]
    assert first.start == pytest.approx(BEGIN, abs=0.65)
    assert first.end == pytest.approx(END, abs=0.65)
    assert first.low_hz < HZ < first.high_hz
    assert first.effect > 5 * max(region.effect for region in found.regions[1:])
    best = max(found.seconds, key=lambda span: span.effect)
    assert best.start <= BEGIN + 0.64
    assert best.end >= END - 0.64
    assert drawn.picture.startswith(b"\x89PNG")
    assert {stage for stage, share in told if share == 1.0} == {"deleting cell by cell", "deleting sets of cells"}


def test_a_head_that_reads_nothing_names_nothing(planted, toy_heads):
    found = Explainer(AUDIO, by_band, toy_heads(0, 0))(planted, Explainable.POPULARITY).explanation
    assert not found.check.stands_out
    assert (found.regions, found.seconds) == ((), ())
    assert "no region stands out" in found.sentence


def test_a_genre_by_name(planted, toy_heads):
    explain = Explainer(AUDIO, by_band, heads_around(toy_heads, HZ))
    rock, jazz = (explain(planted, Explainable.GENRE, name).explanation for name in ("rock", "jazz"))
    assert (rock.target, jazz.target) == ("rock", "jazz")
    assert rock.score == pytest.approx(-jazz.score)
    assert rock.regions[0].low_hz < HZ < rock.regions[0].high_hz
    assert all(abs(region.start - BEGIN) > 0.7 for region in jazz.regions), "the tone speaks against jazz"


def test_it_is_plain_data_and_comes_back(planted, toy_heads):
    found = Explainer(AUDIO, by_band, heads_around(toy_heads, HZ))(planted, Explainable.POPULARITY).explanation
    assert Explanation.from_json(found.as_json()) == found


def test_silence_is_left_out(toy_heads, sounds):
    silence = np.zeros(AUDIO.slice_samples * 3, np.float32)
    explain = Explainer(AUDIO, by_band, toy_heads(0, 256))
    with pytest.raises(AudioSilent):
        explain(excerpt(silence), Explainable.POPULARITY)
    mixed = np.concatenate([silence, sounds.noise(AUDIO.slice_seconds)])
    assert explain(excerpt(mixed), Explainable.POPULARITY).explanation.heard == pytest.approx(10.24), (
        "the last frame before the noise sees it"
    )
