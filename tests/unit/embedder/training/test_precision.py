import keras
import numpy as np
import pytest
import tensorflow as tf

from embedder.spectrogram import AudioSettings
from embedder.training.architectures import ARCHITECTURES
from embedder.training.precision import MIXED, PLAIN, computing_in, fastest
from embedder.training.recipe import Recipe, untrained

on_cpu = pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="a GPU decides by itself")


@on_cpu
@pytest.mark.parametrize(
    ("flags", "policy"), [("fpu avx512_bf16 sse", MIXED), ("amx_bf16", MIXED), ("avx512f avx512_bf16x", PLAIN)]
)
def test_the_processor_decides(tmp_path, flags, policy):
    (tmp_path / "cpuinfo").write_text(f"flags : {flags}\n")
    assert fastest(tmp_path / "cpuinfo") == policy


@on_cpu
def test_where_nothing_is_known_float32_is_safe(tmp_path):
    assert fastest(tmp_path / "none") == PLAIN


def test_the_policy_ends_with_the_block():
    with computing_in(MIXED):
        assert keras.config.dtype_policy().name == MIXED
    assert keras.config.dtype_policy().name == PLAIN


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_both_policies_have_the_same_weights_and_nearly_the_same_answers(name):
    plain, mixed = (untrained(Recipe(architecture=name), AudioSettings(), 4, policy) for policy in (PLAIN, MIXED))
    for one, other in zip(plain.get_weights(), mixed.get_weights(), strict=True):
        assert one.dtype == other.dtype == np.float32
        np.testing.assert_array_equal(one, other)
    images = np.random.default_rng(4).uniform(size=(2, 256, 256, 1)).astype(np.float32)
    says, told = np.asarray(plain(images)), np.asarray(mixed(images))
    assert told.dtype == np.float32
    np.testing.assert_allclose(told, says, atol=0.02)
