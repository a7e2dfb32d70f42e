import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.rows import RowTable, SortedRows, write_sorted
from songs.identity import SongId, base62

IDS = st.sets(st.integers(0, 2**128 - 1).map(base62).map(SongId), max_size=12)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("rows") / "ids"


@given(kept=IDS, others=IDS, repeated=st.booleans())
def test_both_tables_know_the_same_rows(file, kept, others, repeated):
    songs = sorted(kept)
    file.unlink(missing_ok=True)
    write_sorted(file, songs)
    asked = [*others, *kept, "short", "ä" * 22, "-" * 22, None, 3] * (1 + repeated)
    for rows in (SortedRows(file), RowTable(songs)):
        assert list(rows.songs()) == songs
        assert [rows.song(row) for row in range(len(rows))] == songs
        assert [rows.row(song_id) for song_id in songs] == list(range(len(songs)))
        assert all(rows.row(SongId(i)) is None for i in [*(others - kept), "short", "ä" * 22, "x" * 23, ""])
        assert rows.of(asked).tolist() == list(range(len(songs)))
        assert rows.of(kept & others).tolist() == sorted(songs.index(i) for i in kept & others)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcdef"))))
def test_a_table_stays_without_gaps_while_songs_come_and_go(steps):
    table, inside = RowTable(), set()
    for comes, name in steps:
        if comes and name not in inside:
            table.append(SongId(name))
            inside.add(name)
        elif not comes and name in inside:
            table.remove(SongId(name))
            inside.remove(name)
        assert set(table.songs()) == inside
        assert all(table.row(song_id) == row for row, song_id in enumerate(table.songs()))
