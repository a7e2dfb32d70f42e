"""The one piece of code among the ports."""

from songs.identity import SongId, fresh
from songs.ports import ALL
from songs.settings import Settings


def test_everything_holds_every_song():
    assert SongId(fresh()) in ALL
    assert object() in ALL
    assert Settings() in ALL
