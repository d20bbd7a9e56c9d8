"""The `--mount` flags of a RUN: options, defaults, where they are mounted, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.dockerfile.excerpts import excerpt
from stepper.dockerfile.expansion import ExpansionError
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Flag
from stepper.dockerfile.mount_flags import resolve_mounts
from stepper.dockerfile.mount_options import mount_from
from stepper.dockerfile.mounts import BindMount, CacheMount, CacheSharing, Mount, SecretMount, SshMount, TmpfsMount
from stepper.dockerfile.origins import Origin
from stepper.dockerfile.parser import parse
from stepper.dockerfile.place import BareConfig, Place
from stepper.dockerfile.resolve import unset_variables
from stepper.dockerfile.scope import Scope
from stepper.dockerfile.validate import check
from stepper.errors import DockerfileError

STAGES = "FROM scratch AS one\nFROM scratch AS two\nFROM scratch AS three\n"


def mounts_of(*flags: str, environment: Mapping[str, str] | None = None, workdir: str = "") -> tuple[Mount, ...]:
    """The mounts of a RUN in the second of three stages, with these values of `--mount`."""
    dockerfile = parse(STAGES)
    scope = Scope.start(dockerfile, {}, contexts={"folder": None, "other": "debian"})
    config = BareConfig(environment=environment or {}, working_dir=workdir)
    run = parse("FROM scratch\nRUN make\n").stages[0].instructions[1]
    run = replace(run, flags=tuple(Flag("mount", flag) for flag in flags))
    return resolve_mounts(run, Place(dockerfile, 1, scope, config))


def mount_of(flag: str, environment: Mapping[str, str] | None = None, workdir: str = "") -> Mount:
    (mount,) = mounts_of(flag, environment=environment, workdir=workdir)
    return mount


@pytest.mark.parametrize(
    ("flag", "mount"),
    [
        ("target=/a", BindMount("/a")),
        ("type=bind,target=/a", BindMount("/a")),
        ("dst=/a,src=b/../c", BindMount("/a", "/c")),
        ("destination=/a/,source=/", BindMount("/a")),
        ("target=/a,rw", BindMount("/a", writable=True)),
        ("target=/a,readwrite=1", BindMount("/a", writable=True)),
        ("target=/a,ro=false", BindMount("/a", writable=True)),
        ("target=/a,readonly", BindMount("/a")),
        ("target=/a,rw,ro=true", BindMount("/a")),
        ("Target=/a,TYPE=Bind,RO=T", BindMount("/a")),
        ("target=/a,target=//b/../c", BindMount("/c")),
        ('"target=/a,b"', BindMount("/a,b")),
        ("type=cache,target=/a", CacheMount("/a", "/a")),
        ("type=cache,target=/a/../b", CacheMount("/b", "/b")),
        ("type=cache,target=/a,id=", CacheMount("/a", "/a")),
        ("type=cache,target=/a,id=gems,sharing=Locked", CacheMount("/a", "gems", CacheSharing.LOCKED)),
        ("type=cache,target=/a,sharing=private,ro", CacheMount("/a", "/a", CacheSharing.PRIVATE, read_only=True)),
        ("type=cache,target=/a,uid=5", CacheMount("/a", "/a", uid=5)),
        ("type=cache,target=/a,mode=1700,gid=007", CacheMount("/a", "/a", mode=0o700, gid=7)),
        ("type=tmpfs,target=/a", TmpfsMount("/a")),
        ("type=tmpfs,target=/a,size=0", TmpfsMount("/a")),
        ("type=tmpfs,target=/a,size=1.5k", TmpfsMount("/a", 1536)),
        ("type=secret,id=token", SecretMount("token", "/run/secrets/token")),
        ("type=secret,source=a/token", SecretMount("a/token", "/run/secrets/token")),
        ("type=secret,target=/etc/token", SecretMount("token", "/etc/token")),
        ("type=secret,id=token,target=etc/token", SecretMount("token", "/etc/token")),
        ("type=secret,id=token,env=TOKEN", SecretMount("token", None, "TOKEN")),
        ("type=secret,id=token,env=TOKEN,dst=/t", SecretMount("token", "/t", "TOKEN")),
        ("type=secret,id=token,required", SecretMount("token", "/run/secrets/token", required=True)),
        ("type=secret,id=token,required=0", SecretMount("token", "/run/secrets/token")),
        (
            "type=secret,id=token,mode=0444,uid=1,gid=2",
            SecretMount("token", "/run/secrets/token", mode=0o444, uid=1, gid=2),
        ),
        ("type=secret,id=token,uid=1", SecretMount("token", "/run/secrets/token", uid=1)),
        ("type=ssh", SshMount()),
        ("type=ssh,id=work,required=true", SshMount("work", required=True)),
        ("type=ssh,target=agent,mode=666,uid=1,gid=2", SshMount("default", "/agent", False, 0o666, 1, 2)),
    ],
)
def test_options_that_are_not_given_have_the_defaults_of_the_type(flag: str, mount: Mount) -> None:
    assert mount_of(flag) == mount


@pytest.mark.parametrize(
    ("flag", "mount"),
    [
        ("target=a", BindMount("/app/a")),
        ("target=.", BindMount("/app")),
        ("source=x", BindMount("/app", "/x")),
        ("type=cache,target=a", CacheMount("/app/a", "a")),
        ("type=tmpfs,target=../a", TmpfsMount("/a")),
    ],
)
def test_a_relative_target_stands_in_the_working_directory(flag: str, mount: Mount) -> None:
    assert mount_of(flag, workdir="/app") == mount


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("one", Origin(stage=0)),
        ("ONE", Origin(stage=0)),
        ("0", Origin(image="0")),
        ("debian:stable", Origin(image="debian:stable")),
        ("folder", Origin(context="folder")),
        ("other", Origin(image="debian")),
        ("scratch", Origin()),
        ("", None),
    ],
)
def test_from_names_a_stage_but_not_by_number_or_a_context_or_an_image(name: str, origin: Origin | None) -> None:
    assert mount_of(f"from={name},target=/a") == BindMount("/a", origin=origin)
    assert mount_of(f"type=cache,from={name},target=/a") == CacheMount("/a", "/a", origin=origin)


def test_mode_and_owner_make_an_empty_cache_unless_a_source_is_named() -> None:
    assert mount_of("type=cache,from=one,target=/a,uid=5") == CacheMount("/a", "/a", uid=5)
    assert mount_of("type=cache,from=one,source=b,target=/a,uid=5,mode=700") == CacheMount(
        "/a", "/a", source="/b", origin=Origin(stage=0)
    )


def test_variables_are_expanded_in_every_value_but_that_of_from() -> None:
    environment = {"T": "cache", "D": "/d", "N": "7", "S": "locked"}
    flag = "type=$T,target=${D}/x,id='$D',uid=$N,sharing=$S"
    assert mount_of(flag, environment) == CacheMount("/d/x", "$D", CacheSharing.LOCKED, uid=7)
    with pytest.raises(MalformedError, match="'from' doesn't support variable expansion"):
        mount_from("from=$D,target=/x")


def test_several_mounts_keep_their_order() -> None:
    assert mounts_of("type=tmpfs,target=/b", "type=ssh", "target=/a") == (TmpfsMount("/b"), SshMount(), BindMount("/a"))


WRONG = [
    ("type=bnd,target=/a", 'unsupported mount type "bnd" (did you mean bind?)', "type=bnd"),
    ("type=bind", 'invalid mount target "/"', "type=bind"),
    ("target=/a/..", 'invalid mount target "/"', "target=/a/.."),
    ("targt=/a", "unexpected key 'targt' in 'targt=/a' (did you mean target?)", "targt"),
    ("target=/a,ro=maybe", "invalid value for ro: maybe", "ro=maybe"),
    ("target=/a,foo", "invalid field 'foo' must be a key=value pair", "foo"),
    ("target=/a,mode=755", 'mode not allowed for "bind" type mounts', "mode"),
    ("target=/a,required", "unexpected key 'required' for mount type 'bind'", "required"),
    ("type=cache,target=/a,mode=8", "invalid value 8 for mode", "mode=8"),
    ("type=cache,target=/a,sharing=lockd", 'unsupported sharing value "lockd" (did you mean locked?)', "sharing=lockd"),
    ("type=tmpfs,target=/a,size=10x", "invalid value for size: 10x", "size=10x"),
    ("size=1,type=tmpfs,target=/a", "unexpected key 'size' for mount type 'bind'", "size"),
    ("type=secret", "invalid secret mount. one of source, target required", "type=secret"),
    ("type=secret,id=a,source=b", "both source and id can't be set", "source=b"),
    ("type=ssh,source=x", "ssh does not support source", "source"),
    ("from=three,target=/a", "cannot mount from three: it needs to be defined before two", "from=three"),
    ("from=Bad:,target=/a", "invalid image name 'Bad:': an image's name must be in lower case", "from=Bad:"),
]


@pytest.mark.parametrize(("flag", "message", "word"), WRONG)
def test_what_is_wrong_is_said_in_buildkits_words_and_names_the_option(flag: str, message: str, word: str) -> None:
    with pytest.raises(MalformedError) as raised:
        mount_of(flag)
    assert (raised.value.message, raised.value.word) == (message, word)


def test_a_wrong_mount_is_an_error_before_anything_runs_with_its_line_and_word() -> None:
    text = "FROM scratch\nARG M=9\nRUN --mount=type=cache,target=/a \\\n    --mount=type=cache,target=/b,mode=$M x\n"
    (error,) = check(parse(text), {})
    assert (error.line, error.message) == (3, "invalid value 9 for mode")
    found = excerpt(text, 3, error.message, error.word)
    assert found is not None
    assert (found.line, found.text[found.start : found.end]) == (4, "mode=$M")


def test_a_value_that_is_no_list_is_an_error_of_the_file_also_in_a_stage_that_is_not_needed() -> None:
    with pytest.raises(DockerfileError, match='column 2: extraneous or missing " in quoted-field') as raised:
        parse("FROM scratch\nRUN --mount='\"target=/a' x\nFROM scratch\n")
    assert raised.value.line == 2


def test_other_errors_of_a_stage_that_is_not_needed_are_none() -> None:
    assert check(parse("FROM scratch\nRUN --mount=type=foo,target=/a x\nFROM scratch\n"), {}) == ()


def test_an_option_that_only_the_base_image_can_tell_is_left_to_the_step() -> None:
    assert check(parse("FROM busybox\nRUN --mount=type=tmpfs,target=/a,size=$X true\n"), {}) == ()
    errors = check(parse("FROM busybox\nRUN --mount=type=$T,target=. true\n"), {})
    assert [error for error in errors if "invalid" in error.message] == []


def test_the_variables_of_a_mount_without_a_value_are_known() -> None:
    dockerfile = parse("FROM scratch\nRUN --mount=type=cache,target=$A,id=${B:-c},ro x\n")
    run = dockerfile.stages[0].instructions[1]
    assert unset_variables(run, Scope(), dockerfile=dockerfile) == {"A", "B"}


PARTS = ("type=", "bind", "cache", "secret", "tmpfs", "ssh", ",", "=", "target", "/a", "from", "$X", '"', "uid=1", "ro")


@given(st.lists(st.sampled_from(PARTS), max_size=8).map("".join))
def test_any_value_gives_a_mount_with_a_clean_absolute_target_or_a_message(flag: str) -> None:
    try:
        mount = mount_of(flag)
    except (MalformedError, ExpansionError):
        return
    assert mount.target is None or (mount.target.startswith("/") and "//" not in mount.target)
