"""Tells for an engine's snapshots what a COPY or ADD does to them: see `stepper.engine.copy_preview`."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from stepper.dockerfile.operations import CopyOperation
from stepper.engine.containers import Containers
from stepper.engine.copy_digest import Reading
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_flags import find_owner
from stepper.engine.copy_modes import Chmod
from stepper.engine.copy_plan import Rules, absolute
from stepper.engine.copy_preview import PreviewTarget, in_context, preview
from stepper.engine.copy_record import Check, CopyRecord
from stepper.engine.copying import SnapshotFiles, source_tree
from stepper.engine.file_tree import FileTree, ListingTree
from stepper.engine.listings import Listings
from stepper.engine.step import ContextSource, Snapshot, Step
from stepper.engine.still_container import StillContainer
from stepper.engine.unlisted_files import UnlistedOf
from stepper.image.layer import Listing


class CopyRecords:
    """`image_of` tells the image to make containers of for a snapshot."""

    def __init__(
        self,
        containers: Containers,
        listings: Listings,
        image_of: Callable[[Snapshot], str],
        unlisted: UnlistedOf,
        *,
        can_link: bool,
    ) -> None:
        self._containers = containers
        self._listings = listings
        self._image_of = image_of
        self._unlisted = unlisted
        self._can_link = can_link

    def of(self, step: Step, operation: CopyOperation, on: Snapshot, check: Check) -> CopyRecord:
        """What a step copies into a snapshot, by the files that are there now. Nothing is fetched for it."""
        with ExitStack() as stack:
            try:
                rules, target = self._target(operation, on, stack)
                source, not_fetched = self._source(step, operation, stack)
            except CopyError as error:
                return CopyRecord(error=error.message, hint=error.hint)
            destination = absolute(operation.destination, on.config.working_dir)
            return preview(
                operation, source, target, destination=destination, rules=rules, not_fetched=not_fetched, check=check
            )

    def _target(self, operation: CopyOperation, on: Snapshot, stack: ExitStack) -> tuple[Rules, PreviewTarget]:
        on_top = operation.link and self._can_link and not operation.chmod
        listing = self._listings.of(on.image)
        opened: list[StillContainer] = []

        def container() -> StillContainer:
            # Nearly always the listing tells enough.
            if not opened:
                opened.append(self._still(on, stack))
            return opened[0]

        owner = None
        if operation.chown:
            owner = find_owner(operation.chown, self._files(listing, container()).accounts(linked=on_top))
        rules = Rules(owner, Chmod(operation.chmod) if operation.chmod else None)
        tree = ListingTree(listing, lambda path: container().read_link(path))
        return rules, PreviewTarget(listing, tree, time.time_ns(), on_top=on_top)

    def _source(
        self, step: Step, operation: CopyOperation, stack: ExitStack
    ) -> tuple[FileTree | list[Reading], list[str]]:
        source = step.source
        if isinstance(source, Snapshot):
            files = self._files(self._listings.of(source.image), self._still(source, stack))
            return source_tree(operation, files)[0], []
        assert isinstance(source, ContextSource), "a COPY has a source"
        return in_context(operation, source)

    def _files(self, listing: Listing, container: StillContainer) -> SnapshotFiles:
        return SnapshotFiles(listing, container, partial(self._unlisted, container))

    def _still(self, snapshot: Snapshot, stack: ExitStack) -> StillContainer:
        container = self._containers.still(self._image_of(snapshot))
        stack.callback(self._containers.discard, container)
        return container
