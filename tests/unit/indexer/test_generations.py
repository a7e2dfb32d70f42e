import json
import logging
import subprocess
import sys
import time

import numpy as np
import pytest

from indexer.generations import Generations, Manifest
from songs.errors import IndexMismatch
from songs.identity import SongId
from songs.vectors import unit

D = 8
IDS = [SongId(letter * 22) for letter in "abc"]
VECTORS = unit(np.arange(3 * D).reshape(3, D) + 1)


@pytest.fixture
def generations(tmp_path):
    return Generations(tmp_path / "index", "m", D)


def names(generations):
    return sorted(path.name for path in generations.folder.iterdir())


def test_what_was_published_is_read_again(generations):
    path = generations.publish(42, IDS, VECTORS)
    assert path.name == "gen-00000000000000000042"
    assert sorted(file.name for file in path.iterdir()) == ["ids", "manifest.json", "vectors.faiss"]
    assert (path / "ids").stat().st_size == 3 * 22
    opened = generations.newest(42)
    said = opened.manifest
    assert (said.format, said.type, said.model, said.dimensions, said.songs, said.seq) == (1, "flat", "m", D, 3, 42)
    for song_id, vector in zip(IDS, VECTORS, strict=True):
        np.testing.assert_array_equal(opened.search.vector(song_id), vector)
    assert list(opened.rows.songs()) == IDS
    assert opened.search.nearest(VECTORS[1], 1)[0].song_id == IDS[1]


def test_an_empty_generation_is_a_generation(generations):
    generations.publish(7, [], np.zeros((0, D), np.float32))
    opened = generations.newest(7)
    assert len(opened.search) == 0
    assert opened.search.nearest(np.ones(D, np.float32), 3) == []
    assert opened.search.matrix().shape == (0, D)


def test_two_generations_are_kept_and_nothing_else(generations):
    for seq in (1, 2, 3, 10):
        generations.publish(seq, IDS, VECTORS)
    (generations.folder / ".part-crashed").mkdir()
    generations.publish(11, IDS, VECTORS)
    assert names(generations) == ["gen-00000000000000000010", "gen-00000000000000000011"]


def test_what_a_reader_has_open_stays_readable_after_its_removal(generations):
    generations.publish(1, IDS, VECTORS)
    opened = generations.newest(1)
    for seq in (2, 3, 4):
        generations.publish(seq, IDS, -VECTORS)
    assert not opened.path.exists()
    assert opened.search.nearest(VECTORS[0], 1)[0].score == pytest.approx(1)
    assert opened.search.vector(IDS[2]) == pytest.approx(VECTORS[2])


def test_publishing_a_number_again_replaces_it(generations):
    generations.publish(5, IDS, VECTORS)
    before = generations.mark()
    generations.publish(5, IDS[:1], VECTORS[:1])
    assert len(generations.newest(5).search) == 1
    assert generations.mark() != before
    assert names(generations) == ["gen-00000000000000000005"]


def test_what_is_beyond_the_log_is_not_ours(generations):
    generations.publish(3, IDS[:1], VECTORS[:1])
    generations.publish(9, IDS, VECTORS)
    assert generations.newest(8).manifest.seq == 3
    generations.publish(4, IDS, VECTORS)
    assert names(generations) == ["gen-00000000000000000003", "gen-00000000000000000004"]


def rewritten(**changes):
    def damage(path):
        manifest = json.loads((path / "manifest.json").read_text())
        (path / "manifest.json").write_text(json.dumps(manifest | changes))

    return damage


def cut(name):
    return lambda path: (path / name).write_bytes((path / name).read_bytes()[:-1])


def flipped(name):
    def damage(path):
        content = bytearray((path / name).read_bytes())
        content[-3] ^= 1
        (path / name).write_bytes(content)

    return damage


DAMAGE = {
    "short vectors": cut("vectors.faiss"),
    "short ids": cut("ids"),
    "short manifest": cut("manifest.json"),
    "another bit in the vectors": flipped("vectors.faiss"),
    "another bit in the ids": flipped("ids"),
    "no vectors": lambda path: (path / "vectors.faiss").unlink(),
    "no manifest": lambda path: (path / "manifest.json").unlink(),
    "not JSON": lambda path: (path / "manifest.json").write_bytes(b"\xff"),
    "a list": lambda path: (path / "manifest.json").write_text("[]"),
    "a later format": rewritten(format=2),
    "another type": rewritten(type="ivf"),
    "another count": rewritten(songs=4),
    "another number": rewritten(seq=3),
    "a stranger's member": rewritten(colour="blue"),
    "no checksums": rewritten(files={}),
    "renamed": lambda path: path.rename(path.with_name("gen-00000000000000000003")),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_generation_is_refused_by_name_and_the_last_good_one_serves(generations, caplog, damage):
    generations.publish(1, IDS[:2], VECTORS[:2])
    DAMAGE[damage](generations.publish(2, IDS, VECTORS))
    with caplog.at_level(logging.ERROR):
        assert generations.newest(9).manifest.seq == 1
    assert "generation_damaged" in caplog.text


def test_with_nothing_good_left_there_is_none(generations):
    assert generations.newest(9) is None
    cut("ids")(generations.publish(1, IDS, VECTORS))
    assert generations.newest(9) is None
    assert generations.mark() is not None


def test_vectors_of_two_models_never_mix(tmp_path, generations):
    generations.publish(1, IDS, VECTORS)
    generations.folder.rename(tmp_path / "index" / "other")
    with pytest.raises(IndexMismatch, match=r"holds m \(8-d\), the catalogue needs other \(8-d\)"):
        Generations(tmp_path / "index", "other", D).newest(1)
    manifest = Manifest(format=1, type="flat", model="m", dimensions=D, songs=0, seq=0, files={})
    manifest.check("m", D)
    with pytest.raises(IndexMismatch):
        manifest.check("m", D + 1)


@pytest.mark.parametrize("model", ["../up", "..", ".", "a/b", "seed 1.0", "ä"])
def test_whatever_a_model_is_called_its_generations_lie_below_the_directory(tmp_path, model):
    generations = Generations(tmp_path / "index", model, D)
    generations.publish(1, IDS, VECTORS)
    assert generations.folder.parent == tmp_path / "index"
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
    assert generations.newest(1).manifest.model == model


@pytest.mark.parametrize("ids", [["b" * 22, "a" * 22], ["a" * 22] * 2, ["a" * 21, "b" * 22], ["a" * 22, "-" * 22]])
def test_ids_out_of_order_are_a_fault_of_the_program_and_leave_nothing(generations, ids):
    with pytest.raises(ValueError, match="ascending"):
        generations.publish(1, ids, VECTORS[:2])
    assert names(generations) == []


PUBLISHING = """
import itertools, sys
from pathlib import Path
import numpy as np
from indexer.generations import Generations
ids = [f"{n:022}" for n in range(2000)]
for seq in itertools.count(1):
    vectors = np.full((2000, 8), 8**-0.5, np.float32)
    vectors[:, 0] *= (-1) ** seq
    Generations(Path(sys.argv[1]), "m", 8).publish(seq, ids, vectors)
    print(seq, flush=True)
"""


@pytest.mark.parametrize("moment", [0.0, 0.003, 0.011])
def test_a_killed_publisher_leaves_what_it_had_published(generations, caplog, moment):
    process = subprocess.Popen([sys.executable, "-c", PUBLISHING, generations.directory], stdout=subprocess.PIPE)
    try:
        said = [int(process.stdout.readline()) for _ in range(4)]
        time.sleep(moment)
    finally:
        process.kill()
        said += [int(line) for line in process.stdout]
        process.wait()
    opened = generations.newest(10**6)
    assert opened.manifest.seq in {said[-1], said[-1] + 1}
    assert (opened.search.vector(SongId("0" * 22))[0] > 0) == (opened.manifest.seq % 2 == 0)
    assert "damaged" not in caplog.text, "renamed whole or not at all"
    generations.publish(10**6, IDS, VECTORS)
    assert len(names(generations)) == 2, "and what lay half written is gone"
