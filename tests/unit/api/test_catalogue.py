import io

import pytest

from songs.jobs import JobState
from songs.ports import Request

COLUMNS = {
    "id", "title", "artist", "artist_id", "album", "album_id", "genre_tag", "year", "track", "isrc", "sku",
    "collection", "source", "duration", "missing", "analysed", "created_at", "updated_at", "metadata",
}  # fmt: skip


def walk(client, address):
    """Follow the cursors from the first page to the last."""
    pages, cursor = [], ""
    while cursor is not None:
        pages.append(client.get(f"{address}&cursor={cursor}").json)
        cursor = pages[-1]["next_cursor"]
    return pages


def test_an_empty_catalogue_is_an_empty_page(client):
    page = client.get("/v1/songs").json
    assert {name: page[name] for name in ("songs", "next_cursor", "total")} == {
        "songs": [],
        "next_cursor": None,
        "total": 0,
    }


def test_a_song_has_all_its_columns_and_the_genre_that_is_heard(place, client):
    song_id = place.add("/m/a.mp3", [1], genre="jazz", title="One", artist="A", album="B", year=1999, sku="S-1")
    song = client.get(f"/v1/songs/{song_id}").json
    assert set(song) == COLUMNS | {"genre", "request_id"}
    assert (song["id"], song["title"], song["artist"], song["album"], song["year"]) == (song_id, "One", "A", "B", 1999)
    assert song["genre"] == {"value": "jazz", "uncertain": False, "confidence": 0.9}
    (listed,) = client.get("/v1/songs").json["songs"]
    assert listed == {name: value for name, value in song.items() if name != "request_id"}


@pytest.mark.parametrize(
    "reference",
    [
        "isrc:GBAYE0601498",
        "isrc:gb-aye-06-01498",
        "sku:S/1",
        "path:/m/a b/c%23%3F.mp3",
        "path:%2Fm%2Fa%20b%2Fc%23%3F.mp3",
    ],
)
def test_a_song_is_found_by_any_of_its_names(place, client, reference):
    song_id = place.add("/m/a b/c#?.mp3", [1], title="One", isrc="GBAYE0601498", sku="S/1")
    for tail in ("", "/", "/labels", "/analysis", "/similar"):
        answer = client.get(f"/v1/songs/{reference}{tail}")
        assert answer.status_code == 200, (reference, tail)
    assert client.get(f"/v1/songs/{reference}").json["id"] == song_id


def test_pages_hold_every_song_once_whatever_comes_in_between(place, client):
    ids = [place.add(f"/m/{n}.mp3", [1, n], title=f"Song {n}") for n in range(7)]
    first = client.get("/v1/songs?limit=3").json
    ids.append(place.add("/m/late.mp3", [1], title="Late"))
    rest = [song["id"] for page in walk(client, "/v1/songs?limit=3") for song in page["songs"]]
    assert rest == ids
    assert [song["id"] for song in first["songs"]] == ids[:3]
    assert first["total"] == 7


def test_search_keeps_songs_that_hold_every_word(place, client):
    place.add("/m/1.mp3", [1], title="Blue Train", artist="John Coltrane")
    place.add("/m/2.mp3", [1], title="Blue in Green", artist="Miles Davis")
    titles = lambda q: [s["title"] for s in client.get("/v1/songs", query_string={"q": q}).json["songs"]]  # noqa: E731
    assert titles("blue") == ["Blue Train", "Blue in Green"]
    assert titles("COLTR blue") == ["Blue Train"]
    assert titles("nothing") == []
    assert titles('"AND) OR (*') == titles("and or")  # what does not parse is words


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=stranger", "q=" + "x" * 501, "qq=1"])
def test_a_query_that_does_not_fit_is_named(client, query):
    answer = client.get(f"/v1/songs?{query}")
    assert answer.status_code == 422
    assert answer.json["code"] == ("invalid_cursor" if "cursor" in query else "invalid_request")
    assert query.split("=")[0] in str(answer.json)


def test_a_page_reads_its_labels_at_once(place, client):
    ids = [place.add(f"/m/{n}.mp3", [1, n], genre="jazz" if n % 2 else "rock") for n in range(5)]
    place.store.songs.delete(ids[2])
    listed = client.get("/v1/songs").json["songs"]
    assert [(song["id"], song["genre"]["value"]) for song in listed] == [
        (song_id, "jazz" if n % 2 else "rock") for n, song_id in enumerate(ids) if n != 2
    ]


def test_a_deleted_song_is_gone_with_its_upload_and_its_jobs(place, admin):
    source = place.shelf.put(io.BytesIO(b"audio"))
    gone, stays = place.add(source, [1], title="Gone"), place.add("/m/2.mp3", [1, 1], title="Stays")
    (job,) = place.ledger.submit([Request(source)])
    assert admin.delete(f"/v1/songs/{gone}").status_code == 204
    assert not list(place.shelf.folder.iterdir())
    assert place.store.jobs.get(job.id).state is JobState.CANCELLED
    for tail in ("", "/labels", "/analysis", "/similar"):
        assert admin.get(f"/v1/songs/{gone}{tail}").status_code == 404
    assert gone not in admin.get(f"/v1/songs/{stays}/similar").text
    assert admin.delete(f"/v1/songs/{gone}").status_code == 404


def test_deleting_a_song_leaves_its_owners_file(place, admin, tmp_path):
    (tmp_path / "mine.mp3").write_bytes(b"audio")
    place.add(str(tmp_path / "mine.mp3"), [1])
    assert admin.delete(f"/v1/songs/path:{tmp_path}/mine.mp3").status_code == 204
    assert (tmp_path / "mine.mp3").exists()
