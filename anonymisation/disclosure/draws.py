"""Draws: secret random numbers from the seed of a release.

Here: a stream of uniform numbers from a seed and a label (SHAKE-256, so that published figures tell nothing
about the stream). Not here: what is drawn (rounding.py), where the seed comes from and how it is destroyed
(the caller).
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from anonymisation.disclosure.refusal import DisclosureError
from anonymisation.disclosure.rules import MINIMUM_SEED_BYTES


class Draws:
    """Independent streams by label; the same seed and label give the same numbers."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) < MINIMUM_SEED_BYTES:
            raise DisclosureError(
                f"the release seed holds [{len(seed)}] bytes; [{MINIMUM_SEED_BYTES}] or more are needed. "
                "Draw it from the operating system's random source, use it once, and destroy it."
            )
        self._seed = seed

    def __repr__(self) -> str:
        return "Draws(seed=hidden)"

    def __reduce__(self) -> str:
        raise TypeError("Draws holds the secret of a release and is not written anywhere.")

    def uniform(self, label: str, n: int) -> npt.NDArray[np.float64]:
        """n numbers in [0, 1)."""
        # 2⁻⁵³ steps: the top 53 bits of each 64-bit word
        head = len(self._seed).to_bytes(4, "big") + self._seed
        words = np.frombuffer(hashlib.shake_256(head + label.encode()).digest(8 * n), dtype=">u8")
        return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def generator(self, label: str) -> np.random.Generator:
        """For choices that shape the search and not the table's law."""
        digest = hashlib.shake_256(len(self._seed).to_bytes(4, "big") + self._seed + label.encode()).digest(
            32
        )
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
