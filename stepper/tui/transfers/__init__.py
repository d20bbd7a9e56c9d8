"""Images out of the engine and into it, from the screen."""
