"""A bundle is what it says it is, or it is refused."""

import hashlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embedder import bundle
from embedder.calibration import Calibration
from embedder.spectrogram import AudioSettings
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
    assert loaded.facts.genres == tuple(made.genres)
    assert loaded.facts.split == made.split
    assert loaded.facts == bundle.verify(folder)
    np.testing.assert_array_equal(loaded.genre.weights, made.weights)
    assert loaded.genre.threshold == made.threshold
    assert loaded.network(np.zeros((2, 256, 256), np.float32)).shape == (2, 128)


def test_every_file_has_its_checksum(folder):
    data = json.loads((folder / "bundle.json").read_text())
    assert set(data["files"]) == {path.name for path in folder.iterdir()} - {"bundle.json"}
    for name, digest in data["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("name", ["embedder.onnx", "genre.npz", "card.md", "LICENSE"])
def test_one_changed_byte_is_refused(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(BundleRefused, match=f"checksum of {name}"):
        bundle.load(folder)
    with pytest.raises(BundleRefused, match=f"checksum of {name}"):
        bundle.verify(folder)


@pytest.mark.parametrize("name", ["embedder.onnx", "genre.npz", "card.md", "LICENSE", "bundle.json"])
def test_a_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    with pytest.raises(BundleRefused, match=name):
        bundle.load(folder)


def test_no_folder_is_refused(tmp_path):
    with pytest.raises(BundleRefused, match="No such file"):
        bundle.load(tmp_path / "nowhere")


@pytest.mark.parametrize("number", [0, 2, "1", None])
def test_another_format_is_refused(folder, number):
    edit(folder, lambda data: data.update(format=number))
    with pytest.raises(BundleRefused, match=re.escape(f"format is {number!r}")):
        bundle.load(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b"\xff\xfe"])
def test_nonsense_is_refused(folder, content):
    (folder / "bundle.json").write_bytes(content)
    with pytest.raises(BundleRefused):
        bundle.load(folder)


@pytest.mark.parametrize(
    "key", ["name", "architecture", "audio", "labels", "dimensions", "thresholds", "split", "versions", "files"]
)
def test_a_missing_fact_is_refused(folder, key):
    edit(folder, lambda data: data.pop(key))
    with pytest.raises(BundleRefused, match=f"lacks '{key}'"):
        bundle.load(folder)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"labels": {"genre": []}}, "names no genres"),
        ({"labels": {"genre": ["a", "b", "b"]}}, "one twice"),
        ({"labels": {}}, "lacks 'genre'"),
        ({"labels": {"genre": ["a", "b"]}}, "genre layer"),
        ({"dimensions": 64}, "wants"),
        ({"dimensions": "many"}, "many"),
        ({"audio": {"sample_rate": 8000, "surprise": 1}}, "surprise"),
        ({"audio": {"sample_rate": "22050"}}, "positive numbers"),
        ({"audio": {"hop": 0}}, "positive numbers"),
        ({"audio": {"range_db": float("nan")}}, "positive numbers"),
        ({"thresholds": {"genre": 1.5}}, "no probability"),
        ({"thresholds": {"genre": float("nan")}}, "no probability"),
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


def test_pickles_are_refused_and_not_run(folder, tmp_path):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    trap = io.BytesIO()
    np.savez(trap, weights=np.array([Trap()], dtype=object), bias=np.zeros(3, np.float32))
    lone = io.BytesIO()
    np.save(lone, np.zeros(3))
    for content in (trap.getvalue(), lone.getvalue(), b"no archive", b""):
        replace(folder, "genre.npz", content)
        with pytest.raises(BundleRefused):
            bundle.load(folder)
    assert not (tmp_path / "sprung").exists()


def test_the_version_follows_what_decides_and_nothing_else(tmp_path, parts):
    def model(**other):
        return bundle.save(parts(**other), tmp_path / "b").model

    plain = model()
    assert re.fullmatch(r"small-[0-9a-f]{8}", plain)
    assert bundle.load(tmp_path / "b").model == plain
    assert model(card="# Better words\n", license="Other terms.\n", versions={"numpy": "9"}) == plain
    others = [
        model(name="other"),
        model(threshold=0.5),
        model(genres=("jazz", "pop", "metal")),
        model(audio=AudioSettings(range_db=60)),
        model(weights=np.zeros((128, 3), np.float32)),
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


def test_saving_again_replaces(tmp_path, parts):
    bundle.save(parts(threshold=0.1), tmp_path)
    bundle.save(parts(threshold=0.2), tmp_path)
    assert bundle.load(tmp_path).genre.threshold == 0.2


# ---- the bundle that is shipped


def test_the_shipped_bundle_is_whole():
    shipped = bundle.load(bundle.shipped())
    assert re.fullmatch(r"kin-[0-9a-f]{8}", shipped.model)
    assert shipped.facts.calibration is not None
    assert shipped.facts.dimensions == 128
    assert shipped.audio == AudioSettings()
    assert len(shipped.facts.genres) >= 9
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
