import numpy as np

from evaluation.cache import Cache, digest


def test_what_was_put_is_got_and_nothing_else(tmp_path):
    cache = Cache(tmp_path / "kept")
    assert cache.get("a") is None
    cache.put("a", {"x": np.arange(3), "said": np.array("ä")})
    found = cache.get("a")
    np.testing.assert_array_equal(found["x"], [0, 1, 2])
    assert str(found["said"]) == "ä"
    assert cache.get("b") is None
    assert [path.suffix for path in (tmp_path / "kept").iterdir()] == [".npz"]
    cache.put("a", {"x": np.arange(2)})
    assert list(cache.get("a")) == ["x"]


def test_digest_is_of_the_content(tmp_path):
    for name, content in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name).write_bytes(content)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")
