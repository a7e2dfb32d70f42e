"""What is heard in a song, from its upload to the API; and the plays of a manifest, which nobody needs to hear."""

import numpy as np
import pytest
import soundfile

from installation import KEY, eventually
from music import RATE, catalogue, song
from songs.song import Standing
from store import open_store, sqlite_url

pytestmark = pytest.mark.service
SECONDS = 24.5


def upload(installation, path, **words):
    """Send a file as a form, and return the song's id once its job is done."""
    boundary = "soundkinboundary"
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in words.items()
    )
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'
    body = (head + file).encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    status, _, job = installation.request(
        "/v1/songs", "POST", body, Authorization=f"Bearer {KEY}",
        **{"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )  # fmt: skip
    assert status == 202, job

    def done():
        row = installation.get(f"/v1/jobs/{job['id']}")
        assert row["state"] not in {"failed", "dead"}, row
        return row["state"] == "done" and row

    return eventually(done, 60, "the job")["song_id"]


def test_from_an_upload_to_labels_and_analysis(installation, tmp_path):
    wave = song(220.0, 120.0, 0.5, seconds=SECONDS)
    soundfile.write(tmp_path / "a.flac", np.stack([wave, 0.5 * wave], axis=1), RATE)
    installation.start()
    song_id = upload(installation, tmp_path / "a.flac", title="Up", genre="Polka")

    labels = installation.get(f"/v1/songs/{song_id}/labels")
    assert (labels["analysed"], labels["genre_tag"]) == (True, "Polka")
    genre = labels["genre"]
    assert genre["probabilities"][genre["value"]] == genre["confidence"] == max(genre["probabilities"].values())
    assert genre["source"] == "model"
    features = labels["features"]
    assert features["duration"]["value"] == pytest.approx(SECONDS, abs=0.01)
    tempo = features["tempo"]
    assert min(abs(one - 120) for one in (tempo["value"], *tempo["alternatives"])) < 2.5
    stored, _ = soundfile.read(tmp_path / "a.flac")
    power = 10 * np.log10(np.square(stored).mean())
    assert features["loudness_dbfs"]["value"] == pytest.approx(power, abs=0.1), "of both channels, not of their mean"
    assert features["loudness"]["value"] == pytest.approx(power + 3, abs=6)
    assert all(one["source"] in {"model", "signal", "tag", "estimate"} for one in features.values())

    course = installation.get(f"/v1/songs/{song_id}/analysis")
    assert course["analysed"]
    assert course["track"]["duration"] == pytest.approx(SECONDS, abs=0.01)
    assert course["track"]["tempo"]["value"] == tempo["value"]
    gaps = np.diff([beat["start"] for beat in course["beats"]])
    assert 60 / np.median(gaps) == pytest.approx(tempo["value"], rel=0.05)
    ends = [segment["start"] + segment["duration"] for segment in course["segments"]]
    assert ends[-1] == pytest.approx(SECONDS, abs=0.1)
    assert all(len(segment["pitches"]) == len(segment["timbre"]) == 12 for segment in course["segments"])
    assert len(course["sections"]) >= 1

    assert installation.request(f"/v1/songs/{song_id}", "DELETE", Authorization=f"Bearer {KEY}")[0] == 204
    for tail in ("labels", "analysis"):
        assert installation.request(f"/v1/songs/{song_id}/{tail}")[0] == 404


def test_plays_of_a_manifest_are_ranks_and_need_no_listening(installation, tmp_path):
    paths = catalogue(tmp_path / "music", 10)

    def ingest(plays):
        rows = [f"music/{path.name},{count}" for path, count in zip(paths, plays, strict=True)]
        (tmp_path / "m.csv").write_text("\n".join(["path,plays", *rows]))
        done = installation.run("ingest", tmp_path / "m.csv")
        assert done.returncode == 0, done.stderr
        return done.stderr

    def state():
        store = open_store(sqlite_url(installation.home / "soundkin.db"))
        songs = {one.title: one for one in store.songs.page(limit=100).songs}
        ranks = {title: store.songs.labels(one.id).popularity for title, one in songs.items()}
        standing = store.songs.standing(str(paths[0].resolve()))
        head = store.log.head()
        store.close()
        assert isinstance(standing, Standing)
        return ranks, standing.asked.plays, head

    assert "10 songs committed" in ingest(range(10))
    ranks, asked, head = state()
    assert [round(ranks[f"Song {n:03}"].value) for n in range(10)] == [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]
    assert {one.source for one in ranks.values()} == {"tag"}
    assert asked == 0

    said = ingest([100, *range(1, 10)])
    assert "1 songs committed" in said
    assert "1 to listen to, 9 unchanged" in said or "9 unchanged" in said
    ranks, asked, again = state()
    assert round(ranks["Song 000"].value) == 95
    assert (asked, again) == (100, head), "nothing of it was heard again"
    assert "10 unchanged" in ingest([100, *range(1, 10)])
