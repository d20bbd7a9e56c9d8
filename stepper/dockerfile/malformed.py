"""What a part of the parser raises when its piece of text is wrong; it knows neither file nor line."""


class MalformedError(ValueError):
    """The text breaks a rule of the Dockerfile language.

    `message` is BuildKit's wording where BuildKit has one; `hint` says what to do about it. `word` is what is wrong as
    it is written, where the message does not name it. `parse` adds the file and the line and raises it as a
    `DockerfileError`.
    """

    def __init__(self, message: str, *, hint: str | None = None, word: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.word = word
