"""A bundle is what it says it is, or it is refused."""

import hashlib
import io
import json
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from embedder import bundle
from embedder.calibration import Calibration
from embedder.spectrogram import AudioSettings
from embedder.split import SplitRule
from songs.errors import BundleRefused


@pytest.fixture
def folder(tmp_path, parts):
    bundle.save(parts(), tmp_path / "small")
    return tmp_path / "small"


def edit(folder, change):
    """Change ``bundle.json`` in place."""
    path = folder / "bundle.json"
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def replace(folder, name, content):
    """Put other content under a name, with the right checksum."""
    (folder / name).write_bytes(content)
    edit(folder, lambda data: data["files"].update({name: hashlib.sha256(content).hexdigest()}))


def test_what_is_saved_is_loaded(folder, parts):
    loaded, made = bundle.load(folder), parts()
    assert loaded.facts.name == "small"
    assert loaded.audio == AudioSettings()
    assert loaded.facts.genres == made.heads.genres
    assert loaded.facts.split == made.split
    assert loaded.facts == bundle.verify(folder)
    song = np.random.default_rng(1).normal(size=128).astype(np.float32)
    assert loaded.heads(song) == made.heads(song)
    assert loaded.heads.genre == made.heads.genre
    assert loaded.network(np.zeros((2, 256, 256), np.float32)).shape == (2, 128)


def test_every_file_has_its_checksum(folder):
    data = json.loads((folder / "bundle.json").read_text())
    assert set(data["files"]) == {path.name for path in folder.iterdir()} - {"bundle.json"}
    for name, digest in data["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("name", ["embedder.onnx", "heads.npz", "heads.json", "card.md", "LICENSE"])
def test_one_changed_byte_is_refused(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(BundleRefused, match=f"checksum of {name}"):
        bundle.load(folder)
    with pytest.raises(BundleRefused, match=f"checksum of {name}"):
        bundle.verify(folder)


@pytest.mark.parametrize("name", ["embedder.onnx", "heads.npz", "heads.json", "card.md", "LICENSE", "bundle.json"])
def test_a_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    with pytest.raises(BundleRefused, match=name):
        bundle.load(folder)


def test_no_folder_is_refused(tmp_path):
    with pytest.raises(BundleRefused, match="No such file"):
        bundle.load(tmp_path / "nowhere")


@pytest.mark.parametrize("number", [0, 1, 3, "2", 2.0, True, None])
def test_another_format_is_refused(folder, number):
    edit(folder, lambda data: data.update(format=number))
    with pytest.raises(BundleRefused, match=re.escape(f"format is {number!r}")):
        bundle.load(folder)


def test_a_bundle_of_format_1_is_refused_with_its_remedy(tmp_path, graph):
    """As the first version wrote them: one layer of genres, and nothing of moods."""
    layer = io.BytesIO()
    np.savez(layer, weights=np.zeros((128, 2), np.float32), bias=np.zeros(2, np.float32))
    contents = {"embedder.onnx": graph(), "genre.npz": layer.getvalue(), "card.md": b"# Old\n", "LICENSE": b"Mine.\n"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    facts = {
        "format": 1, "name": "old", "architecture": "seed", "audio": asdict(AudioSettings()),
        "labels": {"genre": ["jazz", "rock"]}, "dimensions": 128, "thresholds": {"genre": 0.4},
        "split": SplitRule().as_json(), "versions": {}, "calibration": None,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }  # fmt: skip
    (tmp_path / "bundle.json").write_text(json.dumps(facts))
    with pytest.raises(BundleRefused, match=r"format is 1, this version reads 2.*train it again"):
        bundle.load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b"\xff\xfe"])
def test_nonsense_is_refused(folder, content):
    (folder / "bundle.json").write_bytes(content)
    with pytest.raises(BundleRefused):
        bundle.load(folder)


@pytest.mark.parametrize(
    "key", ["name", "architecture", "audio", "labels", "dimensions", "evidence", "split", "versions", "files"]
)
def test_a_missing_fact_is_refused(folder, key):
    edit(folder, lambda data: data.pop(key))
    with pytest.raises(BundleRefused, match=f"lacks '{key}'"):
        bundle.load(folder)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"labels": {"genre": []}}, "heads tell jazz, pop, rock"),
        ({"labels": {}}, "lacks 'genre'"),
        ({"labels": {"genre": ["a", "b"]}}, "says a, b"),
        ({"dimensions": 64}, "128 dimensions, bundle.json says 64"),
        ({"dimensions": "many"}, "many"),
        ({"evidence": 64}, "128 numbers of evidence, bundle.json says 64"),
        ({"audio": {"sample_rate": 8000, "surprise": 1}}, "surprise"),
        ({"audio": {"sample_rate": "22050"}}, "positive numbers"),
        ({"audio": {"hop": 0}}, "positive numbers"),
        ({"audio": {"range_db": float("nan")}}, "positive numbers"),
        ({"files": {}}, "no checksum of embedder.onnx"),
        ({"split": {"rule": "by taste", "folds": 5, "test": [], "validation": []}}, "does not know"),
        ({"split": 3}, "bundle.json"),
    ],
)
def test_wrong_facts_are_refused(folder, change, why):
    edit(folder, lambda data: data.update(change))
    with pytest.raises(BundleRefused, match=why):
        bundle.load(folder)


def test_files_outside_the_folder_are_refused(folder):
    edit(folder, lambda data: data["files"].update({"../small/card.md": data["files"]["card.md"]}))
    with pytest.raises(BundleRefused, match="outside"):
        bundle.load(folder)


def test_a_network_of_other_dimensions_is_refused(folder, graph):
    replace(folder, "embedder.onnx", graph(dimensions=64))
    with pytest.raises(BundleRefused, match="64 dimensions"):
        bundle.load(folder)


def test_a_network_for_other_images_is_refused(folder, graph):
    replace(folder, "embedder.onnx", graph(mels=128))
    with pytest.raises(BundleRefused, match="128"):
        bundle.load(folder)


@pytest.mark.parametrize("content", [b"", b"not a graph", bytes(1000)])
def test_a_network_that_is_none_is_refused(folder, content):
    replace(folder, "embedder.onnx", content)
    with pytest.raises(BundleRefused, match="network"):
        bundle.load(folder)


def head(folder, change):
    """Change ``heads.json`` in place, with the right checksum."""
    data = json.loads((folder / "heads.json").read_text())
    change(data)
    replace(folder, "heads.json", json.dumps(data).encode())


@pytest.mark.parametrize(
    "label",
    ["genre", "mood", "quadrant", "cluster", "emotions", "valence", "arousal", "popularity", "features", "parts"],
)
def test_missing_labels_are_refused(folder, label):
    head(folder, lambda data: data.pop(label))
    with pytest.raises(BundleRefused, match=f"its heads lack '{label}'"):
        bundle.load(folder)


@pytest.mark.parametrize(
    ("label", "change", "why"),
    [
        ("genre", {"names": ["jazz", "jazz", "rock"]}, "one name twice"),
        ("genre", {"names": []}, "names nothing"),
        ("genre", {"names": ["jazz", "rock"]}, "2 names have 3 slopes"),
        ("genre", {"slopes": [1, 1, 0]}, "slopes are not positive"),
        ("genre", {"offsets": [0, 0, float("inf")]}, "offsets not finite"),
        ("genre", {"threshold": 1.5}, "no probability"),
        ("genre", {"threshold": float("nan")}, "no probability"),
        ("mood", {"temperature": 0}, "not positive"),
        ("quadrant", {"names": ["Q1", "Q2", "Q3"]}, "arrays give"),
        ("cluster", {"threshold": -0.1}, "no probability"),
        ("emotions", {"names": ["power", "power"]}, "one emotion twice"),
        ("valence", {"below": -0.1}, "no interval"),
        ("arousal", {"above": float("nan")}, "no interval"),
        ("popularity", {"scale": [1, 0]}, "never falls"),
        ("features", {"energy": {"below": 0, "above": 0, "confidence": 2}}, "not between 0 and 1"),
    ],
)
def test_heads_that_cannot_be_are_refused(folder, label, change, why):
    head(folder, lambda data: data[label].update(change))
    with pytest.raises(BundleRefused, match=why):
        bundle.load(folder)


def test_a_missing_feature_is_refused(folder):
    head(folder, lambda data: data["features"].pop("energy"))
    with pytest.raises(BundleRefused, match="lack energy"):
        bundle.load(folder)


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b'{"genre": 3}'])
def test_heads_that_are_none_are_refused(folder, content):
    replace(folder, "heads.json", content)
    with pytest.raises(BundleRefused, match="its heads"):
        bundle.load(folder)


@pytest.mark.parametrize(
    ("name", "array", "why"),
    [
        ("bias", np.zeros(3, np.float32), "do not fit"),
        ("middle", np.full(128, np.nan, np.float32), "finite"),
        ("linear", np.zeros((128, 40), np.float64), "finite numbers"),
        ("spread", np.zeros(128, np.float32), "not positive"),
        ("centres", np.zeros((0, 128), np.float32), "do not fit"),
        ("near", None, "lack 'near"),
    ],
)
def test_arrays_that_cannot_be_are_refused(folder, name, array, why):
    with np.load(folder / "heads.npz") as archive:
        arrays = dict(archive)
    arrays[name] = array
    content = io.BytesIO()
    np.savez(content, **{key: value for key, value in arrays.items() if value is not None})
    replace(folder, "heads.npz", content.getvalue())
    with pytest.raises(BundleRefused, match=why):
        bundle.load(folder)


def test_pickles_are_refused_and_not_run(folder, tmp_path):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    trap = io.BytesIO()
    with np.load(folder / "heads.npz") as archive:
        np.savez(trap, **{**archive, "bias": np.array([Trap()], dtype=object)})
    lone = io.BytesIO()
    np.save(lone, np.zeros(3))
    for content in (trap.getvalue(), lone.getvalue(), b"no archive", b""):
        replace(folder, "heads.npz", content)
        with pytest.raises(BundleRefused):
            bundle.load(folder)
    assert not (tmp_path / "sprung").exists()


def test_the_version_follows_what_decides_and_nothing_else(tmp_path, parts, small):
    def model(**other):
        return bundle.save(parts(**other), tmp_path / "b").model

    plain = model()
    assert re.fullmatch(r"small-[0-9a-f]{8}", plain)
    assert bundle.load(tmp_path / "b").model == plain
    assert model(card="# Better words\n", license="Other terms.\n", versions={"numpy": "9"}) == plain
    others = [
        model(name="other"),
        model(heads=small(threshold=0.5)),
        model(heads=small(genres=("jazz", "pop", "metal"))),
        model(audio=AudioSettings(range_db=60)),
        model(heads=small(seed=9)),
    ]
    assert len({plain, *others}) == 6


def test_the_calibration_travels_and_decides_no_vector(tmp_path, parts):
    plain = bundle.save(parts(), tmp_path)
    told = bundle.save(parts(calibration=Calibration(8.0, -1.0)), tmp_path)
    assert bundle.load(tmp_path).facts.calibration == Calibration(8.0, -1.0)
    assert (plain.calibration, plain.model) == (None, told.model)


@pytest.mark.parametrize(
    "wrong", [{"slope": -1.0, "intercept": 0.0}, {"slope": 1.0}, {"slope": "x", "intercept": 0}, 3]
)
def test_a_calibration_that_is_none_is_refused(folder, wrong):
    edit(folder, lambda data: data.update(calibration=wrong))
    with pytest.raises(BundleRefused):
        bundle.load(folder)


def test_saving_again_replaces(tmp_path, parts, small):
    bundle.save(parts(heads=small(threshold=0.1)), tmp_path)
    bundle.save(parts(heads=small(threshold=0.2)), tmp_path)
    assert bundle.load(tmp_path).heads.genre.threshold == 0.2


def test_labels_that_nobody_taught_are_told_as_unknown(tmp_path, parts, small):
    untaught = small(mood=None, emotions=(), popularity=None)
    bundle.save(parts(heads=untaught), tmp_path)
    labels = bundle.load(tmp_path).heads(np.zeros(128, np.float32))
    assert (labels.mood.value, labels.popularity.value, labels.emotions) == (None, None, {})
    assert labels.genre.value in untaught.genres


# ---- the bundle that is shipped


def test_the_shipped_bundle_is_whole():
    shipped = bundle.load(bundle.shipped())
    assert re.fullmatch(r"kin-[0-9a-f]{8}", shipped.model)
    assert shipped.facts.calibration is not None
    assert shipped.facts.dimensions == 128
    assert shipped.audio == AudioSettings()
    assert len(shipped.facts.genres) >= 9
    assert shipped.network.evidence == shipped.heads.reading.evidence == 823
    assert sum(path.stat().st_size for path in shipped.path.iterdir()) < 8_000_000


def test_the_shipped_bundle_says_what_may_be_done_with_it():
    text = (bundle.shipped() / "LICENSE").read_text()
    for words in ("non-commercial", "research", "Magnatune", "CC BY-NC-SA", "4Q", "Apache-2.0"):
        assert words in text
    assert text.strip() in (bundle.shipped() / "card.md").read_text()


def test_the_shipped_bundle_names_no_place_of_its_making():
    for path in bundle.shipped().iterdir():
        assert not re.search(rb"/(home|root|work|tmp|Users)/", path.read_bytes()), path.name


def test_loading_needs_no_training_packages():
    code = (
        "import sys, embedder.embedder, embedder.audio, embedder.bundle as b; b.load(b.shipped());"
        "print([m for m in ('tensorflow', 'keras', 'librosa', 'onnx', 'numba', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_kin_bundle_is_whole_and_says_what_may_be_done_with_it():
    kin = bundle.load(bundle.shipped().parent / "kin")
    assert re.fullmatch(r"kin-[0-9a-f]{8}", kin.model)
    assert (kin.facts.architecture, kin.facts.dimensions) == ("kin", 128)
    assert kin.audio == AudioSettings()
    assert sum(path.stat().st_size for path in kin.path.iterdir()) < 8_000_000
    text = (kin.path / "LICENSE").read_text()
    for words in ("non-commercial", "research", "Magnatune", "CC BY-NC-SA", "4Q", "MIREX", "Apache-2.0"):
        assert words in text
    assert text.strip() in (kin.path / "card.md").read_text()
    for path in kin.path.iterdir():
        assert not re.search(rb"/(home|root|work|tmp|Users)/", path.read_bytes()), path.name
