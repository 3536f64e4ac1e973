"""Typed reader of ``signers.yaml``: who may make a release, approve it for the board, and approve a public
one.

What belongs here: people or roles and what they may do. What does not: the partnership (``partnership.py``)
and the act of signing (``pipelines.release.sign_off``).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import model_validator

from schemas.agencies import Text
from schemas.documents import Document, read_document

SIGNERS_FILE = "signers.yaml"
"""Stands beside the partnership file."""


class Act(StrEnum):
    """What a signer may do."""

    MAKE = "make"
    APPROVE = "approve"
    """For the board."""
    APPROVE_PUBLIC = "approve_public"
    """A decision of its own: what the board may see is not thereby public."""


class SignerError(ValueError):
    """Somebody may not do what they ask; the text says who may."""


class Signer(Document):
    """One person, by a name under which they sign, and their role."""

    name: Text
    role: Text
    may: tuple[Act, ...]

    @property
    def text(self) -> str:
        """As the audit log and the pages name them."""
        return f"{self.name}, {self.role}"


class Signers(Document):
    """Everybody who may sign."""

    signers: tuple[Signer, ...]

    @model_validator(mode="after")
    def _two_people(self) -> Signers:
        names = [s.name.casefold() for s in self.signers]
        if len(set(names)) < len(names):
            raise ValueError("a name stands there twice. Give each signer once")
        makers = self.who_may(Act.MAKE)
        if not any(a.name != m.name for m in makers for a in self.who_may(Act.APPROVE)):
            raise ValueError(
                "nobody could approve what another makes. Name two people, a maker and an approver"
            )
        return self

    def who_may(self, act: Act) -> tuple[Signer, ...]:
        """Those who may do something, in the order of the file."""
        return tuple(s for s in self.signers if act in s.may)

    def signer(self, name: str, act: Act) -> Signer:
        """The signer of that name.

        Raises:
            SignerError: nobody of that name is listed, or they may not do it; says who may.
        """
        for one in self.who_may(act):
            if one.name.casefold() == name.strip().casefold():
                return one
        may = "; ".join(f"{s.name} ({s.role})" for s in self.who_may(act)) or "nobody yet"
        raise SignerError(
            f"[{name.strip()}] may not [{act.value.replace('_', ' ')}] a release. In [{SIGNERS_FILE}] these "
            f"may: [{may}]. Have one of them sign, or let the partnership add a signer there."
        )


def read_signers(partnership_file: Path) -> Signers:
    """Read the signers who stand beside a partnership file.

    Raises:
        schemas.documents.DocumentError: names file, key and remedy.
    """
    return read_document(partnership_file.with_name(SIGNERS_FILE), Signers)
