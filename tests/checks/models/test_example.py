"""The example of the documentation prints what stands there."""

from __future__ import annotations

import contextlib
import io

from tests.docs.pages import blocks, read


def test_the_example_s_printed_figure_is_what_it_prints() -> None:
    written = list(blocks(read("docs/how-to/models.md")))
    place = next(n for n, (language, _) in enumerate(written) if language == "python")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(written[place][1], "models.md", "exec"), {})
    assert said.getvalue() == written[place + 1][1]
