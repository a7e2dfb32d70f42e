"""``soundkin reindex``."""

from cli.catalogue import open_rows
from cli.console import remark
from cli.place import HomeOption, place
from indexer.writer import IndexWriter
from songs.vectors import DIMENSIONS


def command(home: HomeOption = None) -> int:
    """Build the index afresh from the rows; a running `soundkin up` has the index worker for that, so stop it first.

    Example: soundkin reindex
    """
    here = place(home)
    store = open_rows(here)
    songs = IndexWriter(here.home.index, store.log, store.models.active, DIMENSIONS).reindex()
    remark(f"the index holds {songs} songs")
    return 0
