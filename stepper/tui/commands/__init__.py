"""The registry of user commands, one module for each group of them; see `stepper.tui.commands.registry`."""
