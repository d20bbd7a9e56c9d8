"""When a step runs: the session with its position, breakpoints, stepping, history and events."""
