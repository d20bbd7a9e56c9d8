"""One RUN by the engine's own builder, for what no container of Stepper's can have: the devices of `--device`.

The builder is given a Dockerfile of two instructions, on an image that has the step's environment, user and working
directory. What it makes of it becomes the step's snapshot, with the configuration that the step would have had.
"""

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count

from stepper.dockerfile.mounts import BindMount, CacheMount, Mount, SecretMount, SshMount, TmpfsMount
from stepper.dockerfile.operations import RunOperation
from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import discard_image, tag_image
from stepper.engine.build_request import BuildRequest
from stepper.engine.builder import Builder
from stepper.engine.client import EngineClient
from stepper.engine.configuration import now, shell_of
from stepper.engine.containers import Containers
from stepper.engine.image_loader import ImageLoader
from stepper.engine.listings import Listings, container_listing
from stepper.engine.mounts.sources import Files
from stepper.engine.performed import Performed
from stepper.engine.protocol import Report
from stepper.engine.run_work import settings_of
from stepper.engine.step import Failure, Snapshot, Step
from stepper.errors import EngineError
from stepper.image.config import ImageConfig
from stepper.image.diff import EngineMade, diff

_NEVER = 1 << 62
"""No entry is as young: what changed is told by comparing the entries."""
_HEREDOC = "STEPPER_SCRIPT"
_EXPANDED = re.compile(r"[$\\'\"]")
_BEHIND_A_BACKSLASH = r"\\\g<0>"


class BuilderRun:
    """Has RUNs carried out by the builder of one engine. `name` is a name for images that no other session uses."""

    def __init__(
        self,
        client: EngineClient,
        builder: Builder,
        loader: ImageLoader,
        containers: Containers,
        listings: Listings,
        name: str,
    ) -> None:
        self._client = client
        self._builder = builder
        self._loader = loader
        self._containers = containers
        self._listings = listings
        self._name = name
        self._numbers = count(1)

    def run(
        self,
        step: Step,
        operation: RunOperation,
        on: Snapshot,
        files: Sequence[Files | None],
        report: Report,
        *,
        use_cache: bool,
    ) -> Performed:
        """RUN, with an image in place of a container; `files` says for each mount where its files are."""
        before = self._listings.of(on.image)
        with contextlib.ExitStack() as names:
            environment = tuple(step.environment.items())
            base = names.enter_context(self._named(on.image, replace(on.config, env=environment)))
            bare = ImageConfig(os=on.config.os, architecture=on.config.architecture, variant=on.config.variant)
            images = [None if each is None else names.enter_context(self._named(each.image, bare)) for each in files]
            try:
                text = run_file(base, operation, shell_of(on.config), images, files)
            except CannotBeSentError as problem:
                return Performed(failure=Failure(problem.message, problem.hint))
            request = BuildRequest(text, settings=settings_of(step, operation), no_cache=not use_cache)
            made, failure = self._builder.build(request, report, announces=False)
        if made is None:
            return Performed(failure=failure)
        image = self._loader.snapshot(made, without_build(on.config), created=now())
        discard_image(self._client, made)
        with self._containers.running(image) as container:
            after = container_listing(container)
        return Performed(diff(before, after, since_ns=_NEVER, engine=EngineMade()), image=image)

    @contextlib.contextmanager
    def _named(self, image: str | None, config: ImageConfig) -> Iterator[str]:
        """A twin of an image with a name, by which the builder finds it; it is gone afterwards."""
        name = f"{self._name}:{next(self._numbers)}"
        twin = self._loader.snapshot(image, without_build(config), created=now())
        with engine_errors("name a snapshot for the builder"):
            tag_image(self._client, twin, name)
        try:
            yield name
        finally:
            discard_image(self._client, name)


class CannotBeSentError(EngineError):
    """The builder cannot be given what the instruction uses."""


def run_file(
    base: str,
    operation: RunOperation,
    shell: Sequence[str],
    images: Sequence[str | None],
    files: Sequence[Files | None],
) -> bytes:
    """The Dockerfile with the RUN alone; `images` are the names of the images that the mounts' `files` are in.

    Raises `CannotBeSentError`.
    """
    flags = [f"--device={_word(device)}" for device in operation.devices]
    flags += [f"--network={operation.network}"] if operation.network is not None else []
    flags += ["--security=insecure"] if operation.insecure else []
    sources = zip(operation.mounts, images, files, strict=True)
    flags += [f"--mount={_word(_mount(*each))}" for each in sources]
    lines = [f"# syntax={operation.frontend}"] if operation.frontend else []
    lines += [f"FROM {base}", f"RUN {' '.join(flags)} {_command(operation, shell)}", ""]
    return "\n".join(lines).encode()


def _command(operation: RunOperation, shell: Sequence[str]) -> str:
    file = operation.script_file
    if file is not None:
        return f"<<'{_HEREDOC}'\n{file.content}{_HEREDOC}"
    argv = operation.argv if operation.argv is not None else (*shell, operation.script or "")
    return json.dumps(list(argv))


def _word(value: str) -> str:
    """A flag's value as one word, whatever it holds."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _mount(mount: Mount, image: str | None, files: Files | None) -> str:
    """A mount as it is written, comma-separated. Sources are images by then."""
    source = {} if image is None or files is None else {"from": image, "source": files.path}
    match mount:
        case BindMount():
            options = {"type": "bind", "target": mount.target, **source, "rw": mount.writable}
        case CacheMount():
            sharing = mount.sharing.value
            options = {"type": "cache", "id": mount.id, "target": mount.target, "sharing": sharing, **source}
            options |= {"mode": f"{mount.mode:o}", "uid": mount.uid, "gid": mount.gid, "ro": mount.read_only}
        case TmpfsMount():
            options = {"type": "tmpfs", "target": mount.target, "size": mount.size}
        case SecretMount() | SshMount():
            kind = "secret" if isinstance(mount, SecretMount) else "ssh"
            raise CannotBeSentError(
                f"--mount=type={kind} cannot be given to the engine's builder, which has to run this for its --device",
                hint="Use the one and the other in two RUN instructions, or build it with `docker build`.",
            )
    return ",".join(_option(name, value) for name, value in _given(options).items())


def _given(options: Mapping[str, object]) -> dict[str, str]:
    return {
        name: "true" if value is True else str(value)
        for name, value in options.items()
        if value is not None and value is not False
    }


def _option(name: str, value: str) -> str:
    # The builder expands each option, which has been done already.
    text = f"{name}={_EXPANDED.sub(_BEHIND_A_BACKSLASH, value)}"
    if not set(text) & set(',"\n'):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def without_build(config: ImageConfig) -> ImageConfig:
    """The configuration for an image that steps are run on: nothing that happens by itself."""
    return replace(config, volumes=(), on_build=(), healthcheck=None, labels=())
