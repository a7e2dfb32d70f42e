import numpy as np
import pytest
import soundfile

from embedder.spectrogram import AudioSettings, slices
from embedder.split import SplitRule
from embedder.training.dataset import Batches, Example, cached_images, counted, examples, load_images, target
from songs.errors import AudioError, AudioNotFound, InvalidManifest
from songs.manifest import EMOTIONS

S = AudioSettings()


def untold(stage, done):
    pass


@pytest.fixture
def shop(tmp_path, sounds):
    folder = tmp_path / "shop"
    folder.mkdir()
    rows = ["path,artist,genre"]
    for i, (artist, genre) in enumerate([("A", "Rock"), ("B", "Jazz; Blues"), ("C", ""), ("D", "Stage & Screen")]):
        soundfile.write(folder / f"{i}.flac", sounds.noise(11 + i, seed=i), 22_050)
        rows.append(f"{i}.flac,{artist},{genre}")
    (folder / "manifest.csv").write_text("\n".join([*rows, "gone.flac,E,Rock", "short.flac,F,Rock"]))
    soundfile.write(folder / "short.flac", sounds.noise(2), 22_050)
    return folder / "manifest.csv"


def test_songs_with_a_genre_are_heard_and_faults_left_out(shop, tmp_path):
    told = []
    found = examples([shop], tmp_path / "cache", S, SplitRule(), lambda *what: told.append(what))
    assert [(e.corpus, e.genres, e.slices) for e in found] == [
        ("shop", {"rock"}, 2),
        ("shop", {"jazz", "blues"}, 2),
    ]
    assert [e.part for e in found] == [SplitRule().part("A"), SplitRule().part("B")]
    assert told[-1] == ("hearing shop", 1.0)
    y, _ = soundfile.read(shop.parent / "0.flac", dtype="float32")
    np.testing.assert_allclose(load_images(found[0]), slices(y, S), atol=1e-3)
    assert np.load(found[0].images).dtype == np.float16


def test_songs_without_a_genre_are_heard_on_request(shop, tmp_path):
    found = examples([shop], tmp_path / "cache", S, SplitRule(), untold, nameless=True)
    assert [(e.artist, bool(e.genres)) for e in found] == [("a", True), ("b", True), ("c", False), ("d", False)]
    assert all(e.felt is None and e.quadrant is None for e in found)


def test_the_cache_goes_by_content_and_settings(shop, tmp_path):
    song, cache = shop.parent / "0.flac", tmp_path / "cache"
    first, _ = cached_images(song, cache, S)
    written = first.stat().st_mtime_ns
    copy = tmp_path / "renamed.flac"
    copy.write_bytes(song.read_bytes())
    assert cached_images(copy, cache, S)[0] == first
    assert first.stat().st_mtime_ns == written
    assert cached_images(song, cache, AudioSettings(range_db=60))[0] != first
    assert cached_images(shop.parent / "1.flac", cache, S)[0] != first


def test_what_cannot_teach(shop, tmp_path):
    with pytest.raises(AudioError, match="fill one slice"):
        cached_images(shop.parent / "short.flac", tmp_path / "cache", S)
    with pytest.raises(AudioNotFound):
        cached_images(shop.parent / "gone.flac", tmp_path / "cache", S)


def test_a_manifest_without_a_usable_genre_is_refused(shop, tmp_path):
    for text, why in (
        ("path,artist\n0.flac,A\n", "genre"),
        ("path,genre\n0.flac,Stage & Screen\n", "genre"),
        ("path,genre\ngone.flac,Rock\n", "can be heard"),
    ):
        shop.write_text(text)
        with pytest.raises(InvalidManifest, match=why):
            examples([shop], tmp_path / "cache", S, SplitRule(), untold)


@pytest.fixture
def three(tmp_path):
    """Three songs of 1, 2 and 4 tiny slices, numbered throughout."""
    made, number = [], 0
    for genres, n in (({"rock"}, 1), ({"jazz"}, 2), ({"rock", "jazz"}, 4)):
        path = tmp_path / f"{n}.npy"
        np.save(path, np.arange(number, number + n, dtype=np.float16)[:, None, None] * np.ones((1, 2, 2), np.float16))
        made.append(Example(corpus="c", genres=frozenset(genres), part="train", images=path, slices=n))
        number += n
    return made


def test_an_epoch_is_every_slice_once_with_its_songs_genres(three):
    batches = Batches(three, ["jazz", "rock"], size=3, seed=1)
    assert len(batches) == 3
    orders = []
    for _ in range(2):
        images, targets = (np.concatenate(part) for part in zip(*(batches[i] for i in range(3)), strict=True))
        assert images.shape == (7, 2, 2, 1)
        numbers = images[:, 0, 0, 0].astype(int)
        assert sorted(numbers) == list(range(7))
        wanted = np.array([[0, 1], [1, 0], [1, 0], *[[0.5, 0.5]] * 4])
        np.testing.assert_array_equal(targets, wanted[numbers])
        orders.append(numbers.tolist())
        batches.on_epoch_end()
    assert orders[0] != orders[1]


def test_targets_and_counts(three):
    np.testing.assert_allclose(target(three[2], ["blues", "jazz", "rock"]), [0, 0.5, 0.5])
    np.testing.assert_allclose(target(three[2], ["rock"]), [1])
    assert list(counted(three, ["jazz", "rock"])) == [("jazz", 2, 0, 0), ("rock", 2, 0, 0)]


@pytest.mark.parametrize(("liked", "asked"), [("0.5", True), ("nan", False), ("inf", False), ("", False)])
def test_feelings_that_are_no_numbers_were_not_asked(shop, tmp_path, liked, asked):
    names = (*EMOTIONS, "liked")
    said = ",".join([*["0.1"] * len(EMOTIONS), liked])
    shop.write_text(f"path,genre,{','.join(names)}\n0.flac,Rock,{said}\n")
    (found,) = examples([shop], tmp_path / "cache", S, SplitRule(), untold)
    assert (found.felt is not None) == asked
