"""The parity suite: the same image as `docker build`, for every case.

A case (`case.py`) is a Dockerfile with its build context and options. The modules of cases are listed in `cases.py`.
`builds.py` has each built by Stepper and by BuildKit, both in the background; `test_parity.py` waits for the two and
wants nothing of `images.differences` but what `known_differences.py` names with its reason:

- the configuration, as inspect tells it and with every field of the stored document;
- the history: what each entry says, and which made a layer;
- the layers: how many change something, and which paths each of them changes;
- the files, flattened from the layers: type, mode, owner, size, content, links, devices, extended attributes as layers
  keep them, and times, but for those at which the builds ran.

Builds that fail have to fail in the same instruction and with the same exit code.

`make test` runs every fifth case, `make parity` all of them (those that it adds are marked `thorough`).

The engine is that of the other tests (`DOCKER_HOST`). Where its own BuildKit is old (20.10) or it has none (Podman),
name an engine that has the reference, with the same base images, and leave out what only BuildKit can do for Stepper:

    DOCKER_HOST=unix:///run/podman/podman.sock STEPPER_REFERENCE_HOST=unix:///var/run/docker.sock \\
        pytest tests/parity -m "not buildkit"
"""
