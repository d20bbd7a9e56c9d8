"""The command palette's entries in the explorer."""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider

from stepper.tui.layers.commands import LAYERS_COMMANDS, LayersCommand


class LayersCommandProvider(Provider):
    """Offers the explorer's commands."""

    async def discover(self) -> Hits:
        """All commands, before anything is typed."""
        for each in LAYERS_COMMANDS:
            if each.id != "palette":
                yield DiscoveryHit(_title(each), self._run(each), each.title, each.description)

    async def search(self, query: str) -> Hits:
        """The commands whose title fits."""
        matcher = self.matcher(query)
        for each in LAYERS_COMMANDS:
            score = matcher.match(each.title)
            if score > 0 and each.id != "palette":
                yield Hit(score, matcher.highlight(_title(each)), self._run(each), each.title, each.description)

    def _run(self, command: LayersCommand) -> "partial[Coroutine[Any, Any, None]]":
        return partial(self.screen.run_action, f"command('{command.id}')")


def _title(command: LayersCommand) -> str:
    return f"{command.title}  ({command.key_names[0]})"
