"""Image archives on their way between an engine and this machine: files, progress, and what is no archive."""
