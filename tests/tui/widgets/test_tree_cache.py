import gc

import pytest

from stepper.tui.widgets import tree_cache
from stepper.tui.widgets.change_nodes import layer_tree
from stepper.tui.widgets.collector import collector_paused
from stepper.tui.widgets.tree_cache import TreeCache
from tests.tui.widgets.layers import added, layer


def test_a_tree_is_found_by_the_very_layer_it_was_built_from() -> None:
    source, equal = layer(added("/a")), layer(added("/a"))
    cache = TreeCache()
    root = cache.keep(source, layer_tree(source))
    assert cache.get(source) is root
    assert cache.get(equal) is None
    assert cache.get(None) is None


def test_the_trees_not_used_for_longest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_cache, "PATHS_KEPT", 5)
    layers = [layer(added(f"/{number}/a"), added(f"/{number}/b")) for number in range(3)]
    cache = TreeCache()
    cache.keep(layers[0], layer_tree(layers[0]))
    cache.keep(layers[1], layer_tree(layers[1]))
    assert cache.get(layers[0]) is not None
    cache.keep(layers[2], layer_tree(layers[2]))
    assert [cache.get(each) is not None for each in layers] == [True, False, True]


def test_the_newest_tree_stays_however_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_cache, "PATHS_KEPT", 1)
    source = layer(added("/a"), added("/b"))
    cache = TreeCache()
    cache.keep(source, layer_tree(source))
    assert cache.get(source) is not None


def test_the_collector_rests_and_comes_back_also_after_an_error() -> None:
    def fail() -> None:
        with collector_paused():
            seen.append(gc.isenabled())
            raise ValueError("wrong")

    seen = [gc.isenabled()]
    with pytest.raises(ValueError, match="wrong"):
        fail()
    assert [*seen, gc.isenabled()] == [True, False, True]
