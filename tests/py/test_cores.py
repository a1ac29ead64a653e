"""Cores and work split as Python sees them (docs/upstream-api.md H2)."""

from __future__ import annotations

import pytest
import ttnn

from helpers import cores


def test_core_coord_equals_a_tuple_and_has_no_order():
    c = ttnn.CoreCoord(1, 2)
    assert c == (1, 2)
    assert c == ttnn.CoreCoord((1, 2))
    assert c != (2, 1)
    assert repr(c) == "1-2"
    assert c.to_json() == '{"x":1,"y":2}'
    assert len({c, ttnn.CoreCoord(1, 2)}) == 1
    with pytest.raises(TypeError):
        _ = c < ttnn.CoreCoord(3, 3)
    with pytest.raises(TypeError):
        iter(c)
    with pytest.raises(AttributeError):
        c.x = 3


@pytest.mark.parametrize("bad", [(-1, 0), (0, -1), (1.5, 0), ("0", 0)])
def test_core_coord_of_wrong_numbers_is_a_type_error(bad):
    with pytest.raises(TypeError, match="incompatible function arguments"):
        ttnn.CoreCoord(*bad)


def test_core_range_takes_tuples_and_refuses_one_argument():
    r = ttnn.CoreRange((0, 0), (1, 2))
    assert repr(r) == "[0-0 - 1-2]"
    assert r.grid_size() == (2, 3)
    assert r.contains(ttnn.CoreCoord(1, 1))
    assert not r.contains((2, 0))
    with pytest.raises(TypeError):
        ttnn.CoreRange(ttnn.CoreCoord(0, 0))
    with pytest.raises(RuntimeError, match="Invalid core range for start_coord: 2-2, end_coord: 1-1"):
        ttnn.CoreRange((2, 2), (1, 1))


def test_core_range_set_keeps_order_and_compares_by_structure():
    a, b = ttnn.CoreRange((3, 3), (4, 4)), ttnn.CoreRange((0, 0), (1, 2))
    s = ttnn.CoreRangeSet([a, b])
    assert repr(s) == "{[3-3 - 4-4], [0-0 - 1-2]}"
    assert s.num_cores() == 10
    assert s.size() == 2
    assert s != ttnn.CoreRangeSet([b, a])
    assert repr(ttnn.CoreRangeSet({a, b})) == "{[0-0 - 1-2], [3-3 - 4-4]}"
    assert repr(s.bounding_box()) == "[0-0 - 4-4]"
    with pytest.raises(TypeError):
        len(s)


def test_core_range_set_needs_a_list_or_a_set():
    for arguments in ((), (ttnn.CoreRange((0, 0), (0, 0)),)):
        with pytest.raises(TypeError):
            ttnn.CoreRangeSet(*arguments)
    with pytest.raises(RuntimeError, match=r"core ranges \[0-0 - 1-2\] and \[1-1 - 4-4\] overlap!"):
        ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (1, 2)), ttnn.CoreRange((1, 1), (4, 4))])
    with pytest.raises(RuntimeError, match="Cannot get bounding_box of an empty CoreRangeSet!"):
        ttnn.CoreRangeSet([]).bounding_box()


def test_core_grid_takes_keywords_only():
    g = ttnn.CoreGrid(x=3, y=2)
    assert (g.x, g.y, g.num_cores) == (3, 2, 6)
    with pytest.raises(TypeError):
        ttnn.CoreGrid(3, 2)


def test_split_work_takes_a_grid_or_a_set_and_nothing_else():
    n, every, g1, g2, u1, u2 = ttnn.split_work_to_cores(ttnn.CoreCoord(8, 8), 100)
    assert (n, u1, u2) == (64, 2, 1)
    assert repr(g1) == "{[0-0 - 3-7], [4-0 - 4-3]}"
    assert repr(g2) == "{[4-4 - 4-7], [5-0 - 7-7]}"
    assert every.num_cores() == 64
    assert repr(ttnn.split_work_to_cores((8, 8), 5)[1]) == "{[0-0 - 0-4]}"
    assert ttnn.split_work_to_cores(cores(0, 0, 7, 7), 12, True)[0] == 12
    for wrong in (ttnn.CoreGrid(x=8, y=8), ttnn.CoreRange((0, 0), (7, 7))):
        with pytest.raises(TypeError):
            ttnn.split_work_to_cores(wrong, 5)


def test_corerange_to_cores_stops_at_max_cores():
    assert ttnn.corerange_to_cores(cores(0, 0, 1, 1)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert ttnn.corerange_to_cores(cores(0, 0, 1, 1), row_wise=True) == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert ttnn.corerange_to_cores(cores(0, 0, 1, 1), max_cores=0) == []
