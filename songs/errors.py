"""Everything that can go wrong, as classes with data and a stable code; HTTP knows none of it here."""

from collections.abc import Iterable, Sequence


class SongsError(Exception):
    """Base of all errors that name a thing and its remedy; ``str(error)`` is one sentence for a person."""

    code = "error"  # stable: clients switch on it
    retryable = False  # whether the same attempt may succeed later


class UnknownSong(SongsError):
    """No song has this id, isrc, sku or path."""

    code = "unknown_song"

    def __init__(self, reference: str) -> None:
        super().__init__(f"no song {reference!r} in the catalogue")
        self.reference = reference


class AmbiguousSong(SongsError):
    """A name fits several songs."""

    code = "ambiguous_song"

    def __init__(self, reference: str, candidates: Sequence[str]) -> None:
        super().__init__(f"{reference!r} fits {len(candidates)} songs; name one of: " + ", ".join(candidates[:5]))
        self.reference, self.candidates = reference, list(candidates)


class UnknownJob(SongsError):
    """No job has this id."""

    code = "unknown_job"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"no job {job_id!r}")
        self.job_id = job_id


class JobTaken(SongsError):
    """Somebody else moved the job on since it was read; nothing was written."""

    code = "job_taken"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"job {job_id} was moved on by another process")
        self.job_id = job_id


class ForbiddenMove(SongsError):
    """The job cannot make this step from the state it is in."""

    code = "forbidden_move"

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"a {state} job cannot {event}")
        self.state, self.event = state, event


class InvalidCursor(SongsError):
    """A paging cursor that this catalogue never gave."""

    code = "invalid_cursor"

    def __init__(self, cursor: str) -> None:
        super().__init__(f"cursor {cursor[:40]!r} is not one of ours; start again without it")
        self.cursor = cursor


class InvalidSettings(SongsError):
    """The environment asks for something impossible; all problems are reported at once."""

    code = "invalid_settings"

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("settings: " + "; ".join(self.problems))


class InvalidKey(SongsError):
    """An API key of the wrong shape."""

    code = "invalid_key"

    def __init__(self) -> None:
        super().__init__("a key is 16 to 256 visible ASCII characters")


class MissingExtra(SongsError):
    """A command needs packages that this installation was made without."""

    code = "missing_extra"

    def __init__(self, extra: str, module: str) -> None:
        super().__init__(f"this needs the package {module!r}: pip install 'soundkin[{extra}]'")
        self.extra, self.module = extra, module


class Unexplainable(SongsError):
    """A label that this model does not tell, or a name that it does not know."""

    code = "unexplainable"

    def __init__(self, asked: str, known: Sequence[str]) -> None:
        remedy = f"it knows {', '.join(known)}" if known else "it does not tell that label"
        super().__init__(f"this model cannot explain {asked!r}: {remedy}")
        self.asked, self.known = asked, list(known)


class NotExplained(SongsError):
    """Nobody has asked why this song has this label, or the answer is not there yet."""

    code = "not_explained"

    def __init__(self, song_id: str, label: str) -> None:
        super().__init__(
            f"the label '{label}' of song {song_id} is not explained yet: POST it to /v1/songs/{song_id}/explanations "
            "and wait for the job"
        )
        self.song_id, self.label = song_id, label


# ---- audio


class AudioError(SongsError):
    """A recording that cannot become a song; retrying the same bytes is useless."""

    code = "audio_error"


class AudioNotFound(AudioError):
    """The file is not there."""

    code = "audio_not_found"

    def __init__(self, path: str) -> None:
        super().__init__(f"no file at {path}")
        self.path = path


class AudioNotReadable(AudioError):
    """The file is there, but may not be read."""

    code = "audio_not_readable"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} may not be read: {why}")
        self.path, self.why = path, why


class AudioEmpty(AudioError):
    """A file without a byte in it."""

    code = "audio_empty"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is empty (0 bytes)")
        self.path = path


class AudioUndecodable(AudioError):
    """The bytes are not audio in a format that we read, or broken beyond use."""

    code = "audio_undecodable"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} does not decode as audio: {why}")
        self.path, self.why = path, why


class AudioTooShort(AudioError):
    """The recording does not fill a single slice."""

    code = "audio_too_short"

    def __init__(self, seconds: float, needed: float) -> None:
        super().__init__(f"audio lasts {seconds:.2f} s, one slice needs {needed:.2f} s")
        self.seconds, self.needed = seconds, needed


class AudioTooLong(AudioError):
    """The recording is longer than the operator allows."""

    code = "audio_too_long"

    def __init__(self, seconds: float, allowed: float) -> None:
        super().__init__(
            f"audio lasts more than {min(seconds, 1e9):.0f} s, SOUNDKIN_MAX_SECONDS allows {allowed:.0f} s"
        )
        self.seconds, self.allowed = seconds, allowed


class AudioSilent(AudioError):
    """Nothing but digital silence: there is no sound to compare."""

    code = "audio_silent"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.2f} s of digital silence")
        self.seconds = seconds


class AudioNotFinite(AudioError):
    """Samples that are no numbers (NaN or infinite)."""

    code = "audio_not_finite"

    def __init__(self, second: float) -> None:
        super().__init__(f"samples that are not finite numbers, first at {second:.2f} s")
        self.second = second


class DecoderDied(AudioError):
    """The decoder process was killed by this file (crash, memory or time)."""

    code = "decoder_died"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"the decoder did not survive {path}: {why}")
        self.path, self.why = path, why


class AudioGone(AudioError):
    """The audio of a song of the catalogue is not there any more, or is another recording by now."""

    code = "audio_gone"

    def __init__(self, source: str, why: str) -> None:
        super().__init__(f"the audio of {source} cannot be heard again: {why}")
        self.source, self.why = source, why


class UnsupportedSource(AudioError):
    """A source that is neither a file nor one of the address schemes that we read."""

    code = "unsupported_source"

    def __init__(self, source: str) -> None:
        super().__init__(f"{source!r} is not a path that exists here")
        self.source = source


class AddressRefused(AudioError):
    """An address that we do not fetch: another scheme, inside our network, too large."""

    code = "address_refused"

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url} is not fetched: {why}")
        self.url, self.why = url, why


class FetchFailed(SongsError):
    """An address did not give its audio this time."""

    code = "fetch_failed"
    retryable = True

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url} could not be fetched: {why}")
        self.url, self.why = url, why


class SourceChanged(SongsError):
    """The file was written to while it was listened to."""

    code = "source_changed"
    retryable = True

    def __init__(self, source: str) -> None:
        super().__init__(f"{source} changed while it was listened to")
        self.source = source


# ---- manifests and bundles


class InvalidManifest(SongsError):
    """A manifest that lacks a column, or a row that lacks a value."""

    code = "invalid_manifest"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"manifest {path}: {why}")
        self.path, self.why = path, why


class BundleRefused(SongsError):
    """A model bundle that we will not load: unknown format, wrong checksum, or something missing."""

    code = "bundle_refused"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"bundle {path} refused: {why}")
        self.path, self.why = path, why


# ---- store, index, queue


class StoreUnavailable(SongsError):
    """The database does not answer or is locked; the work waits and goes on."""

    code = "store_unavailable"
    retryable = True

    def __init__(self, why: str) -> None:
        super().__init__(f"the database is not available: {why}")
        self.why = why


class QueueUnavailable(SongsError):
    """The broker does not answer; job rows stay queued and are sent later."""

    code = "queue_unavailable"
    retryable = True

    def __init__(self, why: str) -> None:
        super().__init__(f"the queue is not available: {why}")
        self.why = why


class IndexUnavailable(SongsError):
    """No index can be read at the moment."""

    code = "index_unavailable"
    retryable = True

    def __init__(self, why: str) -> None:
        super().__init__(f"the index is not available: {why}")
        self.why = why


class IndexMismatch(SongsError):
    """A generation of another model or dimension: vectors of two models never mix."""

    code = "index_mismatch"

    def __init__(self, have: tuple[str, int], want: tuple[str, int]) -> None:
        super().__init__(f"the index holds {have[0]} ({have[1]}-d), the catalogue needs {want[0]} ({want[1]}-d)")
        self.have, self.want = have, want


class GenerationDamaged(SongsError):
    """A generation whose files are not what its manifest says."""

    code = "generation_damaged"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"index generation {path} is damaged: {why}")
        self.path, self.why = path, why


class IndexLocked(SongsError):
    """Another index worker writes this directory."""

    code = "index_locked"

    def __init__(self, path: str) -> None:
        super().__init__(f"another index worker writes {path}")
        self.path = path


class HomeInUse(SongsError):
    """A second ``up`` on one home."""

    code = "home_in_use"

    def __init__(self, home: str, owner: str) -> None:
        super().__init__(f"{home} is in use by another soundkin up ({owner}); stop it or choose another --home")
        self.home, self.owner = home, owner


class PortTaken(SongsError):
    """Somebody else listens on the port."""

    code = "port_taken"

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is taken; choose another with --port or SOUNDKIN_PORT")
        self.port = port


class ProcessKeepsDying(SongsError):
    """A process of the crew ends right after each start; starting it again does not help."""

    code = "process_keeps_dying"

    def __init__(self, name: str, log: str, last: str) -> None:
        super().__init__(f"the {name} process ends right after its start: {last or 'it says nothing'} (more in {log})")
        self.name, self.log, self.last = name, log, last


class ServiceNotReady(SongsError):
    """The processes were started, but the API does not answer."""

    code = "service_not_ready"

    def __init__(self, logs: str, seconds: float) -> None:
        super().__init__(f"the API did not become ready in {seconds:.0f} s; the reason is in {logs}")
        self.logs, self.seconds = logs, seconds
