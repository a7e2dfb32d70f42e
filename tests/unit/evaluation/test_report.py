import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from embedder import bundle
from embedder.split import ROUNDS, SplitRule
from evaluation.ablation import Ablation, Row
from evaluation.cache import Cache
from evaluation.comparison import Contender, comparisons
from evaluation.findings import Subject, findings, plain_baseline
from evaluation.probes import Robustness
from evaluation.report import Enclosed, page
from evaluation.rounds import Round


@pytest.fixture(scope="module")
def facts():
    return replace(bundle.verify(bundle.shipped()), name="judged", split=SplitRule())


@pytest.fixture(scope="module")
def subject(facts, shop, other):
    # songs of less than half a minute: nothing is changed, no file is opened
    short = [replace(one, labels=[replace(labels, features={}) for labels in one.labels]) for one in (shop, other)]
    return Subject(bundle.shipped(), facts, short)


@pytest.fixture(scope="module")
def found(subject, facts, tmp_path_factory):
    rng = np.random.default_rng(0)
    statistics = [rng.normal(5, [1, 100, 3, 4], size=(len(one.rows), 4)) for one in subject.collections]
    plain = plain_baseline("plain", subject, statistics)
    everything = replace(facts, name="shipped", split=SplitRule(test=(), validation=()))
    cache = Cache(tmp_path_factory.mktemp("kept"))
    return findings(subject, [plain], everything, cache, lambda *_: None)


def test_findings_are_plain_data(found):
    assert json.loads(orjson.dumps(found.as_json()))["model"] == found.model  # as --json prints them: no numpy


def test_the_page_shows_unheard_artists_first_and_flattering_figures_last(found):
    text = page(found, Enclosed())
    order = [text.index(title) for title in (
        "## Artists that the model never heard", "### shop", "### other", "### Can the corpus",
        "## Post-processing", "## What a score means", "## A map, and some neighbours", "## What was tried",
        "## Where it came", "## All songs",
    )]  # fmt: skip
    assert order == sorted(order)
    unheard, flattering = text[: order[3]], text[order[-1] :]
    for part, figures in ((unheard, found.unseen), (flattering, found.everything)):
        for name, measured in figures.items():
            near = measured["retrieval"]["artist"]
            start = f"| {name} | {measured['songs']} | artist | {near['queries']} | {near['p_at_1']:.3f} |"
            assert start in part
    assert page(found, Enclosed()) == text


def test_the_page_says_who_was_judged_and_what_is_shipped(found):
    text = page(found, Enclosed())
    assert found.model in text
    assert found.shipped in text
    assert "with all songs, these artists\nincluded" in text
    assert "is another one" in page(replace(found, shipped_heard_all=False), Enclosed())
    assert "the one that is shipped" in page(replace(found, shipped=found.model), Enclosed())


def test_the_baseline_stands_beside_it_and_targets_are_marked_as_measured_elsewhere(found):
    text = page(found, Enclosed())
    for line in found.comparisons[0].lines:
        assert f"| {line.name} |" in text
    assert [line.name for line in found.comparisons[0].lines] == ["chance", "plain", found.model]
    assert "| *elsewhere: must* | 0.500 / 0.460 | 0.640 |" in text


def test_what_others_write_is_enclosed(found):
    ablation = Ablation(("artist MAP",), (Row("kin", "all", ((0.5,),)),))
    enclosed = Enclosed(
        map="f/m.png",
        confusion="f/c.png",
        reliability="f/r.png",
        curves="f/k.png",
        ablation=ablation,
        tried="We tried.",
    )
    text = page(found, enclosed)
    for piece in ("(f/m.png)", "(f/c.png)", "(f/r.png)", "(f/k.png)", "We tried.", "| kin | all | 1 | 0.500 |"):
        assert piece in text
    assert "f/m.png" not in page(found, Enclosed())
    assert "Seeds and parts" not in page(found, Enclosed())


def test_robustness_is_shown_where_songs_were_long_enough(found):
    assert "## Robustness" not in page(found, Enclosed())
    changed = replace(found, robustness=[Robustness("MP3", 7, 0.875, 0.91, 0.4)])
    assert "| MP3 | 7 | 87.5 % | 0.910 | 0.400 |" in page(changed, Enclosed())


def test_the_baseline_is_fitted_to_training_songs_only(subject):
    rng = np.random.default_rng(0)
    statistics = [rng.normal(size=(len(one.rows), 4)) for one in subject.collections]
    rule = subject.facts.split
    plain = plain_baseline("plain", subject, statistics)
    known = np.concatenate([one.taught(rule).vectors for one in plain.collections])
    np.testing.assert_allclose(np.cov(known.T), np.eye(4), atol=1e-6)
    spoilt = [np.array(own) for own in statistics]
    for own, songs in zip(spoilt, subject.collections, strict=True):
        fresh = [i for i, row in enumerate(songs.rows) if rule.part(row.tags.artist) != "train"]
        own[fresh] *= 100
    again = plain_baseline("plain", subject, spoilt)
    for a, b in zip(plain.collections, again.collections, strict=True):
        np.testing.assert_allclose(a.taught(rule).vectors, b.taught(rule).vectors)


def test_a_collection_that_says_little_can_be_shown(facts, shop, tmp_path):
    rows = [replace(row, tags=replace(row.tags, genre=None, album=None), columns={}) for row in shop.rows]
    labels = [replace(one, features={}) for one in shop.labels]
    bare = replace(shop, rows=rows, labels=labels, slices=())
    subject = Subject(Path(), facts, [bare])
    text = page(findings(subject, [], facts, Cache(tmp_path), lambda *_: None), Enclosed())
    assert "genre right" in text  # the explanation, though there is no table
    assert "| songs with a genre |" not in text.split("## All songs")[0]
    assert "elsewhere" not in text.split("The lines called")[0]


def test_rounds_are_shown_beside_the_subject_s_own(subject, facts, tmp_path):
    rng = np.random.default_rng(0)
    statistics = [rng.normal(5, [1, 100, 3, 4], size=(len(one.rows), 4)) for one in subject.collections]
    plain = plain_baseline("plain", subject, statistics)
    other = ROUNDS[1]
    told = Round("another", other, comparisons([plain, Contender("another", subject.collections)], other))
    with_rounds = replace(subject, rounds=[told])
    found = findings(with_rounds, [plain], facts, Cache(tmp_path), lambda *_: None)
    text = page(found, Enclosed())
    assert text.index("### Other artists held back") < text.index("### Can the corpus")
    assert {one.contender for one in found.rounds} == {"plain baseline", "this recipe", "difference"}
    assert "| this recipe |" in text
