"""What a parsed Dockerfile says, where the official parser at hand does not say it or says it in an older way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.dockerfile.model import Comment, Directive, Flag, Heredoc, Instruction
from stepper.dockerfile.parser import parse, parse_trigger
from stepper.errors import DockerfileError


def instructions(text: str) -> tuple[Instruction, ...]:
    """The instructions after the FROM of a file with one stage."""
    return parse(f"FROM a\n{text}").stages[0].instructions[1:]


def only(text: str) -> Instruction:
    (instruction,) = instructions(text)
    return instruction


class TestFile:
    def test_stages_and_what_is_in_them(self) -> None:
        dockerfile = parse(
            "ARG a\nARG b=1\nFROM --platform=$p x AS Base\nRUN y\nFROM base\nfrom ${a} as c-1\n\nRUN z \\\n z\n"
        )
        assert [instruction.words for instruction in dockerfile.global_args] == [("a",), ("b=1",)]
        first, second, third = dockerfile.stages
        assert (first.index, first.name, first.base, first.platform, first.label) == (0, "base", "x", "$p", "base")
        assert (second.index, second.name, second.base, second.platform, second.label) == (
            1,
            None,
            "base",
            None,
            "stage 1",
        )
        assert (third.name, third.base, third.line, third.end_line) == ("c-1", "${a}", 6, 9)
        assert [instruction.keyword for instruction in first.instructions] == ["FROM", "RUN"]

    def test_two_stages_can_have_one_name(self) -> None:
        assert [stage.name for stage in parse("FROM a AS b\nFROM c AS B\n").stages] == ["b", "b"]

    def test_an_instruction_on_one_line_is_as_it_was_written(self) -> None:
        instruction = only("  run  a \\\n # c\n\n   b  \n")
        assert (instruction.keyword, instruction.text, instruction.words) == ("RUN", "run  a    b", ("a    b",))
        assert (instruction.line, instruction.end_line) == (2, 5)

    def test_comments_are_found_everywhere_but_in_heredocs(self) -> None:
        text = "# one\nFROM a\n\t#two\nRUN x \\\n  # three\n  y <<E\n# body\nE\nRUN z \\\n#four"
        assert parse(text).comments == (
            Comment("# one", 1),
            Comment("#two", 3),
            Comment("# three", 5),
            Comment("#four", 10),
        )

    def test_lines_end_at_newlines_only(self) -> None:
        dockerfile = parse("FROM a\r\nRUN x\x0b\x0c\x1c\x85\u2028y\r\r\n\r\nRUN\rz")
        assert dockerfile.lines == ("FROM a", "RUN x\x0b\x0c\x1c\x85\u2028y", "", "RUN\rz")
        assert [instruction.line for instruction in dockerfile.stages[0].instructions] == [1, 2, 4]

    def test_bytes_are_utf_8_with_or_without_a_byte_order_mark(self) -> None:
        text = "FROM a\nRUN é\n"
        assert parse(text.encode()) == parse(text.encode("utf-8-sig")) == parse("\ufeff" + text) == parse(text)
        assert parse(text).text == text

    def test_bytes_that_are_no_utf_8_are_replaced(self) -> None:
        dockerfile = parse(b"# caf\xe9\nFROM a\nENV b=\xff\n")
        assert dockerfile.comments == (Comment("# caf\ufffd", 1),)
        assert dockerfile.stages[0].instructions[1].words == ("b", "\ufffd")

    def test_a_null_character_is_a_character(self) -> None:
        assert only("ENV b=c\0d\n").words == ("b", "c\0d")

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(st.one_of(st.binary(max_size=60), st.text(max_size=60)), st.booleans())
    def test_any_input_is_read_or_rejected_with_an_error_for_the_user(self, data: bytes | str, has_from: bool) -> None:
        if has_from:
            data = b"FROM a\n" + data if isinstance(data, bytes) else "FROM a\n" + data
        try:
            dockerfile = parse(data)
        except DockerfileError:
            return
        ends = [instruction.end_line for stage in dockerfile.stages for instruction in stage.instructions]
        assert 0 < ends[-1] <= len(dockerfile.lines)
        assert ends == sorted(set(ends))


class TestDirectives:
    def test_names_have_no_case_and_values_are_trimmed(self) -> None:
        dockerfile = parse("#Syntax = docker/dockerfile:1 \n\t# CHECK=skip=all;error=true\n#escape=`\nFROM a\n")
        assert dockerfile.directives == (
            Directive("syntax", "docker/dockerfile:1", 1),
            Directive("check", "skip=all;error=true", 2),
            Directive("escape", "`", 3),
        )
        assert (dockerfile.escape, dockerfile.comments) == ("`", ())
        assert (dockerfile.directive("check"), dockerfile.directive("other")) == ("skip=all;error=true", None)

    @pytest.mark.parametrize("before", ["# comment\n", "\n", "# other=1\n", "FROM b\n", "#\n", "# escape\n"])
    def test_only_the_top_of_the_file_has_them(self, before: str) -> None:
        dockerfile = parse(f"{before}# escape=`\nFROM a\n")
        assert (dockerfile.directives, dockerfile.escape) == ((), "\\")
        assert Comment("# escape=`", before.count("\n") + 1) in dockerfile.comments

    def test_the_escape_character_continues_lines_and_escapes_words_and_flags(self) -> None:
        dockerfile = parse("# escape=`\nFROM a\nENV b=c` d `\n e=\\\nCOPY --from=f` g h \\\\i\\\n")
        _, env, copy = dockerfile.stages[0].instructions
        assert env.words == ("b", "c` d", "e", "\\")
        assert (copy.flags, copy.words) == ((Flag("from", "f g"),), ("h", "\\\\i\\"))

    def test_a_directive_can_be_given_once(self) -> None:
        with pytest.raises(DockerfileError, match=r"^Dockerfile:2: only one check parser directive can be used"):
            parse("# check=skip=all\n# Check=skip=none\nFROM a\n")

    def test_the_escape_character_is_a_backslash_or_a_backtick(self) -> None:
        with pytest.raises(DockerfileError, match=r"^Dockerfile:1: invalid escape token '/'"):
            parse("# escape=/\nFROM a\n")


class TestFlags:
    def test_every_flag_of_the_language_is_known(self) -> None:
        text = (
            "FROM --platform=p a\n"
            "ADD --chown=1 --chmod=2 --link --keep-git-dir=true --checksum=s --unpack=false --exclude=a "
            "--exclude=b c d\n"
            "COPY --from=a --chown=1 --chmod=2 --link=TRUE --parents --exclude=a --exclude=b c d\n"
            "RUN --mount=type=bind --mount=type=tmpfs --network=none --security=insecure --device=x y\n"
            "HEALTHCHECK --interval=1s --timeout=2s --start-period=3s --start-interval=4s --retries=5 CMD x\n"
        )
        from_, add, copy, run, healthcheck = parse(text).stages[0].instructions
        assert from_.flags == (Flag("platform", "p"),)
        assert [flag.name for flag in add.flags][-3:] == ["unpack", "exclude", "exclude"]
        assert copy.flag("link") == Flag("link", "TRUE")
        assert copy.flag("parents") == Flag("parents", None)
        assert copy.flag("exclude") == Flag("exclude", "b")
        assert run.flags[0] == Flag("mount", "type=bind")
        assert healthcheck.flag("start-interval") == Flag("start-interval", "4s")
        assert healthcheck.flag("other") is None

    def test_quotes_are_taken_off_and_escapes_undone(self) -> None:
        assert only("COPY --from=\"a b\" --chown='c\\'d' --chmod=e\\ f g h\n").flags == (
            Flag("from", "a b"),
            Flag("chown", "c'd"),
            Flag("chmod", "e f"),
        )

    def test_arg_and_stopsignal_and_healthcheck_none_drop_their_flags(self) -> None:
        assert [i.words for i in instructions("ARG --a b\nSTOPSIGNAL --c 9\nHEALTHCHECK --d NONE\n")] == [
            ("b",),
            ("9",),
            ("NONE",),
        ]


class TestWords:
    def test_text_behind_a_json_array_makes_it_a_command(self) -> None:
        assert only('CMD ["a"] b\n').words == ('["a"] b',)
        assert only('COPY ["a", "b"] c\n').words == ('["a",', '"b"]', "c")

    def test_an_empty_json_array_has_no_words(self) -> None:
        assert (only("CMD []\n").words, only("CMD []\n").json_form) == ((), True)

    @pytest.mark.parametrize("depth", [2, 3000])
    def test_nested_arrays_are_no_strings(self, depth: int) -> None:
        with pytest.raises(DockerfileError, match="arrays must be comprised of strings only"):
            only(f"CMD {'[' * depth}{']' * depth}\n")

    def test_a_command_without_words(self) -> None:
        assert [i.words for i in instructions("RUN\nCMD\nENTRYPOINT")] == [(), (), ()]

    def test_pairs_in_the_old_form_and_in_the_new_one(self) -> None:
        assert only('ENV a b  "c"  d=e\n').words == ("a", 'b  "c"  d=e')
        assert only("LABEL a=b 'c d'=\"e f\" g=\n").words == ("a", "b", "'c d'", '"e f"', "g", "")


class TestHeredocs:
    def test_tabs_are_stripped_and_kept_as_written(self) -> None:
        (heredoc,) = only("RUN <<-EOF\n\ta\n\t\t b\n\n c\t\n\tEOF\n").heredocs
        assert heredoc == Heredoc("EOF", "a\n b\n\n c\t\n", expand=True, strip_tabs=True, raw="\ta\n\t\t b\n\n c\t\n")
        assert heredoc.written == "\ta\n\t\t b\n\n c\t\n"

    def test_tabs_stay_without_the_dash(self) -> None:
        (heredoc,) = only("RUN <<EOF\n\ta\nEOF\n").heredocs
        assert (heredoc.body, heredoc.raw, heredoc.written) == ("\ta\n", None, "\ta\n")

    @pytest.mark.parametrize(
        ("mark", "name", "expand"),
        [
            ("EOF", "EOF", True),
            ("'EOF'", "EOF", False),
            ('"EOF"', "EOF", False),
            ("E'O'F", "EOF", False),
            ("\\EOF", "EOF", True),
            ("'E\"F'", 'E"F', False),
            ("\\'EOF", "'EOF", True),
            ("$x", "$x", True),
            ('"A B"', "A B", False),
        ],
    )
    def test_any_quote_in_the_name_makes_the_body_literal(self, mark: str, name: str, expand: bool) -> None:
        (heredoc,) = only(f"COPY <<{mark} /b\n$y\n{name}\n").heredocs
        assert (heredoc.name, heredoc.expand, heredoc.body) == (name, expand, "$y\n")

    def test_white_space_may_stand_before_the_name(self) -> None:
        instruction = only("RUN cat << A <<\t'B'\nx\nA\ny\nB\n")
        assert [(heredoc.name, heredoc.body) for heredoc in instruction.heredocs] == [("A", "x\n"), ("B", "y\n")]
        assert instruction.end_line == 6

    def test_white_space_may_not_stand_behind_the_dash(self) -> None:
        assert [i.heredocs for i in instructions("RUN cat <<- A\nRUN A\n")] == [(), ()]

    def test_a_line_with_a_pattern_in_a_variable_can_have_heredocs(self) -> None:
        for variable in ("${x#y}", "${x##y}", "${x%y}", "${x/y/z}", "${x//y/z}", "${x:-y}", "${x:+${y}}"):
            assert only(f"RUN echo {variable} <<A\nx\nA\n").heredocs[0].body == "x\n"

    def test_what_touches_a_variable_with_a_default_is_lost(self) -> None:
        assert only("RUN cat <<A${x:-y}\n").heredocs == ()

    @pytest.mark.parametrize("variable", ["${x", "${}", "${x:#y}", "${x!y}", "${x/y}"])
    def test_a_line_that_the_shell_lexer_cannot_read_has_none(self, variable: str) -> None:
        assert only(f"RUN echo {variable} <<A\n").heredocs == ()

    def test_variables_within_variables_beyond_reason_are_no_traceback(self) -> None:
        assert only(f"RUN {'${x:-' * 9000}{'}' * 9000} <<A\n").heredocs == ()

    def test_descriptors(self) -> None:
        heredocs = only("RUN 3<<A 0<<B\nA\nB\n").heredocs
        assert [(heredoc.name, heredoc.fd, heredoc.body) for heredoc in heredocs] == [("A", 3, ""), ("B", 0, "")]

    def test_line_ends_in_a_body_stay(self) -> None:
        dockerfile = parse("FROM a\r\nRUN <<E\r\nx\r\n\r\nE\r\nRUN y\r\n")
        run, last = dockerfile.stages[0].instructions[1:]
        assert (run.heredocs[0].body, last.line) == ("x\r\n\r\n", 6)


class TestOnbuild:
    def test_the_trigger_is_an_instruction(self) -> None:
        instruction = only("ONBUILD copy --from=a \\\n  b c\n")
        assert instruction.words == ("copy --from=a   b c",)
        assert instruction.trigger == Instruction(
            "COPY", 2, 3, "copy --from=a   b c", ("b", "c"), flags=(Flag("from", "a"),)
        )

    def test_heredocs_are_the_triggers_too_and_are_stored_with_it(self) -> None:
        instruction = only("ONBUILD  RUN <<-A cat <<B  \n\tx\n\tA\ny\nB\n")
        assert instruction.words == ("RUN <<-A cat <<B  \n\tx\nA\ny\nB",)
        assert instruction.trigger is not None
        assert instruction.trigger.heredocs == instruction.heredocs
        assert [heredoc.body for heredoc in instruction.heredocs] == ["x\n", "y\n"]

    def test_what_is_stored_can_be_read_again(self) -> None:
        instruction = only("ONBUILD RUN --network=none <<-A 3<<'B'\n\tx\n\tA\ny\nB\n")
        assert instruction.trigger is not None
        again = parse_trigger(instruction.words[0], line=7)
        assert (again.line, again.end_line) == (7, 7)
        assert (again.flags, again.words) == (instruction.trigger.flags, instruction.trigger.words)
        assert again.heredocs == instruction.trigger.heredocs

    def test_a_wrong_trigger_is_no_error_before_it_is_triggered(self) -> None:
        unknown, bad_flag = instructions("ONBUILD FOO --x bar\nONBUILD COPY --form=x a\n")
        assert unknown.trigger is not None
        assert (unknown.trigger.keyword, unknown.trigger.words, unknown.words) == ("FOO", (), ("FOO --x bar",))
        assert bad_flag.trigger is not None

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("FOO bar", "unknown instruction: FOO"),
            ("RUN x\nRUN y", "onbuild trigger should be a single expression"),
            ("", "file with no instructions"),
            ("FROM x", "onbuild trigger should be a single expression"),
            ("COPY a", "COPY requires at least two arguments"),
        ],
    )
    def test_a_wrong_trigger_of_an_image_is_an_error_at_the_from(self, text: str, message: str) -> None:
        with pytest.raises(DockerfileError, match=f"^d:3: {message}.*in the ONBUILD trigger"):
            parse_trigger(text, line=3, name="d")
