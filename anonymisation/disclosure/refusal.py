"""The refusal: what protection raises when it cannot go on.

Here: one exception. Not here: the checks that raise it (each beside the thing it checks).
"""

from __future__ import annotations


class DisclosureError(ValueError):
    """Protection cannot go on, and nothing was written.

    The text says what failed, where, how many cells, and what to do. It names cubes, dimensions, categories
    and periods (all published words) in brackets, and never a count.
    """
