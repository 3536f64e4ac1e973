"""Filling the page templates: the environment, its filters, and what was compiled before.

What belongs here: how a value gets into a page safely. What does not: which values (``site.py``,
``story.py``), the templates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from dashboards.figures import height_of
from dashboards.stacking import roles, stacking
from dashboards.words import Words

_MARKER = re.compile(r"\[([cxzubpr])\]")


def _figure_json(figure: Mapping[str, Any]) -> Markup:
    """A figure as the page carries it: sorted, and with no character that could end the script element."""
    content = {key: value for key, value in figure.items() if key != "id"}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _hearing(words: Words) -> Any:
    """Markers with what they mean beside them, for readers who hear the page."""

    def hear(text: str) -> Markup:
        text = words.figures(text)
        parts: list[Markup] = []
        last = 0
        for match in _MARKER.finditer(text):
            hidden = words.say(f"symbol.hidden_{match[1]}")
            parts += [
                escape(text[last : match.start()]),
                Markup('{}<span class="vh"> {}</span>').format(match[0], hidden),
            ]
            last = match.end()
        return Markup("").join([*parts, escape(text[last:])])

    return hear


class _Compiled(BytecodeCache):
    """Templates as they were compiled for the pages before: each edition, and each approval, draws the same
    ones."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja asks by a key of the template's name, and throws away what its source no longer fits."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def environment_of(words: Words) -> Environment:
    """Templates, with what they may call, in one language."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        bytecode_cache=_COMPILED,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = _hearing(words)
    environment.filters["figure_json"] = lambda figure: _figure_json(words.drawn(figure))
    environment.filters["height_of"] = height_of
    environment.filters["day"] = words.day
    environment.filters["aim_name"] = lambda aim: words.say(f"aim.{aim}")
    environment.globals |= {"t": words.say, "stacking": stacking, "roles": roles}
    return environment
