"""Where a step runs: the Engine protocol and its implementation on the Docker API."""
