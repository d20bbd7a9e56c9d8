"""A line by which a user left a shell: what of it is worth more than that. Pure."""

_BASH = ("/bin/bash", "-c")


def without_exit(text: str, exit_code: int | None) -> tuple[str, int | None]:
    """The commands of a line before the `exit` that ended the shell, "" for none, and the exit code of the last.

    `exit_code` is the shell's. A line that was ended by something else stays as it is.
    """
    from stepper.dockerfile.shell.commands import Joint  # Not before a shell was left.
    from stepper.dockerfile.shell.split import split

    found = split(text, _BASH)
    # The text of a heredoc stands behind its line.
    if not found.commands or found.commands[-1].program != "exit" or "<<" in text:
        return text, exit_code
    *before, leaving = found.commands
    if not before:
        return "", exit_code
    if leaving.joint is Joint.OR:
        return text, exit_code
    words = found.text(len(before)).split()
    if leaving.joint is Joint.AND:
        exit_code = 0
    elif len(words) > 1:
        exit_code = None
    end = before[-1].end
    return text[:end] + (" &" if before[-1].in_background else ""), exit_code
