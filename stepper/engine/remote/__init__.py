"""Files from elsewhere, fetched to this machine: by their URL and out of Git repositories."""
