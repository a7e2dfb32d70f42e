"""The ports Catalogue, Library and Models, on every adapter."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from heard import STRUCTURE
from songs.errors import InvalidCursor, JobTaken, SourceChanged, UnknownSong
from songs.identity import fresh, well_formed
from songs.jobs import JobState, Outcome
from songs.labels import Popularity
from songs.popularity import by_plays
from songs.song import Tags
from stores import (
    KINDS,
    MODEL,
    Clock,
    Paths,
    analysis,
    begin,
    commit,
    ended,
    failed,
    opened,
    queued,
    reached,
    running,
    sketch,
    vector,
)

ODD = (
    "'",
    '"',
    "%",
    "_",
    "\\",
    "\0",
    "\ud800",
    "a' OR '1'='1",
    "(",
    "*",
    "-",
    "NOT",
    "artist:",
    "x" * 70_000,
    "a " * 5000,
)


@pytest.fixture
def paths():
    return Paths()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=KINDS)
def store(request, tmp_path, paths, clock):
    one = opened(request.param, request, tmp_path, vanished=paths, clock=clock)
    one.models.activate(MODEL)
    yield one
    one.close()


# ---- reading what was committed


def test_a_song_is_served_as_it_was_committed(store, clock):
    song_id = commit(
        store, "/music/a.mp3", title=" Tïtle ", artist="Ärtist", album="Album", genre="Rock; Pop", year=1999, track=3,
        isrc="us-rc1-76-07839", sku="K1", collection="c", plays=4.5, metadata={"bpm": "120"},
    )  # fmt: skip
    song = store.songs.song(song_id)
    assert well_formed(song.id)
    assert well_formed(song.artist_id)
    assert well_formed(song.album_id)
    assert (song.title, song.artist, song.album, song.genre_tag) == ("Tïtle", "Ärtist", "Album", "Rock; Pop")
    assert (song.year, song.track, song.sku, song.collection) == (1999, 3, "K1", "c")
    assert song.isrc == "USRC17607839"
    assert (song.source, song.audio_sha256, song.duration) == ("/music/a.mp3", "a" * 64, 12.5)
    assert (song.missing, song.metadata) == (False, {"bpm": "120"})
    assert song.created_at == song.updated_at == clock.now
    assert store.songs.songs([song_id, fresh(), song_id]) == {song_id: song}


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("/music/My Song.live.mp3", "My Song.live"),
        ("/music/no suffix", "no suffix"),
        ("https://shop.example/a/My%20Song.mp3?key=1", "My Song"),
        ("https://shop.example/", "Untitled"),
        ("upload:" + "a" * 64, "Untitled"),
    ],
)
def test_what_tags_do_not_say(store, source, title):
    song = store.songs.song(commit(store, source, title=" ", artist=""))
    assert (song.title, song.artist, song.album, song.album_id) == (title, "Unknown artist", None, None)


def test_artists_and_albums_are_found_by_folded_name(store):
    first, second, other = (
        store.songs.song(commit(store, f"/{n}", artist=artist, album=album))
        for n, (artist, album) in enumerate([("Björk", "Début"), ("BJORK ", "debut"), ("Bjork!", "Debut")])
    )
    assert first.artist_id == second.artist_id != other.artist_id
    assert first.album_id == second.album_id != other.album_id
    assert (second.artist, second.album) == ("Björk", "Début")


def test_labels_are_those_of_the_active_model(store):
    song_id = commit(store, "/a", heard="rock")
    assert store.songs.labels(song_id).genre.value == "rock"
    commit(store, "/a", heard="jazz", model="model-2")
    assert store.songs.labels(song_id).genre.value == "rock"
    store.models.activate("model-2")
    assert store.songs.labels(song_id) == analysis("/a", heard="jazz").labels
    store.models.activate("model-3")
    assert store.songs.labels(song_id).genre.value is None


def test_labels_of_many_are_those_of_each(store):
    ids = [commit(store, f"/{n}", heard=heard) for n, heard in enumerate(["rock", "jazz", None])]
    sketched = begin(store, "/long", sha="b").song_id
    commit(store, "/1", heard="soul", model="model-2")
    asked = [*ids, sketched, fresh(), ids[0], "'"]
    found = store.songs.labels_of(iter(asked))
    assert found == {song_id: store.songs.labels(song_id) for song_id in (*ids, sketched)}
    assert [found[song_id].genre.value for song_id in ids] == ["rock", "jazz", None]
    assert store.songs.labels_of([]) == {}


def test_the_course_of_a_song_is_that_of_the_active_model(store):
    song_id = commit(store, "/a", course=STRUCTURE)
    assert store.songs.structure(song_id) == STRUCTURE
    assert store.songs.structure(commit(store, "/b", sha="b")) is None
    assert store.songs.structure(begin(store, "/long", sha="c").song_id) is None
    other = replace(STRUCTURE, beats=(), segments=())
    commit(store, "/a", course=other, model="model-2")
    assert store.songs.structure(song_id) == STRUCTURE
    store.models.activate("model-2")
    assert store.songs.structure(song_id) == other
    store.models.activate("model-3")
    assert store.songs.structure(song_id) is None


def test_a_course_goes_with_its_song_and_is_replaced_with_it(store):
    song_id = commit(store, "/a", course=STRUCTURE)
    commit(store, "/a", course=replace(STRUCTURE, bars=()), sha="b")
    assert store.songs.structure(song_id).bars == ()
    commit(store, "/a", course=None, sha="c")
    assert store.songs.structure(song_id) is None
    commit(store, "/a", course=STRUCTURE)
    store.songs.delete(song_id)
    with pytest.raises(UnknownSong):
        store.songs.structure(song_id)
    assert store.songs.structure(commit(store, "/a")) is None


def test_a_long_course_comes_back_whole(store):
    """As long as that of an hour."""
    rng = np.random.default_rng(3)
    segments = tuple(
        replace(STRUCTURE.segments[0], start=n / 4, timbre=tuple(rng.normal(size=12).tolist())) for n in range(14_400)
    )
    long = replace(STRUCTURE, duration=3600.0, segments=segments)
    assert store.songs.structure(commit(store, "/a", course=long)) == long


def test_a_stranger_is_a_named_error(store):
    for song_id in (fresh(), *ODD):
        for ask in (store.songs.song, store.songs.labels, store.songs.structure, store.songs.delete):
            with pytest.raises(UnknownSong):
                ask(song_id)


# ---- finding one


def test_find(store, tmp_path):
    source = tmp_path / "real" / "a.mp3"
    source.parent.mkdir()
    source.touch()
    (tmp_path / "link").symlink_to(source.parent)
    song_id = commit(store, str(source.resolve()), isrc="USRC17607839", sku="k:1")
    commit(store, "/other", isrc="USRC17607839", sku="k2")
    for reference in (
        song_id, "isrc:USRC17607839", "isrc:us-rc1-76-07839", "sku:k:1", f"path:{source}",
        f"path:{tmp_path}/link/../link/a.mp3",
    ):  # fmt: skip
        assert store.songs.find(reference) == song_id


def test_find_nothing(store):
    commit(store, "/a")
    for reference in (
        "",
        "isrc:",
        "sku:",
        "path:",
        "path:/b",
        "url:/a",
        "/a",
        *ODD,
        *(f"{k}:{o}" for k in ("isrc", "sku", "path") for o in ODD),
    ):
        with pytest.raises(UnknownSong):
            store.songs.find(reference)


# ---- pages


def test_pages_are_in_order_of_creation_and_stable_under_inserts(store):
    made = [commit(store, f"/{n}") for n in range(7)]
    page = store.songs.page(limit=3)
    seen = [song.id for song in page.songs]
    assert page.total == 7
    commit(store, "/0", title="changed")
    store.songs.delete(made[1])
    made.append(commit(store, "/new"))
    while page.next_cursor is not None:
        page = store.songs.page(cursor=page.next_cursor, limit=3)
        seen += [song.id for song in page.songs]
        assert page.total == 7
    assert seen == made


def test_a_page_that_is_just_full_is_the_last(store):
    for n in range(4):
        commit(store, f"/{n}")
    first = store.songs.page(limit=2)
    second = store.songs.page(cursor=first.next_cursor, limit=2)
    assert (len(second.songs), second.next_cursor) == (2, None)
    assert len(store.songs.page(limit=0).songs) == 1


def test_an_empty_catalogue_has_one_empty_page(store):
    page = store.songs.page()
    assert (page.songs, page.next_cursor, page.total) == ((), None, 0)


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "ü", "\0", "YWZ0ZXIgeA", "'", "=", "YWZ0ZXIgLTE", "9" * 100])
def test_a_cursor_of_somebody_else(store, cursor):
    with pytest.raises(InvalidCursor):
        store.songs.page(cursor=cursor)


def test_words_are_looked_for_by_their_beginnings(store):
    names = {
        commit(store, "/1", title="Águas de Março", artist="Elis & Tom", album="Elis"): "marco",
        commit(store, "/2", title="Straße 100%", artist="AC/DC"): "strasse",
        commit(store, "/3", title="!!!", artist="Ⅷ ＦＵＬＬ"): "marks",
        commit(store, "/4", title="under_score O'Neil", artist="東京事変"): "under",
    }
    for text, found in {
        "": {"marco", "strasse", "marks", "under"}, "  ": {"marco", "strasse", "marks", "under"},
        "AGUAS": {"marco"}, "águas": {"marco"}, "tom mar": {"marco"}, "mar tom elis": {"marco"}, "arco": set(),
        "STRASSE": {"strasse"}, "straß": {"strasse"}, "ac/dc": {"strasse"}, "dc 100": {"strasse"},
        "100%": {"strasse"}, "%": set(), "_": set(), "!!": {"marks"}, "full": {"marks"}, "viii": {"marks"},
        "under_score": {"under"}, "under%score": {"under"}, "neil": {"under"}, "東京": {"under"}, "京": set(),
        '"elis"': {"marco"}, "elis nobody": set(),
    }.items():  # fmt: skip
        page = store.songs.page(text)
        assert ({names[song.id] for song in page.songs}, page.total) == (found, len(found)), text


def test_odd_text_finds_nothing_and_harms_nothing(store):
    commit(store, "/1", title="Plain", artist="Nobody")
    for text in ODD:
        assert store.songs.page(text).total == 0, text
    assert store.songs.page("plain").total == 1


def test_pages_of_a_search(store):
    wanted = [commit(store, f"/{n}", title="yes" if n % 2 else "no") for n in range(10)][1::2]
    first = store.songs.page("yes", limit=3)
    second = store.songs.page("yes", cursor=first.next_cursor, limit=3)
    assert [song.id for song in first.songs + second.songs] == wanted
    assert first.total == second.total == 5


# ---- identity


def test_the_same_source_is_the_same_song(store, clock):
    song_id = commit(store, "/a", title="one", artist="x", sha="a", seed=1)
    made = clock.now
    clock.now += 10
    assert commit(store, "/a", title="two", artist="y", sha="b", seed=2) == song_id
    song = store.songs.song(song_id)
    assert (song.title, song.artist, song.audio_sha256) == ("two", "y", "b" * 64)
    assert (song.created_at, song.updated_at) == (made, clock.now)
    assert store.songs.page().total == 1
    assert store.songs.page("one").total == 0
    assert store.songs.page("y two").total == 1


def test_a_sku_is_the_same_song_wherever_its_file_is(store):
    song_id = commit(store, "/a", sku="K")
    assert commit(store, "/b", sku="K", sha="b") == song_id
    assert store.songs.song(song_id).source == "/b"
    assert store.songs.standing("/a") is None


def test_a_sku_that_takes_over_a_source_replaces_the_song_there(store):
    kept, replaced = commit(store, "/a", sku="K"), commit(store, "/b", sha="b", artist="B")
    head = store.log.head()
    assert commit(store, "/b", sku="K", sha="b") == kept
    assert [song.id for song in store.songs.page().songs] == [kept]
    lines = store.log.since(head, 10)
    assert [(line.song_id, line.vector is None) for line in lines] == [(replaced, True), (kept, False)]
    assert store.songs.deleted(["/b"]) == frozenset()


def test_a_sku_stays_until_another_is_given(store):
    song_id = commit(store, "/a", sku="K")
    assert commit(store, "/a") == song_id
    assert store.songs.find("sku:K") == song_id
    assert commit(store, "/a", sku="L") == song_id
    assert store.songs.find("sku:L") == song_id
    with pytest.raises(UnknownSong):
        store.songs.find("sku:K")


def test_a_moved_file_is_the_same_song(store, paths):
    song_id = commit(store, "/old", sku="K")
    paths.gone.add("/old")
    assert commit(store, "/new") == song_id
    song = store.songs.song(song_id)
    assert (song.source, song.sku) == ("/new", "K")
    assert store.songs.standing("/old") is None
    assert store.songs.standing("/new").song_id == song_id


def test_equal_audio_under_two_live_paths_is_two_songs(store):
    assert commit(store, "/one") != commit(store, "/two")


def test_other_audio_is_not_a_moved_file(store, paths):
    song_id = commit(store, "/old", sha="a")
    paths.gone.add("/old")
    assert commit(store, "/new", sha="b") != song_id


def test_of_two_that_were_moved_each_is_found_once(store, paths):
    both = {commit(store, "/old/1"), commit(store, "/old/2")}
    paths.gone |= {"/old/1", "/old/2"}
    assert {commit(store, "/new/1"), commit(store, "/new/2")} == both
    assert store.songs.page().total == 2


def test_another_sku_is_another_song_though_the_audio_is_equal(store, paths):
    song_id = commit(store, "/old", sku="K")
    paths.gone.add("/old")
    assert commit(store, "/new", sku="L") != song_id


# ---- popularity by plays


def popularity(store, song_id):
    return store.songs.labels(song_id).popularity


def test_plays_rank_the_songs_of_a_collection(store):
    counts = [5.0, 0.0, 5.0, 7.5, 1e12, -1.0, 3.0, 3.0, 3.0, 40.0]
    ids = [commit(store, f"/{n}", plays=plays, collection="c", heard="rock") for n, plays in enumerate(counts)]
    others = [commit(store, f"/o{n}", plays=float(n), collection="d") for n in range(12)]
    loose = [commit(store, f"/l{n}", plays=float(n)) for n in range(11)]
    found = store.songs.labels_of([*ids, *others, *loose])
    for song_id, plays in zip(ids, counts, strict=True):
        rank = sum(one < plays for one in counts) + counts.count(plays) / 2
        assert found[song_id].popularity == by_plays(sum(one < plays for one in counts), counts.count(plays), 10)
        assert found[song_id].popularity.value == pytest.approx(10 * rank)
        assert found[song_id].genre.value == "rock", "the rest is as it was heard"
    assert found[others[0]].popularity.value == pytest.approx(100 * 0.5 / 12)
    assert found[loose[10]].popularity.value == pytest.approx(100 * 10.5 / 11)
    assert found == {song_id: store.songs.labels(song_id) for song_id in found}


def test_few_plays_say_nothing(store):
    ids = [commit(store, f"/{n}", plays=float(n)) for n in range(9)]
    unplayed = commit(store, "/unplayed")
    assert [popularity(store, song_id) for song_id in (*ids, unplayed)] == [Popularity()] * 10
    tenth = commit(store, "/9", plays=9.0)
    assert popularity(store, tenth).source == popularity(store, ids[0]).source == "tag"
    assert popularity(store, unplayed) == Popularity(), "who was never counted has no rank"
    store.songs.delete(ids[0])
    assert popularity(store, tenth) == Popularity(), "it is counted when it is read"


def test_plays_are_known_before_the_song_was_heard(store):
    for n in range(10):
        commit(store, f"/{n}", plays=float(n))
    long = begin(store, "/long", plays=100.0, sha="b").song_id
    assert popularity(store, long).value == pytest.approx(100 * 10.5 / 11)


def test_new_plays_are_written_without_the_song_being_heard(store, clock):
    asked = Tags(plays=1.0, title="Said")
    song_id = commit(store, "/a", plays=1.0, title="Said", genre="Rock", asked=asked, heard="jazz", course=STRUCTURE)
    for n in range(9):
        commit(store, f"/{n}", plays=float(n), sha="b")
    clock.now += 5
    before, head, rows = store.songs.song(song_id), store.log.head(), vectors(store)
    assert popularity(store, song_id).value == pytest.approx(20.0)
    job = running(store, "/a")
    assert store.songs.recount("/a", replace(asked, plays=50.0), ended(job)) == song_id
    assert popularity(store, song_id).value == pytest.approx(95.0)
    assert store.songs.song(song_id) == replace(before, updated_at=clock.now)
    assert (store.songs.labels(song_id).genre.value, store.songs.structure(song_id)) == ("jazz", STRUCTURE)
    assert store.songs.standing("/a").asked == Tags(plays=50.0, title="Said")
    assert (store.jobs.get(job.id).state, store.jobs.get(job.id).song_id) == (JobState.DONE, song_id)
    assert store.log.head() == head, "what indexes know has not changed"
    np.testing.assert_array_equal(vectors(store)[song_id], rows[song_id])
    store.songs.recount("/a", Tags(title="Said"), ended(running(store, "/a")))
    assert popularity(store, song_id) == Popularity()


def test_new_plays_are_written_with_their_job_or_not_at_all(store):
    song_id = commit(store, "/a", plays=1.0)
    job = running(store, "/a")
    before = everything_of(store)
    with pytest.raises(JobTaken):
        store.songs.recount("/a", Tags(plays=2.0), ended(replace(job, version=job.version - 1)))
    assert everything_of(store) == before
    assert store.songs.standing("/a").asked == Tags()
    stray = running(store, "/b")
    with pytest.raises(SourceChanged):
        store.songs.recount("/b", Tags(plays=2.0), ended(stray))
    assert store.jobs.get(stray.id).state is JobState.RUNNING
    assert store.songs.find("path:/a") == song_id


# ---- committing


def test_the_job_is_moved_with_the_song(store):
    job = running(store, "/a")
    move = ended(job)
    song_id = store.songs.commit(analysis("/a"), replace(move, after=replace(move.after, outcome=Outcome.COMMITTED)))
    row = store.jobs.get(job.id)
    assert (row.state, row.song_id, row.outcome, row.version) == (
        JobState.DONE,
        song_id,
        Outcome.COMMITTED,
        job.version + 1,
    )


def everything_of(store):
    log = [(line.seq, line.song_id) for line in store.log.since(0, 1000)]
    songs = store.songs.page(limit=1000)
    heard = [(store.songs.labels(song.id), store.songs.structure(song.id)) for song in songs.songs]
    return songs, log, store.log.head(), store.jobs.jobs(limit=1000), heard


@pytest.mark.parametrize("source", ["/a", "/new"])
def test_a_job_that_is_taken_writes_nothing(store, source):
    commit(store, "/a", sku="K", artist="first")
    job = running(store, source)
    stale = replace(job, version=job.version - 1)
    before = everything_of(store)
    for move in (ended(stale), ended(replace(job, state=JobState.QUEUED)), ended(queued(source))):
        with pytest.raises(JobTaken) as caught:
            store.songs.commit(analysis(source, sku="K", artist="second", seed=5, course=STRUCTURE), move)
        assert caught.value.job_id == move.before.id
        assert everything_of(store) == before


def test_a_vector_that_is_none_is_refused_whole(store):
    for bad in (np.zeros(7, np.float32), np.full(128, np.nan, np.float32), np.zeros((2, 128), np.float32)):
        one = analysis("/a")
        with pytest.raises(ValueError, match="128 finite numbers"):
            store.songs.commit(replace(one, embedding=replace(one.embedding, vector=bad)), ended(running(store, "/a")))
    assert store.songs.page().total == store.log.head() == 0


def test_a_job_commits_once(store):
    move = ended(running(store, "/a"))
    store.songs.commit(analysis("/a"), move)
    with pytest.raises(JobTaken):
        store.songs.commit(analysis("/a"), move)
    assert store.log.head() == 1


def test_many_commit_at_once(store):
    def work(number):
        return commit(store, f"/{number}", artist=f"Artist {number % 3}", album="One", sku=f"K{number // 2}", sha="b")

    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(work, range(24)))
    assert len(set(ids)) == 12
    songs = store.songs.page(limit=100).songs
    assert {song.id for song in songs} == set(ids)
    assert len({song.artist_id for song in songs}) <= 3
    assert store.log.head() >= 24


# ---- a long song, which comes in two stages


def vectors(store):
    _, ids, rows = store.log.everything()
    return dict(zip(ids, rows, strict=True))


def test_a_sketched_song_is_found_and_says_what_it_lacks(store):
    job = begin(store, "/a", seed=1, title="One", artist="A", sku="K")
    (song,) = store.songs.page("one").songs
    assert (song.analysed, song.title, song.artist, song.audio_sha256) == (False, "One", "A", "a" * 64)
    assert store.songs.song(song.id) == song == store.songs.songs([song.id])[song.id]
    assert store.songs.find("sku:K") == song.id
    assert store.songs.labels(song.id) == analysis("/a").labels
    np.testing.assert_array_equal(vectors(store)[song.id], vector(1))
    assert (job.state, job.stage, job.song_id) == (JobState.RUNNING, "analysis", song.id)
    standing = store.songs.standing("/a")
    assert (standing.models, standing.sketched, standing.sha256) == (frozenset(), {MODEL}, "a" * 64)


def test_the_analysis_makes_a_sketched_song_whole(store):
    job = begin(store, "/a", seed=1, title="One")
    course = analysis("/a", seed=2, title="One", heard="rock", course=STRUCTURE)
    song_id = store.songs.commit(course, ended(job))
    assert store.songs.structure(song_id) == STRUCTURE
    assert song_id == job.song_id
    (song,) = store.songs.page().songs
    assert song.analysed
    assert store.songs.labels(song_id).genre.value == "rock"
    np.testing.assert_array_equal(vectors(store)[song_id], vector(2))
    standing = store.songs.standing("/a")
    assert (standing.models, standing.sketched) == ({MODEL}, frozenset())
    assert store.jobs.get(job.id).state is JobState.DONE


def test_a_sketch_of_other_bytes_takes_the_place_of_one(store):
    first = begin(store, "/a", seed=1, sha="a", title="One", artist="A")
    store.jobs.swap([failed(first)])
    second = begin(store, "/a", seed=2, sha="b", title="Two", artist="B")
    assert second.song_id == first.song_id
    (song,) = store.songs.page().songs
    assert (song.title, song.artist, song.audio_sha256, song.analysed) == ("Two", "B", "b" * 64, False)
    np.testing.assert_array_equal(vectors(store)[song.id], vector(2))


@pytest.mark.parametrize("model", [MODEL, "model-2"])
def test_a_sketch_changes_nothing_of_a_song_that_was_whole(store, paths, model):
    """However it is found: by its source, by its sku or by its audio."""
    kept = {commit(store, source, sku=sku, sha=sha, heard="rock", seed=seed) for source, sku, sha, seed in (
        ("/source", None, "a", 1), ("/sku", "K", "b", 2), ("/moved", None, "c", 3),
    )}  # fmt: skip
    paths.gone.add("/moved")
    before = store.songs.page(), vectors(store), store.log.head()
    for source, sku, sha in (("/source", None, "e"), ("/else", "K", "e"), ("/new", None, "c")):
        job = begin(store, source, sku=sku, sha=sha, seed=9, title="Other", model=model)
        assert (job.stage, job.song_id in kept) == ("analysis", True)
        assert (store.songs.page(), store.log.head()) == (before[0], before[2])
        assert vectors(store).keys() == before[1].keys()
        for song_id, kept_vector in before[1].items():
            np.testing.assert_array_equal(vectors(store)[song_id], kept_vector)


def test_a_sketch_does_not_replace_a_song_that_was_whole_at_its_source(store):
    whole = commit(store, "/b", sha="b")
    sketched = begin(store, "/a", sku="K").song_id
    before = everything_of(store)[:3]
    job = begin(store, "/b", sku="K", sha="b")
    assert job.song_id == sketched
    assert everything_of(store)[:3] == before
    store.songs.refuse(failed(job))
    assert {song.id for song in store.songs.page().songs} == {whole, sketched}


def test_whether_a_song_is_analysed_is_said_of_the_active_model(store):
    song_id = commit(store, "/a")
    store.models.activate("model-2")
    assert not store.songs.song(song_id).analysed
    commit(store, "/a", model="model-2")
    assert store.songs.song(song_id).analysed
    store.models.activate(MODEL)
    assert store.songs.song(song_id).analysed


def test_a_job_that_is_taken_sketches_nothing(store):
    commit(store, "/a")
    job = running(store, "/new")
    stale = replace(job, version=job.version - 1)
    before = everything_of(store)
    for move in (reached(stale), reached(replace(job, state=JobState.QUEUED)), reached(queued("/new"))):
        with pytest.raises(JobTaken):
            store.songs.sketch(sketch("/new", sha="b"), move)
        assert everything_of(store) == before


def test_who_lost_the_job_after_the_sketch_can_write_no_more(store):
    job = running(store, "/a")
    store.songs.sketch(sketch("/a"), reached(job))
    before = everything_of(store)
    for write in (
        lambda: store.songs.sketch(sketch("/a", seed=5), reached(job)),
        lambda: store.songs.commit(analysis("/a", seed=5), ended(job)),
        lambda: store.songs.refuse(failed(job)),
    ):
        with pytest.raises(JobTaken):
            write()
        assert everything_of(store) == before


def test_a_preliminary_vector_that_is_none_is_refused_whole(store):
    with pytest.raises(ValueError, match="128 finite numbers"):
        store.songs.sketch(replace(sketch("/a"), vector=np.zeros(7, np.float32)), reached(running(store, "/a")))
    assert store.songs.page().total == store.log.head() == 0


def test_a_sketched_song_goes_with_the_job_that_was_refused(store):
    other = commit(store, "/b", sha="b")
    job = begin(store, "/a", artist="A", album="X")
    sketched = store.songs.song(job.song_id)
    store.songs.refuse(failed(job))
    assert [song.id for song in store.songs.page().songs] == [other]
    assert store.songs.standing("/a") is None
    assert store.songs.deleted(["/a"]) == frozenset()
    row = store.jobs.get(job.id)
    assert (row.state, row.song_id) == (JobState.FAILED, None)
    (line,) = store.log.since(2, 10)
    assert (line.song_id, line.vector) == (sketched.id, None)
    again = store.songs.song(commit(store, "/a", artist="A", album="X"))
    assert again.id != sketched.id
    assert again.artist_id != sketched.artist_id, "an artist without songs was removed"


@pytest.mark.parametrize("model", [MODEL, "model-2"])
def test_a_song_that_was_whole_survives_a_refused_job(store, model):
    song_id = commit(store, "/a", heard="rock", seed=1)
    before, head = store.songs.song(song_id), store.log.head()
    job = begin(store, "/a", sha="b", seed=2, model=model)
    store.songs.refuse(failed(job))
    assert store.songs.song(song_id) == before
    assert store.songs.labels(song_id).genre.value == "rock"
    assert store.log.head() == head
    assert store.jobs.get(job.id).state is JobState.FAILED


def test_a_refused_job_without_a_song(store):
    job = running(store, "/a")
    store.songs.refuse(failed(job))
    assert store.jobs.get(job.id).state is JobState.FAILED
    assert store.log.head() == 0


def test_a_deleted_source_is_remembered_until_its_song_is_whole(store):
    store.songs.delete(commit(store, "/a"))
    store.songs.refuse(failed(begin(store, "/a")))
    assert store.songs.deleted(["/a"]) == {"/a"}
    store.songs.commit(analysis("/a"), ended(begin(store, "/a")))
    assert store.songs.deleted(["/a"]) == frozenset()


def test_a_sketched_song_may_be_deleted(store):
    job = begin(store, "/a")
    store.songs.delete(job.song_id)
    assert store.jobs.get(job.id).state is JobState.CANCELLED
    with pytest.raises(JobTaken):
        store.songs.commit(analysis("/a"), ended(job))
    assert vectors(store) == {}


# ---- how sources stand


def test_standing(store):
    assert store.songs.standing("/a") is None
    asked = Tags(title="t", year=3, metadata={"k": "v"})
    song_id = commit(store, "/a", sha="c", asked=asked)
    standing = store.songs.standing("/a")
    assert (standing.song_id, standing.sha256, standing.size, standing.mtime_ns) == (song_id, "c" * 64, 1000, 7)
    assert (standing.models, standing.missing, standing.asked) == ({MODEL}, False, asked)
    commit(store, "/a", model="model-2")
    assert store.songs.standing("/a").models == {MODEL, "model-2"}
    assert store.songs.standing("/a").asked == Tags()


def test_missing_files_are_still_served(store):
    song_id, other = commit(store, "/a"), commit(store, "/b")
    head = store.log.head()
    store.songs.mark_missing(["/a", "/never", "\0"])
    assert store.songs.song(song_id).missing
    assert store.songs.standing("/a").missing
    assert not store.songs.song(other).missing
    assert store.log.head() == head
    assert store.log.everything()[2].shape == (2, 128)
    commit(store, "/a")
    assert not store.songs.song(song_id).missing


def test_sources_of_a_folder(store):
    ids = {
        source: commit(store, source)
        for source in ("/m/a", "/m/b/c", "/m2/a", "/m", "/M/a", "/m%/x", "/ü/ä", "upload:1")
    }
    store.songs.mark_missing(["/m/a"])
    assert store.songs.sources("/m") == {source: ids[source] for source in ("/m/a", "/m/b/c")}
    assert store.songs.sources("/m/") == store.songs.sources("/m")
    assert store.songs.sources("/m%") == {"/m%/x": ids["/m%/x"]}
    assert store.songs.sources("/ü") == {"/ü/ä": ids["/ü/ä"]}
    assert len(store.songs.sources("/")) == 7
    assert store.songs.sources("\0") == {}


# ---- deleting


def test_a_deleted_song_is_gone_with_all_that_hung_on_it(store):
    song_id, other = commit(store, "/a", artist="A", album="X"), commit(store, "/b", artist="B")
    first = store.songs.song(song_id)
    waiting = running(store, "/a")
    unrelated = running(store, "/b")
    store.songs.delete(song_id)
    with pytest.raises(UnknownSong):
        store.songs.song(song_id)
    assert store.songs.standing("/a") is None
    assert [song.id for song in store.songs.page().songs] == [other]
    row = store.jobs.get(waiting.id)
    assert (row.state, row.owner, row.version) == (JobState.CANCELLED, None, waiting.version + 1)
    assert row.finished_at is not None
    assert store.jobs.get(unrelated.id) == unrelated
    with pytest.raises(JobTaken):
        store.songs.commit(analysis("/a"), ended(waiting))
    assert store.songs.deleted(["/a", "/b", "/c"]) == {"/a"}
    with pytest.raises(UnknownSong):
        store.songs.delete(song_id)
    again = store.songs.song(commit(store, "/a", artist="A", album="X"))
    assert again.id != song_id
    assert again.artist_id != first.artist_id, "an artist without songs was removed"
    assert again.album_id != first.album_id


def test_an_explicit_ingest_brings_a_deleted_source_back(store):
    store.songs.delete(commit(store, "/a"))
    assert store.songs.deleted(["/a"]) == {"/a"}
    commit(store, "/a")
    assert store.songs.deleted(["/a"]) == frozenset()


def test_an_artist_stays_while_one_song_does(store):
    one, two = (commit(store, source, artist="A", album="X") for source in ("/1", "/2"))
    kept = store.songs.song(two)
    store.songs.delete(one)
    assert store.songs.song(two) == kept
    assert store.songs.song(commit(store, "/3", artist="A", album="X")).artist_id == kept.artist_id


def test_an_artist_whose_last_song_was_renamed_is_forgotten(store):
    before = store.songs.song(commit(store, "/1", artist="A", album="X"))
    commit(store, "/1", artist="B")
    after = store.songs.song(commit(store, "/2", artist="A", album="X"))
    assert after.artist_id != before.artist_id
    assert after.album_id != before.album_id


def test_odd_sources_are_asked_about_without_harm(store):
    for odd in ODD:
        assert store.songs.standing(odd) is None
        assert store.songs.deleted([odd]) == frozenset()
        assert store.songs.songs([odd]) == {}
        assert store.songs.sources(odd) == {}


def test_odd_tags_are_kept(store):
    song = store.songs.song(
        commit(store, "/a", title="x\0'%\ud800", artist="é" * 10_000, album="b\\", metadata={"\0": "\ud800"})
    )
    assert song.title == "x\ufffd'%\ufffd"
    assert song.artist == "é" * 10_000
    assert song.metadata == {"\0": "\ud800"}


# ---- models


def test_models(store):
    assert store.models.active() == MODEL
    store.models.activate("model-2")
    assert store.models.active() == "model-2"
