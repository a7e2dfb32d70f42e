"""``soundkin embed``."""

import os
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from cli.catalogue import bundle_folder
from cli.console import remark
from cli.listening import files, good, listen
from cli.place import HomeOption, place
from embedder import bundle
from songs.vectors import DIMENSIONS
from worker.listener import Listened, Listener


def command(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Audio files, or folders of them.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="X.npz", help="Where the arrays are written.")],
    slices: Annotated[bool, typer.Option("--slices", help="Add the vectors of all slices.")] = False,
    home: HomeOption = None,
) -> int:
    """Write arrays: paths (n,), vectors (n, 128) float32 of unit length, model.

    With --slices also slice_vectors (m, 128), slice_song (m,) and slice_start (m,) in seconds.

    Example: soundkin embed *.mp3 -o vectors.npz
    """
    if out.is_dir() or not os.access(out.absolute().parent, os.W_OK):  # better now than after an hour
        raise typer.BadParameter(f"{out} cannot be written", param_hint="--out")
    here = place(home)
    wanted = files(paths)
    heard = good(listen(here, wanted, Listener.embed))
    arrays = _arrays(heard, bundle.verify(bundle_folder(here)).model)
    if slices:
        arrays |= _slice_arrays(heard)
    _write(out, arrays)
    remark(f"{len(heard)} of {len(wanted)} files in {out}")
    return 1 if len(heard) < len(wanted) else 0


def _arrays(heard: list[tuple[str, Listened]], model: str) -> dict[str, Any]:
    vectors = [listened.heard.embedding.vector for _, listened in heard]
    return {
        "paths": np.array([path for path, _ in heard], dtype=np.str_),
        "vectors": np.array(vectors, dtype=np.float32).reshape(-1, DIMENSIONS),
        "model": np.array(model),
    }


def _slice_arrays(heard: list[tuple[str, Listened]]) -> dict[str, Any]:
    embeddings = [listened.heard.embedding for _, listened in heard]
    counts = [len(e.slice_vectors) for e in embeddings]
    none = np.zeros((0, DIMENSIONS), np.float32)
    return {
        "slice_vectors": np.concatenate([none, *(e.slice_vectors for e in embeddings)]),
        "slice_song": np.repeat(np.arange(len(counts)), counts),
        "slice_start": np.concatenate([none[:, 0], *(e.slice_starts for e in embeddings)]),
    }


def _write(out: Path, arrays: dict[str, Any]) -> None:
    # a file that is there is whole: written beside, then renamed
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            np.savez_compressed(file, **arrays)
        part.replace(out)
    except OSError as error:
        raise typer.BadParameter(f"{out}: {error.strerror or error}", param_hint="--out") from error
    finally:
        part.unlink(missing_ok=True)
