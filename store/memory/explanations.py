"""Explanations of labels in memory."""

from dataclasses import dataclass

from songs.errors import NotExplained
from songs.explanation import Explained, Explanation
from songs.identity import SongId
from songs.jobs import Move
from store.memory.tables import Memory


@dataclass(frozen=True, slots=True)
class MemoryExplanations:
    """Twin of ``SqlExplanations``."""

    memory: Memory

    def keep(self, explained: Explained, move: Move) -> None:
        """Write an explanation, in the place of an older one, and the job's move, or nothing; raises JobTaken."""
        with self.memory.write() as tables:
            tables.swap(move)
            tables.explanations[explained.song_id, explained.model, explained.explanation.label] = explained

    def explanation(self, song_id: SongId, label: str) -> Explanation:
        """Return why the active model gives a song a label; raises UnknownSong, NotExplained."""
        return self._standing(song_id, label).explanation

    def picture(self, song_id: SongId, label: str) -> bytes:
        """Return the picture of an explanation, a PNG; raises UnknownSong, NotExplained."""
        return self._standing(song_id, label).picture

    def _standing(self, song_id: SongId, label: str) -> Explained:
        tables = self.memory.read()
        song = tables.entry(song_id).song
        found = tables.explanations.get((song_id, tables.models.get("active", ""), label))
        if found is None or found.audio_sha256 != song.audio_sha256:
            raise NotExplained(song_id, label)
        return found
