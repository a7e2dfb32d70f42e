"""label, embed, similar: shapes and statuses as promised."""

import json

import numpy as np
import pytest
import soundfile
from mutagen.flac import FLAC

from embedder import bundle
from embedder.bundle import shipped
from music import catalogue, song

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


def manifest(path, songs, genres=("rock", "jazz")):
    """Write a manifest of songs by many artists, so that every part of the artist-disjoint split has some."""
    lines = [f"{song},Artist {n // 2},Album {n // 4},{genres[n % 2]}" for n, song in enumerate(songs)]
    path.write_text("path,artist,album,genre\n" + "\n".join(lines))
    return path


def test_evaluate_prints_figures(installation, tmp_path):
    table = manifest(tmp_path / "m.csv", catalogue(tmp_path / "music", 8))
    figures = installation.json("evaluate", table)
    assert figures["songs"] == 8
    assert set(figures) == {"model", "songs", "retrieval", "labels"}
    assert {name: row["queries"] for name, row in figures["retrieval"].items()} == {"artist": 8, "album": 8, "genre": 8}
    # rock songs are all low and slow, jazz songs high and quick: genre is easy, artists are one of each
    assert figures["retrieval"]["genre"]["p_at_1"] == 1.0
    assert figures["retrieval"]["artist"]["p_at_1"] == 0.0
    with table.open("a") as file:
        file.write("\nnone.flac,Nobody,Nothing,rock")
    done = installation.run("evaluate", table)
    assert done.returncode == 1
    assert "none.flac" in done.stderr
    page = tmp_path / "page.md"
    refused = installation.run("evaluate", table, "--write", page)
    assert refused.returncode == 2
    assert "no artist that the bundle never heard" in refused.stderr, "the shipped one was taught all folds"
    seed = shipped().with_name("seed")
    assert installation.run("evaluate", table, "--bundle", seed, "--write", page).returncode == 1
    assert bundle.verify(seed).model in page.read_text()


def test_a_bundle_of_ones_own_is_trained_and_takes_over(installation, tmp_path):
    songs = catalogue(tmp_path / "music", 24)
    assert installation.run("ingest", tmp_path / "music").returncode == 0
    before = installation.json("similar", "Low - Song 000")
    table = manifest(tmp_path / "m.csv", songs)
    own = tmp_path / "bundle"
    done = installation.run("train", table, "--out", own, "--report", tmp_path / "report", "--epochs", 2, "--json")
    assert done.returncode == 0, done.stderr
    metrics = json.loads(done.stdout)
    assert metrics["genres"] == ["jazz", "rock"]
    assert {p.name for p in (tmp_path / "report").iterdir()} >= {
        "curves.png",
        "confusion.png",
        "metrics.json",
        "card.md",
    }
    installation.env["SOUNDKIN_BUNDLE"] = str(own)
    again = installation.run("ingest", tmp_path / "music")
    assert "24 songs committed" in again.stderr, "vectors of two models never mix: every song is heard again"
    after = installation.json("similar", "Low - Song 000")
    assert after["song"] == before["song"]
    assert len(after["similar"]) == len(before["similar"]) == 10
    assert after["similar"] != before["similar"]


def wandering(folder, artists):
    """Tagged songs, four of each artist, which share the overtones and differ in pitch and pace."""
    folder.mkdir()
    random = np.random.default_rng(1)
    for artist in range(artists):
        for number in range(4):
            wave = song(random.uniform(90, 700), random.uniform(60, 170), artist / artists, seed=artist)
            path = folder / f"{artist:02}-{number}.flac"
            soundfile.write(path, wave, 22_050)
            file = FLAC(path)
            file.update({"title": f"{number}", "artist": f"Artist {artist}", "album": f"Album {artist}"})
            file.save()
    return folder


def test_a_bundle_is_adapted_where_that_helps_and_stays_where_not(installation, tmp_path):
    music = wandering(tmp_path / "music", 8)
    own = tmp_path / "bundle"
    done = installation.run("train", "--adapt", music, "--out", own, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["songs"] == told["queries"] == 32
    assert told["better"] == (told["model"] is not None) == own.exists()
    assert ("the bundle stays" in done.stderr) != told["better"]
    few = installation.run("train", "--adapt", *sorted(music.iterdir())[:1], "--out", own)
    assert few.returncode == 0
    assert "too few to tell, the bundle stays" in few.stderr
    (tmp_path / "empty").mkdir()
    for wrong in (["--adapt", tmp_path / "empty"], [], ["m.csv", "--adapt", music]):
        assert installation.run("train", *wrong).returncode == 2


def test_looking_after_a_home(installation, tmp_path):
    songs = catalogue(tmp_path / "music", 3)
    whole = songs[2].read_bytes()
    songs[2].write_text("no music")
    assert installation.run("ingest", tmp_path / "music").returncode == 1
    listed = installation.json("jobs", "--state", "failed")
    assert [job["source"] for job in listed["jobs"]] == [str(songs[2])]
    songs[2].write_bytes(whole)
    assert "queued 1 jobs again" in installation.run("retry").stderr
    assert "3 unchanged" not in installation.run("ingest", tmp_path / "music").stderr
    assert installation.json("errors") == []
    assert "the index holds 3 songs" in installation.run("reindex").stderr
    findings = {finding["what"]: finding for finding in installation.json("doctor")}
    assert all(finding["ok"] for finding in findings.values())
    assert "licence" in findings["bundle"]["says"]
    assert "3 songs" in findings["database"]["says"]
    broken = installation.run("doctor", "--json", SOUNDKIN_BUNDLE=str(tmp_path))
    assert broken.returncode == 1
    assert "refused" in broken.stdout


def test_every_command_helps_with_an_example(installation):
    overview = installation.run("--help").stdout
    for name in ("up", "ingest", "similar", "label", "embed", "evaluate", "train", "jobs", "errors", "retry", "doctor"):
        assert f"\n  {name} " in overview
        text = installation.run(name, "--help")
        assert text.returncode == 0
        assert f"Example: soundkin {name}" in " ".join(text.stdout.split())
