"""One line of comma-separated values, as the options of `--mount` and `--secret` are written.

The rules are those of Go's `encoding/csv`: a field may be quoted as a whole, a quote within it is written twice.
"""


class CsvError(ValueError):
    """The line is no such list; the message has Go's wording."""


def csv_fields(line: str) -> tuple[str, ...]:
    """The fields of the line. Raises `CsvError`, also for an empty line."""
    line = line.removesuffix("\n").removesuffix("\r") if line.endswith("\n") else line
    if not line:
        raise CsvError("EOF")
    fields: list[str] = []
    position = 0
    while True:
        read = _quoted if line.startswith('"', position) else _plain
        field, position = read(line, position)
        fields.append(field)
        if position >= len(line):
            return tuple(fields)
        position += 1
        if position == len(line):
            return (*fields, "")


def _plain(line: str, start: int) -> tuple[str, int]:
    """A field without quotes, and the position behind it."""
    comma = line.find(",", start)
    end = len(line) if comma < 0 else comma
    quote = line.find('"', start, end)
    if quote >= 0:
        raise CsvError(f'parse error on line 1, column {quote + 1}: bare " in non-quoted-field')
    return line[start:end], end


def _quoted(line: str, start: int) -> tuple[str, int]:
    """A quoted field without its quotes, and the position behind it."""
    parts: list[str] = []
    position = start + 1
    while True:
        quote = line.find('"', position)
        if quote < 0:
            raise _quote_error(position)
        parts.append(line[position:quote])
        position = quote + 1
        if line.startswith('"', position):
            parts.append('"')
            position += 1
        elif position == len(line) or line[position] == ",":
            return "".join(parts), position
        else:
            raise _quote_error(quote)


def _quote_error(position: int) -> CsvError:
    return CsvError(f'parse error on line 1, column {position + 1}: extraneous or missing " in quoted-field')
