"""An image's history brought into agreement with its layers."""

from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.image.config import HistoryEntry
from stepper.image.history import aligned, from_docker


def made(history: tuple[HistoryEntry, ...]) -> list[str]:
    return [entry.created_by for entry in history if not entry.empty_layer]


def test_entries_with_a_size_made_the_layers() -> None:
    answer = [
        {"Created": 20, "CreatedBy": 'CMD ["sh"]', "Size": 0, "Comment": "c"},
        {"Created": 10, "CreatedBy": "ADD rootfs", "Size": 5, "Comment": ""},
    ]
    history = from_docker(answer, 1)
    assert history == (
        HistoryEntry("1970-01-01T00:00:10Z", "ADD rootfs"),
        HistoryEntry("1970-01-01T00:00:20Z", 'CMD ["sh"]', empty_layer=True, comment="c"),
    )


def test_a_layer_without_bytes_is_put_down_to_an_instruction_that_makes_layers() -> None:
    lines = ['CMD ["sh"]', "WORKDIR /w", "ENV A=1", "ADD rootfs"]
    answer = [{"Created": 1, "CreatedBy": line, "Size": 5 if line == "ADD rootfs" else 0} for line in lines]
    assert made(from_docker(answer, 2)) == ["ADD rootfs", "WORKDIR /w"]


def test_the_classic_builder_s_lines_are_understood() -> None:
    lines = ['/bin/sh -c #(nop)  CMD ["sh"]', "/bin/sh -c true", "/bin/sh -c #(nop) WORKDIR /x"]
    answer = [{"Created": 1, "CreatedBy": line, "Size": 0} for line in lines]
    assert made(from_docker(answer, 2)) == ["/bin/sh -c #(nop) WORKDIR /x", "/bin/sh -c true"]


@settings(max_examples=100)
@given(
    entries=st.lists(st.builds(HistoryEntry, st.just("t"), st.sampled_from(["RUN x", "ENV y", ""]), st.booleans())),
    layers=st.integers(0, 6),
)
def test_there_are_always_as_many_entries_with_a_layer_as_layers(entries: list[HistoryEntry], layers: int) -> None:
    history = aligned(entries, layers)
    assert len(made(history)) == layers
    assert len(history) == max(len(entries), layers)
