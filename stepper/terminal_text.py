"""What a program printed for a terminal, made into lines that are safe to show: only colours and styles survive.

A `LineReader` takes bytes as they come, cut anywhere, and gives whole lines. It drops every escape sequence but SGR
(ECMA-48 8.3.117) and every control character but tab, and it carries out what progress displays do within a line:
carriage return, backspace, erase. How the bytes are cut never changes the lines.
"""

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

LINE_LIMIT = 8192
"""Cells after which a line goes on in the next one, as a terminal would wrap it."""

RESET = "\x1b[0m"

Style = tuple[tuple[str, str], ...]
"""A style in force: for each attribute that is set the SGR parameters that set it, sorted by attribute."""

PLAIN: Style = ()

# Stand-ins for erase sequences in cleaned text, which has no other control character but \r, \b, \n, \t.
_ERASE_TO_END = "\x00"
_ERASE_LINE = "\x01"

_CONTROLS = r"\x00-\x07\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
_SEQUENCE = re.compile(
    r"\x1b\[(?P<parameters>[0-?]{0,64})(?P<intermediates>[ -/]{0,8})(?P<final>[@-~])"
    r"|\x1b[ -/]{0,8}[0-~]"
    rf"|[{_CONTROLS}]"
)
_UNCLEAN = re.compile(rf"(?!\x1b\[[0-9;:]{{0,64}}m)[{_CONTROLS}]")
_CUT_OFF = re.compile(r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}|[ -/]{0,8})?\Z")
_STRING_START = re.compile(r"\x1b[\]PX^_]")
_STRING_END = re.compile(r"[\x07\x18\x1a\n\r\x1b]")
_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_OVERWRITES = re.compile(r"[\r\x08\x00\x01]")
_CONCEALS = re.compile(r"\x1b\[(?:[0-9;:]*;)?0*8(?:;[0-9;:]*)?m")
_CELL_TOKEN = re.compile(r"([\r\x08\x00\x01]|\x1b\[[0-9;:]*m)")
_NEEDS_CELLS = re.compile(r"[\r\x08\x00\x01\x1b]")
_NOT_PLAIN = re.compile(r"[\x08\x00\x01\x1b]")
_FARTHEST_BACK = 256


def remove_styles(line: str) -> str:
    """A line of a `LineReader` without its colours and styles."""
    return _SGR.sub("", line) if "\x1b" in line else line


class LineReader:
    """Bytes in, safe lines out.

    Each line stands for itself: it begins with the style that the lines before left on, and ends plain. It holds no
    control character but tab and the ESC of its SGR sequences.
    """

    def __init__(self) -> None:
        self._cleaner = _Cleaner()
        self._style: Style = PLAIN
        self._unfinished = ""
        self._compact_at = LINE_LIMIT

    def feed(self, data: bytes) -> list[str]:
        """The lines that these bytes complete."""
        return self._take(self._cleaner.feed(data))

    def close(self) -> list[str]:
        """The last lines, when nothing more comes."""
        lines = self._take(self._cleaner.close())
        if self._unfinished:
            lines += self._finish(self._unfinished)
            self._unfinished = ""
        return lines

    @property
    def unfinished(self) -> str:
        """How the line looks that has not ended yet; "" where there is none."""
        if not self._style and not _NEEDS_CELLS.search(self._unfinished):
            return self._unfinished
        cells = _Cells(self._style)
        cells.write(self._unfinished)
        return cells.text()

    def _take(self, text: str) -> list[str]:
        text = self._unfinished + text
        if "\r" in text:
            text = text.replace("\r\n", "\n")
        lines = text.split("\n")
        self._unfinished = lines.pop()
        simple = not self._style and not _OVERWRITES.search(text) and "\x1b" not in text
        if not simple or any(len(line) > LINE_LIMIT for line in lines):
            lines = [row for line in lines for row in self._finish(line)]
        if len(self._unfinished) > self._compact_at:
            lines += self._compact()
        return lines

    def _finish(self, line: str) -> list[str]:
        """The rows that one ended line takes up."""
        if len(line) > LINE_LIMIT or _OVERWRITES.search(line) or _CONCEALS.search(line):
            cells = _Cells(self._style)
            rows = cells.write(line)
            self._style = cells.style
            return [*rows, cells.text()]
        if "\x1b" not in line and not self._style:
            return [line]
        before = self._style
        for parameters in _SGR.findall(line):
            self._style = _after(self._style, parameters)
        return [_sgr(before) + line + (RESET if self._style else "")]

    def _compact(self) -> list[str]:
        """Keep what an endless line looks like instead of how it came to look so; the rows that are full."""
        cells = _Cells(self._style)
        rows = cells.write(self._unfinished)
        self._unfinished = "\r" + cells.script()  # with a return in it the line is made of cells again when it ends
        self._style = PLAIN
        self._compact_at = max(LINE_LIMIT, 2 * len(self._unfinished))
        return rows


class _Cleaner:
    """Bytes to text without control characters but \\n, \\t, \\r, \\b, SGR sequences and the stand-ins for erasing."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._held = ""
        self._in_string = False

    def feed(self, data: bytes) -> str:
        text = self._held + self._decoder.decode(data)
        self._held = ""
        if self._in_string or _STRING_START.search(text):
            text = "".join(self._without_strings(text))
        if not self._in_string and (open_end := _CUT_OFF.search(text)):
            self._held = open_end.group()
            text = text[: open_end.start()]
        if _UNCLEAN.search(text):
            text = _SEQUENCE.sub(_replacement, text)
        return text

    def close(self) -> str:
        text = self._held + self._decoder.decode(b"", final=True)
        self._held = ""
        return _SEQUENCE.sub(_replacement, text) if not self._in_string else ""

    def _without_strings(self, text: str) -> Iterator[str]:
        """Drop OSC, DCS, SOS, PM and APC: up to their terminator, or the line's end where a program forgot it."""
        position = 0
        while True:
            if self._in_string:
                end = _STRING_END.search(text, position)
                if end is None:
                    return
                position = end.start()
                if end.group() == "\x1b":
                    if position + 1 == len(text):
                        self._held = "\x1b"
                        return
                    if text[position + 1] == "\\":
                        position += 2
                elif end.group() not in "\r\n":
                    position += 1
                self._in_string = False
            start = _STRING_START.search(text, position)
            if start is None:
                yield text[position:]
                return
            # CAN in the string's place: it keeps what is before and behind from joining into a sequence.
            yield text[position : start.start()] + "\x18"
            position = start.end()
            self._in_string = True


def _replacement(match: re.Match[str]) -> str:
    """What is left of one escape sequence or control character."""
    final = match["final"]
    if final is None:
        return _visible(match.group()) if len(match.group()) == 1 else ""
    parameters = match["parameters"]
    if match["intermediates"]:
        return ""
    if final == "m":
        return match.group() if _SGR.fullmatch(match.group()) else ""
    if final in "KJ":
        return {"": _ERASE_TO_END, "0": _ERASE_TO_END, "2": _ERASE_LINE if final == "K" else ""}.get(parameters, "")
    if final == "G":
        return "\r" if parameters in ("", "0", "1") else ""
    if final == "D" and (not parameters or parameters.isdecimal()):
        back = int(parameters or "1") or 1
        return "\b" * back if back < _FARTHEST_BACK else "\r"
    return ""


def _visible(character: str) -> str:
    if character in "\x00\x07\x0e\x0f\x18\x1a\x1b\x7f" or "\x80" <= character <= "\x9f":
        return ""
    return chr(0x2400 + ord(character)) if character < " " else "\ufffd"


class _Cells:
    """One line of a terminal: what is in its cells, and where the next character goes."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self._characters: list[str] = []
        self._styles: list[Style] = []
        self._column = 0

    def write(self, text: str) -> list[str]:
        """Print cleaned text without line ends; the rows that got full on the way."""
        rows: list[str] = []
        for piece in _CELL_TOKEN.split(_without_overwritten(text)):
            if not piece:
                continue
            if piece == "\r":
                self._column = 0
            elif piece == "\b":
                self._column = max(0, self._column - 1)
            elif piece == _ERASE_TO_END:
                del self._characters[self._column :]
                del self._styles[self._column :]
            elif piece == _ERASE_LINE:
                self._characters, self._styles = [], []
            elif piece.startswith("\x1b"):
                self.style = _after(self.style, piece[2:-1])
            else:
                self._print(piece, rows)
        return rows

    def _print(self, piece: str, rows: list[str]) -> None:
        missing = self._column - len(self._characters)
        self._characters += [" "] * missing
        self._styles += [PLAIN] * missing
        while piece:
            if self._column == LINE_LIMIT:
                rows.append(self.text())
                self._characters, self._styles, self._column = [], [], 0
            part, piece = piece[: LINE_LIMIT - self._column], piece[LINE_LIMIT - self._column :]
            end = self._column + len(part)
            self._characters[self._column : end] = part
            self._styles[self._column : end] = [self.style] * len(part)
            self._column = end

    def text(self) -> str:
        """The line as it looks, beginning and ending plain."""
        return self._text(len(self._characters))

    def script(self) -> str:
        """What to print on an empty line, in the plain style, to come to this state."""
        if self._column > len(self._characters):
            return " " * self._column + _ERASE_LINE + _sgr(self.style)
        script = self.text()
        if self._column != len(self._characters):
            script += "\r" + self._text(self._column)
        return script + _sgr(self.style)

    def _text(self, end: int) -> str:
        characters, styles = self._characters, self._styles
        pieces: list[str] = []
        current = PLAIN
        start = 0
        for index in range(end):
            if styles[index] != current:
                pieces.append("".join(characters[start:index]))
                pieces.append((RESET if current else "") + _sgr(styles[index]))
                start, current = index, styles[index]
        pieces.append("".join(characters[start:end]) + (RESET if current else ""))
        return "".join(pieces)


def _without_overwritten(text: str) -> str:
    """Leave out what a later return to the line's start overwrites whole: progress displays come by the thousand."""
    pieces = text.split("\r")
    if len(pieces) < 3:
        return text
    kept: list[str] = []
    longest = -1
    for piece in reversed(pieces):
        plain = len(piece) <= LINE_LIMIT and not _NOT_PLAIN.search(piece)
        if plain and len(piece) <= longest:
            continue
        if plain:
            longest = len(piece)
        kept.append(piece)
    # The text goes on where the last piece ends, so an empty one must stay.
    if not pieces[-1] and kept[0]:
        kept.insert(0, "")
    return "\r".join(reversed(kept))


_SINGLE = {
    **{code: ("weight" if code == "1" else "faint", code) for code in ("1", "2")},
    "3": ("italic", "3"),
    "4": ("underline", "4"),
    "21": ("underline", "21"),
    "5": ("blink", "5"),
    "6": ("blink", "6"),
    "7": ("reverse", "7"),
    "9": ("strike", "9"),
    "53": ("overline", "53"),
    **{str(code): ("foreground", str(code)) for code in (*range(30, 38), *range(90, 98))},
    **{str(code): ("background", str(code)) for code in (*range(40, 48), *range(100, 108))},
}
_CLEARS = {
    "22": ("weight", "faint"),
    "23": ("italic",),
    "24": ("underline",),
    "25": ("blink",),
    "27": ("reverse",),
    "29": ("strike",),
    "39": ("foreground",),
    "49": ("background",),
    "55": ("overline",),
    "59": ("underline colour",),
}
_COLOURS = {"38": "foreground", "48": "background", "58": "underline colour"}


@lru_cache(4096)
def _after(style: Style, parameters: str) -> Style:
    """The style in force after an SGR sequence with these parameters."""
    attributes = dict(style)
    items = iter(parameters.split(";"))
    for item in items:
        code, *rest = item.split(":")
        code = code.lstrip("0") or "0"
        if code == "0":
            attributes.clear()
        elif code in _COLOURS:
            values = [value for value in rest if value] if rest else _colour_values(items)
            if _is_colour(values):
                attributes[_COLOURS[code]] = ";".join([code, *values])
        elif code == "4" and rest == ["0"]:
            attributes.pop("underline", None)
        elif code in _SINGLE:
            attribute, value = _SINGLE[code]
            attributes[attribute] = value
        else:
            for attribute in _CLEARS.get(code, ()):
                attributes.pop(attribute, None)
    return tuple(sorted(attributes.items()))


def _colour_values(items: Iterator[str]) -> list[str]:
    kind = next(items, "")
    return [kind, *(next(items, "") for _ in range({"5": 1, "2": 3}.get(kind, 0)))]


def _is_colour(values: list[str]) -> bool:
    wanted = {"5": 2, "2": 4}.get(values[0] if values else "")
    return len(values) == wanted and all(value.isdecimal() and int(value) < 256 for value in values[1:])


def _sgr(style: Style) -> str:
    return f"\x1b[{';'.join(value for _, value in style)}m" if style else ""
