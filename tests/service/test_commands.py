"""label, embed, similar: shapes and statuses as promised."""

import json

import numpy as np
import pytest

from music import catalogue

pytestmark = pytest.mark.service
SHAPE = {
    "path",
    "genre",
    "mood",
    "emotions",
    "valence",
    "arousal",
    "quadrant",
    "cluster",
    "popularity",
    "features",
    "error",
}


def test_label_prints_json_and_nothing_else(installation, tmp_path):
    songs = catalogue(tmp_path / "music", 2)
    (tmp_path / "text.mp3").write_text("no music")
    done = installation.run("label", *songs, tmp_path / "text.mp3", "--json")
    assert done.returncode == 1
    first, second, bad = json.loads(done.stdout)
    for one in (first, second, bad):
        assert set(one) == SHAPE
    assert first["path"] == str(songs[0])
    genre = first["genre"]
    assert genre["value"] == max(genre["probabilities"], key=genre["probabilities"].get)
    assert genre["confidence"] == genre["probabilities"][genre["value"]]
    assert first["features"]["duration"]["value"] == pytest.approx(11.0, abs=0.01)
    assert first["error"] is None
    assert bad["error"]["code"] == "audio_undecodable"
    assert bad["genre"]["value"] is None
    table = installation.run("label", songs[0])
    assert table.returncode == 0
    assert genre["value"] in table.stdout


def test_embed_writes_arrays(installation, tmp_path):
    songs = catalogue(tmp_path / "music", 3)
    out = tmp_path / "x.npz"
    done = installation.run("embed", *songs, tmp_path / "none.flac", "-o", out, "--slices")
    assert done.returncode == 1
    assert "none.flac" in done.stderr
    arrays = np.load(out, allow_pickle=False)
    assert arrays["paths"].tolist() == [str(path) for path in songs]
    assert arrays["vectors"].shape == (3, 128)
    assert arrays["vectors"].dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(arrays["vectors"], axis=1), 1, atol=1e-5)
    assert arrays["slice_song"].tolist() == [0, 0, 1, 1, 2, 2]
    assert arrays["slice_vectors"].shape == (6, 128)
    np.testing.assert_allclose(arrays["slice_start"], [0, 5.12] * 3, atol=1e-3)
    assert str(arrays["model"])
    only_bad = installation.run("embed", tmp_path / "none.flac", "-o", tmp_path / "y.npz")
    assert only_bad.returncode == 1
    assert np.load(tmp_path / "y.npz")["vectors"].shape == (0, 128)


def test_similar_by_name_id_and_file(installation, tmp_path):
    songs = catalogue(tmp_path / "music", 5)
    assert installation.run("ingest", tmp_path / "music").returncode == 0
    by_name = installation.json("similar", "Low - Song 000", "--limit", 2)
    assert [hit["artist"] for hit in by_name["similar"]] == ["Low", "Low"]
    assert installation.json("similar", by_name["song"], "--limit", 2) == by_name
    assert installation.json("similar", songs[0], "--limit", 2) == by_name
    stranger = catalogue(tmp_path / "other", 1)[0]
    by_file = installation.json("similar", stranger, "--limit", 3)
    assert by_file["song"] is None
    assert [hit["artist"] for hit in by_file["similar"]] == ["Low"] * 3
    assert by_file["similar"][0]["title"] == "Song 000"
    others = installation.json("similar", by_name["song"], "--exclude-artist")
    assert {hit["artist"] for hit in others["similar"]} == {"High"}


def test_every_command_helps_with_an_example(installation):
    overview = installation.run("--help").stdout
    for name in ("up", "ingest", "similar", "label", "embed", "evaluate", "train", "jobs", "errors", "retry", "doctor"):
        assert f"\n  {name} " in overview
        text = installation.run(name, "--help")
        assert text.returncode == 0
        assert f"Example: soundkin {name}" in " ".join(text.stdout.split())
