"""Two states or images held against each other: the tree of differences, and a file's own difference."""
