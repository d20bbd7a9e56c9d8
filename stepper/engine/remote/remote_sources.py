"""What ADD fetches: files by their URL and Git repositories, each at most once in a session while it stays the same."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from stepper.dockerfile.globs import has_wildcards
from stepper.dockerfile.operations import CopyOperation
from stepper.dockerfile.sources import GitSource, UrlSource, parse_sources
from stepper.engine.access import BuildAccess
from stepper.engine.protocol import Report
from stepper.engine.remote.credentials import git_authorization, secrets_of, url_authorization
from stepper.engine.remote.download import Downloaded, Transfer, download
from stepper.engine.remote.fetch_error import FetchError
from stepper.engine.remote.git_command import GitCommand, is_ssh
from stepper.engine.remote.git_repository import Revision, check_out, find_revision
from stepper.engine.remote.known_urls import KnownContent, KnownUrls
from stepper.engine.remote.secrecy import without_credentials
from stepper.engine.remote.workspace import Workspace, remove_folder
from stepper.engine.step import ContextSource, Progress
from stepper.text import printable

_MODE = 0o600
_IN_A_CLASS = str.maketrans({"*": "[*]", "?": "[?]", "[": "[[]", "\\": "[\\\\]"})


class Part(NamedTuple):
    """Sources of a COPY or ADD that are in one place, as an operation of their own.

    With `whole` a directory is copied as such; else only what is in it, as from a build context.
    """

    operation: CopyOperation
    source: ContextSource
    whole: bool = False


class _Checkout(NamedTuple):
    source: GitSource
    revision: Revision


class RemoteSources:
    """Fetches for one session. `check` is called often while it does, and may raise to stop.

    `cache` is a folder in which it remembers what servers called the contents that it downloaded. Everything raises
    `FetchError` where something cannot be had, or is not what it has to be. May be used from any thread; one fetches at
    a time.
    """

    def __init__(self, check: Callable[[], None], cache: Path) -> None:
        self._check = check
        self._lock = threading.Lock()
        self._known = KnownUrls(cache / "urls")
        self._workspace = Workspace()
        self._downloads: dict[UrlSource, Downloaded] = {}
        self._digests: dict[UrlSource, str] = {}
        """What the key of a source says of its content, for when that has to be downloaded after all."""
        self._revisions: dict[GitSource, Revision] = {}
        self._repositories: dict[str, Path] = {}
        """What was fetched of each repository, shared by all that is checked out of it."""
        self._checkouts: dict[_Checkout, Path] = {}

    def keys(self, operation: CopyOperation, access: BuildAccess, report: Report) -> list[list[str]]:
        """What tells the content of each remote source from any other, as it is now.

        That is the content's digest, which means to download it, unless the server says that it is still the same, or
        `--checksum` says it; of a repository it is the commit.
        """
        remote = [source for source in _sources(operation) if not isinstance(source, str)]
        if not remote:
            return []
        with self._lock:
            return [self._key(source, access, report) for source in remote]

    def parts(
        self, operation: CopyOperation, context: ContextSource, access: BuildAccess, report: Report
    ) -> list[Part]:
        """The sources in order, each with the folder on this machine that it is in; what `keys` found is fetched."""
        with self._lock:
            return [self._part(operation, source, context, access, report) for source in _sources(operation)]

    def forget(self) -> None:
        """Remember nothing of what was downloaded in earlier sessions."""
        self._known.clear()

    def close(self) -> None:
        """Remove everything that was fetched."""
        self._workspace.close()

    def _key(self, source: UrlSource | GitSource, access: BuildAccess, report: Report) -> list[str]:
        if isinstance(source, UrlSource):
            if source.digest is not None:
                return [source.name, source.digest]
            self._digests[source] = self._digest(source, access, report)
            return [source.name, f"sha256:{self._digests[source]}"]
        revision = find_revision(source, self._git(source, access, report), self._workspace)
        self._revisions[source] = revision
        kept = [revision.ref] if source.keep_git_dir else []
        return [revision.commit, source.folder, str(source.submodules), *kept]

    def _part(
        self,
        operation: CopyOperation,
        source: str | UrlSource | GitSource,
        context: ContextSource,
        access: BuildAccess,
        report: Report,
    ) -> Part:
        if isinstance(source, str):
            return Part(replace(operation, sources=(source,)), context)
        if isinstance(source, GitSource):
            folder = self._checked_out(source, access, report)
            return Part(replace(operation, sources=("/",), unpack=False), ContextSource(folder), whole=True)
        file = self._verified(source, access, report).path
        sources = (f"/{_literal(file.name)}",)
        return Part(replace(operation, sources=sources, unpack=operation.unpack_remote), ContextSource(file.parent))

    def _digest(self, source: UrlSource, access: BuildAccess, report: Report) -> str:
        """The digest of what a URL gives now."""
        here = self._downloads.get(source)
        known = KnownContent(here.etag, here.digest) if here is not None and here.etag is not None else None
        if here is None:
            known = self._known.find(source.url)
        found = self._download(source, access, report, known.etag if known is not None else None)
        if found is not None:
            return found.digest
        if known is None:
            raise FetchError(f"{_shown(source.url)}: the server says that nothing has changed, without being asked")
        return known.digest

    def _verified(self, source: UrlSource, access: BuildAccess, report: Report) -> Downloaded:
        found = self._downloads.get(source) or self._download(source, access, report)
        if found is None:
            raise FetchError(f"{_shown(source.url)}: the server says that nothing has changed, without being asked")
        if source.digest is None:
            expected = self._digests.get(source, found.digest)
            hint = f"{_shown(source.url)} has changed meanwhile: run the step again."
        else:
            algorithm, _, expected = source.digest.partition(":")
            hint = f"{_shown(source.url)} has another content than --checksum says."
            if algorithm != "sha256":
                hint = "BuildKit compares the SHA-256 of what it downloads: write --checksum=sha256:..."
        if expected != found.digest:
            # The next try is to ask the server again.
            del self._downloads[source]
            raise FetchError(
                f"digest mismatch sha256:{found.digest}: {source.digest or f'sha256:{expected}'}", hint=hint
            )
        return found

    def _download(
        self, source: UrlSource, access: BuildAccess, report: Report, etag: str | None = None
    ) -> Downloaded | None:
        """Download a file in place of what was downloaded before; None for a content that is the one called `etag`."""
        folder = self._workspace.folder("download")
        text = f"downloading {_shown(source.url)}"
        reported = -1

        def waiting(transfer: Transfer) -> None:
            nonlocal reported
            self._check()
            if transfer.current != reported:
                reported = transfer.current
                report(Progress(text, transfer.current, transfer.total))

        found = download(
            source.url,
            folder / source.name,
            authorization=url_authorization(source.url, secrets_of(access)),
            etag=etag,
            waiting=waiting,
        )
        if found is None:
            remove_folder(folder)
            return None
        before = self._downloads.pop(source, None)
        if before is not None:
            remove_folder(before.path.parent)
        found.path.chmod(_MODE)
        self._downloads[source] = found
        self._known.note(source.url, KnownContent(found.etag, found.digest) if found.etag is not None else None)
        return found

    def _checked_out(self, source: GitSource, access: BuildAccess, report: Report) -> Path:
        git = self._git(source, access, report)
        revision = self._revisions.get(source) or find_revision(source, git, self._workspace)
        checkout = _Checkout(source, revision)
        if checkout not in self._checkouts:
            if source.repository not in self._repositories:
                self._repositories[source.repository] = self._workspace.folder("bare")
            bare = self._repositories[source.repository]
            self._checkouts[checkout] = check_out(source, git, self._workspace, bare)
        return self._checkouts[checkout]

    def _git(self, source: GitSource, access: BuildAccess, report: Report) -> GitCommand:
        ssh = access.ssh.get("default")
        if ssh is None and is_ssh(source.repository):
            raise FetchError(
                f'{_shown(source.repository)}: no SSH key "default" is given to the build',
                hint="Give it: --ssh default.",
            )
        report(Progress(f"fetching {_shown(source.repository)}"))
        authorization = git_authorization(source.repository, secrets_of(access))
        return GitCommand(source.repository, self._check, authorization, ssh)


def local_part(operation: CopyOperation) -> CopyOperation:
    """The operation with those of its sources that are in the build context."""
    return replace(operation, sources=tuple(source for source in _sources(operation) if isinstance(source, str)))


def _sources(operation: CopyOperation) -> tuple[str | UrlSource | GitSource, ...]:
    return parse_sources(operation.sources, checksum=operation.checksum, keep_git_dir=operation.keep_git_dir)


def _literal(name: str) -> str:
    """The pattern that matches this name alone."""
    return name.translate(_IN_A_CLASS) if has_wildcards(name) else name


def _shown(url: str) -> str:
    return printable(without_credentials(url))
