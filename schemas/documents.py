"""Reading our own YAML documents: one error type, one way to say which file, which key and what to do.

What belongs here: from a path to a validated model. What does not: what the models mean (``agencies.py``,
``partnership.py``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, in C where the package was built with it: ten times as fast."""


class Document(BaseModel):
    """Base of every model read from YAML: frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class DocumentError(ValueError):
    """A configuration file cannot be used; the text names file, key and remedy, one line per problem."""


Model = TypeVar("Model", bound=Document)


def read_document(path: Path, model: type[Model]) -> Model:
    """Read one YAML file into ``model``.

    Raises:
        DocumentError: the file is absent, is not YAML, or a key is missing, unknown or of the wrong kind.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DocumentError(f"[{path.name}]: no such file in [{path.parent.name}/]. Create it, or correct "
                            "the name.") from None
    try:
        content = yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise DocumentError(f"[{path.name}]: not readable as YAML{where}. Check the indentation and quotes "
                            "there.") from None
    if not isinstance(content, dict):
        raise DocumentError(f"[{path.name}]: holds no keys. Start from another file of the same folder.")
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise DocumentError("\n".join(_sentence(path.name, dict(e)) for e in error.errors())) from None


def _sentence(name: str, error: dict[str, object]) -> str:
    location = error["loc"]
    assert isinstance(location, tuple)
    key = ".".join(str(part) for part in location) or "(the whole file)"
    match error["type"]:
        case "missing":
            return f"[{name}], key [{key}]: is missing. Add it."
        case "extra_forbidden":
            return f"[{name}], key [{key}]: is not a key we know. Remove it, or correct its spelling."
        case _:
            text = str(error["msg"]).removeprefix("Value error, ")
            return f"[{name}], key [{key}]: {text[0].lower() + text[1:]}{'' if text.endswith('.') else '.'}"
