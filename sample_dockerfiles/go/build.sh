#!/bin/sh
# Two Dockerfiles and a script between them: a small image, by three commands and a file that lies about meanwhile.
set -eu
cd "$(dirname "$0")"
stepper run . -f Dockerfile.build -t hello:build
container=$(docker create hello:build)
docker cp "$container:/go/src/hello/app" app
docker rm "$container" >/dev/null
stepper run . -f Dockerfile.copy -t hello:2
rm app
