"""The console: prints values, tries commands in the state at the position, and keeps them as instructions."""
