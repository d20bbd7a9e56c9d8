"""The command palette's entries: every command of the registry."""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider

from stepper.tui.commands.command import Command
from stepper.tui.commands.registry import COMMANDS

_DESCRIPTION_SCORE = 0.1
"""A command whose description alone has the words comes after those whose title fits."""


class CommandProvider(Provider):
    """Offers the registry's commands while the main screen is shown."""

    async def discover(self) -> Hits:
        """All commands, before anything is typed."""
        for each in COMMANDS:
            if each.id != "palette":
                yield DiscoveryHit(_title(each), self._run(each), each.title, each.description)

    async def search(self, query: str) -> Hits:
        """The commands whose title or description fits."""
        matcher = self.matcher(query)
        for each in COMMANDS:
            score = matcher.match(each.title) or _DESCRIPTION_SCORE * (query.lower() in each.description.lower())
            if score > 0 and each.id != "palette":
                yield Hit(score, matcher.highlight(_title(each)), self._run(each), each.title, each.description)

    def _run(self, command: Command) -> "partial[Coroutine[Any, Any, None]]":
        return partial(self.screen.run_action, f"command('{command.id}')")


def _title(command: Command) -> str:
    return f"{command.title}  ({command.key_names[0]})"
