"""A whole training, on a shop of a dozen made-up songs."""

import json
import re

import numpy as np
import pytest
import soundfile

from embedder import bundle
from embedder.embedder import Embedder
from embedder.split import ROUNDS
from embedder.training.train import Order, train
from songs.errors import InvalidManifest

pytestmark = pytest.mark.service  # takes seconds or a server: make test


@pytest.fixture(scope="module")
def shop(tmp_path_factory, sounds):
    """Return a manifest: hiss is rock, tones are jazz; artists of all three parts."""
    folder = tmp_path_factory.mktemp("shop")
    lines = ["path,artist,genre"]
    for i in range(24):
        wave = sounds.noise(6, seed=i) if i % 2 else sounds.tone(200 + 10 * i, 6)
        soundfile.write(folder / f"{i}.flac", wave, 22_050)
        lines.append(f"{i}.flac,artist {i // 2},{'Rock' if i % 2 else 'Jazz'}")
    (folder / "manifest.csv").write_text("\n".join(lines))
    return folder / "manifest.csv"


@pytest.fixture(scope="module")
def trained(shop, tmp_path_factory):
    folder, told = tmp_path_factory.mktemp("trained"), []
    metrics = train(
        Order(
            manifests=[shop], out=folder / "mine", report=folder / "report", cache=folder / "cache", seed=3, epochs=4,
            architecture="seed",
        ),
        lambda stage, done: told.append((stage, done)),
    )  # fmt: skip
    return folder, metrics, told


def test_a_bundle_comes_out_that_hears(trained, sounds):
    folder, metrics, _ = trained
    loaded = bundle.load(folder / "mine")
    assert loaded.model == metrics["model"]
    assert re.fullmatch(r"mine-[0-9a-f]{8}", loaded.model)
    assert loaded.facts.genres == ("jazz", "rock")
    assert loaded.facts.versions["keras"]
    heard = Embedder(loaded)([sounds.noise(6, seed=99)])
    assert heard.labels.genre.value == "rock"
    assert Embedder(loaded)([sounds.tone(333, 6)]).labels.genre.value == "jazz"


def test_the_figures_are_there_and_unseen_artists_are_told(trained):
    _, metrics, _ = trained
    assert metrics["test"]["songs"] + metrics["validation"]["songs"] < 24
    assert metrics["test"]["accuracy"] == 1.0
    assert metrics["test"]["retrieval"]["genre"]["p_at_1"] == 1.0
    assert 0 < metrics["threshold"] <= 1
    assert list(metrics["corpora"])


def test_the_report(trained):
    folder, metrics, _ = trained
    report = folder / "report"
    for name in ("curves.png", "confusion.png"):
        assert (report / name).read_bytes().startswith(b"\x89PNG")
    written = json.loads((report / "metrics.json").read_text())
    assert written["model"] == metrics["model"]
    assert len(written["history"]["loss"]) == metrics["epochs"] <= 4
    card = (report / "card.md").read_text()
    assert card == (folder / "mine" / "card.md").read_text()
    assert f"{100 * metrics['test']['accuracy']:.1f} %" in card


def test_no_artefact_names_a_place(trained):
    folder, _, _ = trained
    for path in [*(folder / "mine").iterdir(), *(folder / "report").iterdir()]:
        assert str(folder).encode() not in path.read_bytes(), path.name


def test_progress(trained):
    _, _, told = trained
    stages = list(dict.fromkeys(stage for stage, _ in told))
    assert stages[1:] == ["training", "exporting", "hearing for labels"]
    assert [done for stage, done in told if stage == "training"][-1] == 1.0
    assert all(0 <= done <= 1 for _, done in told)


def test_one_genre_cannot_be_learnt(shop, tmp_path):
    (shop.parent / "one.csv").write_text(
        "path,artist,genre\n1.flac,Various Artists,Rock\n3.flac,Various Artists,Rock\n"
    )
    with pytest.raises(InvalidManifest, match="needs two"):
        train(Order(manifests=[shop.parent / "one.csv"], out=tmp_path / "out", cache=tmp_path / "cache"))
    assert not (tmp_path / "out").exists()


def test_a_shop_without_other_artists_trains_all_the_same(shop, tmp_path):
    lines = [f"{i}.flac,Various Artists,{'Rock' if i % 2 else 'Jazz'}" for i in range(4)]
    (shop.parent / "few.csv").write_text("\n".join(["path,artist,genre", *lines]))
    few, out, report = shop.parent / "few.csv", tmp_path / "out", tmp_path / "report"
    metrics = train(Order(manifests=[few], out=out, report=report, cache=tmp_path / "cache", epochs=1))
    assert metrics["validation"] is None
    assert metrics["test"] is None
    assert metrics["threshold"] == 0.5
    assert np.isfinite(bundle.load(tmp_path / "out").heads.reading.linear).all()


@pytest.fixture(scope="module")
def kin(shop, tmp_path_factory):
    """Return what `kin` made of the shop where a third of the songs has no genre: judged, then taught everything."""
    lines = (shop.parent / "manifest.csv").read_text().splitlines()
    lines[1:] = [line if i % 3 else f"{line.rsplit(',', 1)[0]}," for i, line in enumerate(lines[1:])]
    (shop.parent / "half.csv").write_text("\n".join(lines))
    folder = tmp_path_factory.mktemp("kin")
    order = Order(
        manifests=[shop.parent / "half.csv"], out=folder / "mine", report=folder / "report", cache=folder / "cache",
        seed=3, epochs=2, judged=folder / "judged", rounds=ROUNDS[:2],
    )  # fmt: skip
    metrics = train(order)
    return folder, metrics


def test_kin_learns_from_songs_without_a_genre_too(kin, sounds):
    folder, metrics = kin
    loaded = bundle.load(folder / "mine")
    assert loaded.facts.architecture == "kin"
    assert metrics["test"]["songs"] + metrics["validation"]["songs"] < 16
    assert Embedder(loaded)([sounds.noise(6, seed=99)]).labels.genre.value == "rock"
    assert loaded.network.evidence == loaded.heads.reading.evidence == 823


def test_once_judged_it_is_taught_everything(kin):
    folder, metrics = kin
    judged, final = (bundle.load(folder / name).facts for name in ("judged", "mine"))
    assert (judged.model, final.model) == (metrics["judged"][0], metrics["model"])
    assert judged.files["embedder.onnx"] != final.files["embedder.onnx"]
    assert (judged.split.test, final.split.test, final.split.validation) == ((0,), (), ())
    assert judged.calibration == final.calibration
    card = (folder / "mine" / "card.md").read_text()
    assert f"The figures are of `{metrics['judged'][0]}`" in card
    assert "taught to all songs" not in (folder / "judged" / "card.md").read_text()


def test_each_round_holds_others_back(kin):
    folder, metrics = kin
    rounds = [bundle.load(folder / name).facts for name in ("judged", "judged-2")]
    assert [facts.model for facts in rounds] == metrics["judged"]
    assert [facts.split for facts in rounds] == list(ROUNDS[:2])
    assert rounds[0].files["embedder.onnx"] != rounds[1].files["embedder.onnx"]


def test_what_was_taught_is_not_taught_again(kin, shop):
    folder, metrics = kin
    kept = {path.name: path.stat().st_mtime_ns for path in (folder / "cache" / "networks").iterdir()}
    stages = set()
    order = Order(
        manifests=[shop.parent / "half.csv"], out=folder / "again", cache=folder / "cache", seed=3, epochs=2,
        judged=folder / "judged-again", rounds=ROUNDS[:2],
    )  # fmt: skip
    again = train(order, lambda stage, _: stages.add(stage))
    assert (again["test"], again["epochs"]) == (metrics["test"], metrics["epochs"])
    assert not any(stage.startswith("training") for stage in stages)
    assert {path.name: path.stat().st_mtime_ns for path in (folder / "cache" / "networks").iterdir()} == kept
