"""What people feed it: every bad file is named with a reason, and the good ones beside it come through."""

import os

import numpy as np
import pytest
import soundfile

from music import RATE, catalogue, song

pytestmark = pytest.mark.service


def mess(folder):
    """Write a folder of bad input; return file name -> error code."""
    good = catalogue(folder, 2)
    whole = good[0].read_bytes()
    soundfile.write(folder / "silence.flac", np.zeros(RATE * 3600, np.int16), RATE)  # an hour in a few kB
    soundfile.write(folder / "zero.wav", np.zeros(RATE * 8, np.float32), RATE)
    bad = song(220, 100, 0.5)
    bad[RATE * 7] = np.nan
    soundfile.write(folder / "nan.wav", bad, RATE, subtype="FLOAT")
    soundfile.write(folder / "short.wav", song(220, 100, 0.5, seconds=0.5), RATE)
    (folder / "empty.mp3").touch()
    (folder / "text.mp3").write_text("It was a dark and stormy night.\n" * 200)
    (folder / "head.flac").write_bytes(whole[:200])
    soundfile.write(folder / "whole.mp3", song(220, 100, 0.5, seconds=20), RATE)
    (folder / "half.mp3").write_bytes((folder / "whole.mp3").read_bytes()[: (folder / "whole.mp3").stat().st_size // 2])
    (folder / "loop").symlink_to(folder)
    (folder / "dangling.mp3").symlink_to(folder / "nowhere.mp3")
    (folder / "песня 歌 أغنية 🎵.flac").write_bytes(whole)
    return {
        "silence.flac": "audio_silent", "zero.wav": "audio_silent", "nan.wav": "audio_not_finite",
        "short.wav": "audio_too_short", "empty.mp3": "audio_empty", "text.mp3": "audio_undecodable",
        "head.flac": "audio_undecodable", "nowhere.mp3": "audio_not_found",
    }  # fmt: skip


def test_a_folder_of_bad_files(installation, tmp_path):
    want = mess(tmp_path / "music")
    done = installation.run("ingest", tmp_path / "music", "--json")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert '"committed": 5' in done.stdout, done.stderr  # two songs, whole and half MP3, the one in all scripts
    errors = installation.json("errors")
    assert {os.path.basename(e["source"]): e["reason"]["code"] for e in errors} == want  # noqa: PTH119
    assert all(len(e["reason"]["message"]) > 10 for e in errors)
    table = installation.run("errors")
    assert all(name in table.stdout for name in want)

    # mended, it comes through, and is no error any more
    soundfile.write(tmp_path / "music" / "short.wav", song(220, 100, 0.5, seconds=8), RATE)
    assert "1 songs committed" in installation.run("ingest", tmp_path / "music").stderr
    assert "short.wav" not in str(installation.json("errors"))


def test_wrong_use_is_one_sentence(installation, tmp_path):
    (tmp_path / "bad.csv").write_text("file,title\na.mp3,A\n")
    for args, says in [
        (["ingest", tmp_path / "nope"], "nope"),
        (["ingest", tmp_path / "bad.csv"], "the column 'path' is missing"),
        (["similar", "nobody - nothing"], "no song 'nobody - nothing'"),
        (["up", "--key", "short"], "16 to 256 visible ASCII"),
        (["nonsense"], "No such command"),
        (["evaluate", tmp_path / "bad.csv"], "the column 'path' is missing"),
    ]:
        done = installation.run(*args)
        assert done.returncode == 2, (args, done.stderr)
        assert says in done.stderr.replace("\n", " "), (args, done.stderr)
        assert "Traceback" not in done.stderr
    wrong = installation.run("doctor", SOUNDKIN_PORT="fast", SOUNDKIN_PROT="1")
    assert wrong.returncode == 2
    assert "SOUNDKIN_PORT: 'fast' is not of type int" in wrong.stderr
    assert "SOUNDKIN_PROT: unknown setting" in wrong.stderr


def test_a_manifest_goes_on_past_its_bad_rows(installation, tmp_path):
    catalogue(tmp_path / "music", 2)
    lines = ["path,artist,title,genre,sku,mood_of_the_day", "music/song000.flac,Someone,Named here,Jazz,SKU-1,sunny",
             "music/none.flac,Nobody,Nothing,,,"]  # fmt: skip
    (tmp_path / "m.csv").write_text("\n".join(lines))
    done = installation.run("ingest", tmp_path / "m.csv")
    assert done.returncode == 1
    assert "none.flac" in done.stderr
    found = installation.json("similar", "Someone - Named here")
    assert found["title"] == "Someone - Named here"
    assert installation.json("similar", "sku:SKU-1")["song"] == found["song"]
    assert "0 to listen to, 1 unchanged" not in done.stderr
    again = installation.run("ingest", tmp_path / "m.csv")
    assert "1 to listen to, 1 unchanged" in again.stderr
