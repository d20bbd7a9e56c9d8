"""What a history says of a layer, as the instruction that somebody wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.image.instruction_text import instruction_text


@pytest.mark.parametrize(
    ("created_by", "instruction"),
    [
        ("RUN /bin/sh -c make # buildkit", "RUN make"),
        ("/bin/sh -c make", "RUN make"),
        ("/bin/sh -c #(nop)  CMD [\"sh\"]", 'CMD ["sh"]'),
        ("/bin/sh -c #(nop) COPY file:abc in /", "COPY file:abc in /"),
        ("RUN |2 A=1 B=two words /bin/sh -c make all # buildkit", "RUN make all"),
        ("|1 A=1 /bin/sh -c make", "RUN make"),
        ("RUN |1 A=1 make all # buildkit", "RUN make all"),
        ("COPY . /app # buildkit", "COPY . /app"),
        ("RUN /bin/bash -eo pipefail -c a | b # buildkit", "RUN /bin/bash -eo pipefail -c a | b"),
        ('CMD ["sh"]', 'CMD ["sh"]'),
        ("", ""),
    ],
)  # fmt: skip
def test_the_wording_of_the_builders_is_taken_off(created_by: str, instruction: str) -> None:
    assert instruction_text(created_by) == instruction


@given(st.text())
def test_any_text_stands_for_something(text: str) -> None:
    assert isinstance(instruction_text(text), str)
