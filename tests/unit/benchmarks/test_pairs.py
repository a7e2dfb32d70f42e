"""The arithmetic of a comparison, and the form in which it is told."""

import json

import pytest

from benchmarks.pairs import Line, compared, heard, judged, table, tell, unmeasured


def test_the_ratio_is_the_median_of_the_pairs_own():
    line = judged("a", [(1, 2), (2, 8), (3, 3), (10, 30), (4, 20)], 2.5)
    assert (line.ours, line.peer, line.ratio, line.ok) == (3, 8, 3, True)


@pytest.mark.parametrize(("goal", "ok"), [(1.99, True), (2.0, True), (2.01, False)])
def test_a_goal_is_reached_or_missed(goal, ok):
    assert judged("a", [(5, 10)], goal).ok is ok


def test_both_sides_run_in_turn_after_one_that_does_not_count():
    order = []

    def work(name):
        order.append(name)
        sum(range(20_000))

    line = compared("a", lambda: work("ours"), lambda: work("peer"), 1.0)
    assert order == ["ours", "peer"] * 6
    assert line.name == "a, ms"
    assert line.ours > 0


def test_what_is_told_is_heard(capsys):
    lines = [judged("a", [(5, 10)], 2), unmeasured("b", 4)]
    tell(lines)
    told = capsys.readouterr().out
    assert heard(told) == lines
    keys = {"name", "ours", "peer", "ratio", "goal", "ok"}
    assert all(set(line) == keys for line in json.loads(told))


def test_what_cannot_run_here_has_no_verdict():
    line = unmeasured("b", 4)
    assert (line.ours, line.peer, line.ratio, line.ok) == (None, None, None, None)


def test_the_table_says_which_goals_are_missed():
    rows = table([Line("good", 1, 3, 3, 2, True), Line("bad one", 1, 1, 1, 2, False), unmeasured("none", 4)]).split(
        "\n"
    )
    assert [row.split()[0] for row in rows] == ["name", "good", "bad", "none"]
    assert [row.endswith("missed") for row in rows] == [False, False, True, False]
    assert rows[3].endswith("not here")
    assert len({row.index("  ", len("bad one")) for row in rows}) == 1
