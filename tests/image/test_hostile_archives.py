"""Archives made to lead out of the root, to go in circles, or to fill time and memory: told or read, never more."""

import json
import tarfile
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.image.analysis import analyse
from stepper.image.archive import ArchiveError
from stepper.image.entry import EntryKind
from stepper.image.layer_contents import read_layer
from stepper.image.read_limits import ReadLimits
from stepper.image.saved_image import SavedImageError, read_images
from stepper.image.stack import stack
from tests.image.layers import Member, docker_save, file, folder, link, plain, symlink, tar

PART = st.sampled_from(["a", "b", "..", ".", "", ".wh.a", ".wh.", ".wh...", ".wh..wh..opq", "é\udcff\n", "\x1b[31m"])
NAME = st.lists(PART, min_size=1, max_size=6).map("/".join)
MEMBERS = st.one_of(
    st.builds(file, NAME, st.binary(max_size=3)),
    st.builds(folder, NAME),
    st.builds(link, NAME, NAME),
    st.builds(symlink, NAME, NAME),
    st.builds(lambda name, kind: Member(name, type=kind), NAME, st.sampled_from([tarfile.FIFOTYPE, tarfile.CHRTYPE])),
)


def record(key: bytes, value: bytes) -> bytes:
    rest = len(key) + len(value) + 3
    return b"%d %b=%b\n" % (rest + len(str(rest + len(str(rest)))), key, value)


def with_records(body: bytes) -> bytes:
    """A file with these PAX records, whatever they are."""
    records, member = tarfile.TarInfo("records"), tarfile.TarInfo("file")
    records.type, records.size = b"x", len(body)
    return records.tobuf() + body + bytes(-len(body) % 512) + member.tobuf() + bytes(1024)


def an_image(config: object) -> bytes:
    manifest = json.dumps([{"Config": "c.json", "Layers": ["l"]}]).encode()
    return plain({"manifest.json": manifest, "c.json": json.dumps(config).encode(), "l": tar(file("a"))})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(MEMBERS, max_size=5), min_size=1, max_size=3))
def test_whatever_layers_name_stays_inside_the_root(layers: list[list[Member]]) -> None:
    found = stack(read_layer([tar(*members)]) for members in layers)

    for path in found.listing:
        assert path == "/" or not {"", ".", ".."} & set(path[1:].split("/"))


def test_the_root_stays_a_directory() -> None:
    found = stack([read_layer([tar(file("."), file("a/b", b"x"), link("/", "a/b"))])])

    assert found.listing["/"].kind is EntryKind.DIRECTORY
    assert set(found.listing) == {"/", "/a", "/a/b"}


def test_links_that_go_round_in_circles_are_links() -> None:
    found = stack([read_layer([tar(symlink("a", "b"), symlink("b", "a"), link("c", "c"), symlink("d", "d/d"))])])

    assert found.listing["/a"].target == "b"
    assert found.listing["/d"].target == "d/d"


def test_thousands_of_levels_are_stacked_and_taken_away() -> None:
    deep = tar(file("/".join("d" * 1000), b"x"))

    found = stack([read_layer([deep]), read_layer([tar(file(".wh.d"))])])

    assert len(found.layers[0].changes) == len(found.layers[1].changes) == 1000
    assert found.unreachable == 1


@pytest.mark.parametrize(
    "members",
    [
        [file("/".join([f"{number}"] * 20_000)) for number in range(30)],
        [file("a/" * 400_000 + "b")],
    ],
    ids=["many long names", "one of half a million levels"],
)
def test_names_that_stand_for_far_too_many_folders_are_refused_before_they_are_made(members: list[Member]) -> None:
    archive = docker_save([tar(*members)])
    tracemalloc.start()

    with pytest.raises(SavedImageError, match="far too long names"):
        read_images([archive])

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 << 20


def test_a_name_that_no_engine_can_unpack_is_refused() -> None:
    longest = "/".join(["d" * 255] * 15 + ["e" * 254])
    assert len(f"/{longest}") == 4095
    assert f"/{longest}" in read_layer([tar(file(longest))]).entries

    with pytest.raises(ArchiveError, match="far too long names: no engine unpacks one of 4,096 characters"):
        read_layer([tar(file(f"{longest}f"))])
    with pytest.raises(ArchiveError, match="far too long names"):
        read_layer([tar(file("/".join("d" * 10_000)))])


def test_what_is_kept_of_an_archive_has_a_limit_for_all_its_layers() -> None:
    limits = ReadLimits(left=2000)
    read_layer([tar(file("a"), file("b"), file("c"))], limits=limits)

    with pytest.raises(ArchiveError, match="more files and folders than any image"):
        read_layer([tar(*(file(f"{number}") for number in range(4)))], limits=limits)


@pytest.mark.parametrize(
    "body",
    [
        b"9" * 5000 + b" a=b\n",
        record(b"size", b"9" * 400),
        record(b"GNU.sparse.realsize", b"9" * 400),
        record(b"mtime", b"9" * 400),
        record(b"uid", b"9" * 4299),
        record(b"uid", b"9" * 5000),
        record(b"SCHILY.xattr.user.x", b"x" * (2 << 20)),
    ],
    ids=["length", "size", "sparse size", "time", "user", "a number of too many digits", "attribute"],
)
def test_numbers_and_records_that_are_too_large_are_an_error(body: bytes) -> None:
    with pytest.raises(ArchiveError):
        read_layer([with_records(body)])


def test_records_without_a_member_do_not_pile_up() -> None:
    one = tarfile.TarInfo("records")
    one.type, one.size = b"x", 1 << 20
    block = one.tobuf() + record(b"comment", b"x" * ((1 << 20) - 17))

    with pytest.raises(ArchiveError, match="too large"):
        read_layer(block for _ in range(50))


def test_many_names_of_one_file_that_are_written_again_take_no_time_to_speak_of() -> None:
    names = [f"{number:05}" for number in range(1500)]

    contents = read_layer([tar(file("a", b"x"), *(link(name, "a") for name in names), *map(file, reversed(names)))])

    assert contents.entries["/a"].links == 1
    assert contents.size == 1


def test_an_index_that_names_itself_a_thousand_times_ends() -> None:
    index = json.dumps({"manifests": [{"digest": "sha256:x"}] * 1000}).encode()

    with pytest.raises(SavedImageError, match="names itself"):
        read_images([plain({"index.json": index, "blobs/sha256/x": index})])


def test_an_image_of_far_too_many_layers_is_refused() -> None:
    manifest = json.dumps([{"Config": "c.json", "Layers": ["l"] * 200_000}]).encode()

    with pytest.raises(SavedImageError, match="200000 layers"):
        read_images([plain({"manifest.json": manifest, "c.json": b"{}", "l": tar(file("a"))})])


def test_an_archive_of_far_too_many_members_is_refused_before_they_are_read() -> None:
    one = tar(symlink("a", "b"))[:512]

    with pytest.raises(SavedImageError, match="more members than any image"):
        read_images([one * 50_001])


def test_documents_have_a_limit_together() -> None:
    filler = json.dumps("x" * (4_000_000)).encode()

    with pytest.raises(SavedImageError, match="more JSON than any image"):
        read_images([plain({f"{number}.json": b"[" + filler + b"]" for number in range(10)})])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
FIELDS = ("Env", "Labels", "User", "Cmd", "Entrypoint", "ExposedPorts", "Volumes", "Healthcheck", "OnBuild", "Shell")


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["created", "author", "os", "architecture", "history", "rootfs"]), JSON),
    JSON | st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3),
)
def test_a_configuration_of_any_shape_is_taken_apart_or_an_error(document: dict[str, object], config: object) -> None:
    try:
        (image,) = read_images([an_image({**document, "config": config})])
    except SavedImageError:
        return
    found = analyse(image)
    assert len(found.layers) == 1
