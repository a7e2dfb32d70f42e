import numpy as np
import soundfile

from embedder import bundle
from embedder.embedder import Embedder
from evaluation.cache import Cache
from evaluation.hearing import Hearings
from music import RATE, song


def test_a_hearing_is_kept_whole_and_by_model_and_content(tmp_path):
    path, samples = tmp_path / "a.wav", song(220.0, 90, 0.5)
    soundfile.write(path, samples, RATE)
    heard = Embedder(bundle.load(bundle.shipped()))([samples])
    hearings = Hearings(Cache(tmp_path / "kept"), "seed-1")
    assert hearings.known(path) is None
    hearings.keep(path, heard)
    found = hearings.known(path)
    np.testing.assert_array_equal(found.vector, heard.embedding.vector)
    np.testing.assert_array_equal(found.slices, heard.embedding.slice_vectors)
    assert found.labels == heard.labels
    assert Hearings(Cache(tmp_path / "kept"), "seed-2").known(path) is None
    soundfile.write(path, samples / 2, RATE)
    assert hearings.known(path) is None
