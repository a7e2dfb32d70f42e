"""The use case of an ``explain`` job: why a song of the catalogue has a label. It may run twice."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from embedder.explain.explainer import DELETION, OCCLUSION, Drawn
from songs.errors import AudioGone, AudioNotFound, UnknownSong
from songs.explanation import Explainable, Explained, Explanations
from songs.jobs import Job, Outcome
from songs.ports import Ledger, Library
from store.shelf import PREFIX, Shelf
from worker.ingest import Watch
from worker.sources import facts, is_url

STAGE = "explanation"
_SHARES = {OCCLUSION: (0.0, 0.4), DELETION: (0.4, 0.6)}  # of the job: where a stage begins, and how much it is

Told = Callable[[str, float], None]  # told a stage of Explainer and how much of it is done, 0 to 1


@dataclass(frozen=True, slots=True)
class Explain:
    """Explain a label of the song at a job's source, and keep the answer."""

    explain: Callable[[str, Explainable, Told], Drawn]  # (path, label, progress)
    model: str  # version of the weights
    path: Callable[[str, str], str]  # (source, sha256) -> where that recording lies; raises AudioGone
    library: Library
    explanations: Explanations
    ledger: Ledger

    def __call__(self, job: Job, watch: Watch) -> Job:
        """Run a claimed job to its end.

        Raises
        ------
        UnknownSong
            The song went meanwhile.
        AudioGone
            Its audio cannot be heard again.
        AudioError, Unexplainable
            As the explainer raises them.
        JobTaken
            Somebody else has the job; nothing was written.
        StoreUnavailable
            To be tried again.
        """
        watch.at("read", 0.0)
        standing = self.library.standing(job.source)
        if standing is None:
            raise UnknownSong(job.source)
        path = self.path(job.source, standing.sha256)

        def told(stage: str, done: float) -> None:
            begin, share = _SHARES[stage]
            watch.at(STAGE, begin + share * done)

        drawn = self.explain(path, Explainable(job.label), told)
        explained = Explained(
            song_id=standing.song_id,
            model=self.model,
            audio_sha256=standing.sha256,
            explanation=drawn.explanation,
            picture=drawn.picture,
        )
        move = self.ledger.done(watch.stop(), Outcome.COMMITTED)
        move = replace(move, after=replace(move.after, song_id=standing.song_id))
        self.explanations.keep(explained, move)
        return move.after


@dataclass(frozen=True, slots=True)
class Kept:
    """Finds the recording that a song was made of: in place, or on our shelf, never anew from an address."""

    shelf: Shelf

    def __call__(self, source: str, sha256: str) -> str:
        """Return the path of a source's audio if it is still the recording with this hash.

        Raises
        ------
        AudioGone
            The file is gone or another one, or its copy was not kept.
        AudioNotReadable, AudioEmpty
            It is there, but cannot be read.
        """
        ours = source.startswith(PREFIX) or is_url(source)
        path = self.shelf.path(PREFIX + sha256 if is_url(source) else source)
        try:
            found = facts(path)
        except AudioNotFound as error:
            why = "its copy was not kept (SOUNDKIN_KEEP_AUDIO)" if ours else "its file is gone"
            raise AudioGone(source, why) from error
        if found.sha256 != sha256:
            raise AudioGone(source, "its file is another one by now; ingest it again")
        return path
