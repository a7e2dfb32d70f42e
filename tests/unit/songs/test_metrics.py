"""Measures agree with the plainest possible way to write them down."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songs.metrics import Retrieval, confusion, retrieval, retrieval_by
from songs.vectors import unit

KEYS = st.lists(st.frozensets(st.sampled_from("abcd"), max_size=2), min_size=1, max_size=14)


def naive(vectors, keys):
    """Rank by cosine in plain Python."""
    n = len(keys)
    firsts, fives, averages = [], [], []
    for q in range(n):
        relevant = {i for i in range(n) if i != q and keys[i] & keys[q]}
        if not relevant:
            continue

        def cosine(i, q=q):
            a, b = vectors[i].astype(float), vectors[q].astype(float)
            return (a @ b) / (np.linalg.norm(a) * np.linalg.norm(b))

        ranked = sorted((i for i in range(n) if i != q), key=lambda i: -cosine(i))
        firsts.append(ranked[0] in relevant)
        fives.append(len(relevant & set(ranked[:5])) / min(5, len(relevant)))
        precisions = [len(relevant & set(ranked[:k])) / k for k, i in enumerate(ranked, start=1) if i in relevant]
        averages.append(sum(precisions) / len(relevant))
    return (len(firsts), *(sum(x) / len(x) if x else 0.0 for x in (firsts, fives, averages)))


@given(keys=KEYS, seed=st.integers(0, 10_000))
def test_retrieval_agrees_with_plain_python(keys, seed):
    vectors = np.random.default_rng(seed).normal(size=(len(keys), 6)).astype(np.float32)
    got = retrieval(vectors, keys)
    queries, p_at_1, r_at_5, mean_ap = naive(vectors, keys)
    assert got.queries == queries
    assert (got.p_at_1, got.r_at_5, got.map) == pytest.approx((p_at_1, r_at_5, mean_ap))


@given(keys=KEYS, seed=st.integers(0, 1000))
def test_the_length_of_vectors_does_not_matter_and_figures_are_shares(keys, seed):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(len(keys), 6))
    got = retrieval(vectors, keys)
    assert retrieval(vectors * rng.uniform(0.1, 10, (len(keys), 1)), keys) == got
    assert all(0 <= figure <= 1 for figure in (got.p_at_1, got.r_at_5, got.map))


def test_a_perfect_ranking_is_one_in_everything():
    vectors = np.repeat(np.eye(3), 4, axis=0) + np.random.default_rng(0).normal(scale=0.01, size=(12, 3))
    keys = [frozenset(name) for name in "aaaabbbbcccc"]
    assert retrieval(vectors, keys) == Retrieval(12, 1.0, 1.0, 1.0)


def test_the_worst_ranking_by_hand():
    angles = np.deg2rad([0, 180, 10, 20])  # the relevant one is always the farthest
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    got = retrieval(vectors, [frozenset("a"), frozenset("a"), frozenset(), frozenset()])
    assert got == Retrieval(2, 0.0, 1.0, pytest.approx(1 / 3))


@pytest.mark.parametrize("keys", [[], [frozenset("a")], [frozenset("a"), frozenset("b")], [frozenset(), frozenset()]])
def test_without_a_query_all_is_zero(keys):
    assert retrieval(np.ones((len(keys), 3)), keys) == Retrieval(0, 0.0, 0.0, 0.0)


def test_many_relevant_songs_are_divided_by_five():
    vectors = np.random.default_rng(0).normal(size=(20, 4))
    assert retrieval(vectors, [frozenset("a")] * 20).r_at_5 == 1.0


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("xyz")), max_size=30))
def test_confusion_counts_pairs(pairs):
    truth, guess = [t for t, _ in pairs], [g for _, g in pairs]
    table = confusion(truth, guess, "xyz")
    assert table.sum() == len(pairs)
    for row, true in enumerate("xyz"):
        for column, guessed in enumerate("xyz"):
            assert table[row, column] == pairs.count((true, guessed))


def test_confusion_needs_pairs():
    with pytest.raises(ValueError, match="shorter"):
        confusion(["x", "y"], ["x"], "xy")


def test_given_scores_rank_like_the_cosines_they_are():
    rng = np.random.default_rng(0)
    vectors = unit(rng.normal(size=(30, 8)))
    keys = [frozenset({str(i // 3)}) for i in range(30)]
    assert retrieval_by(vectors @ vectors.T, keys) == retrieval(vectors, keys)


def test_given_scores_by_hand():
    # 0 asks: 2 before 1; nobody is asked for itself
    scores = np.array([[9.0, 0.1, 0.5], [0.1, 9.0, 0.2], [0.5, 0.2, 9.0]])
    found = retrieval_by(scores, [frozenset("a"), frozenset("a"), frozenset()])
    assert (found.queries, found.p_at_1, found.map) == (2, 0.0, 0.5)
