"""What `RUN --mount` mounts: where it comes from, how it gets into a step's container, and how nothing of it stays."""
