"""Settings of a linkage run: every threshold, with its source.

What belongs here: numbers that decide who is linked. What does not: the model's parameters (model.py learns
them).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LinkSettings:
    """How careful a run is. The defaults are the house's; a change is written into the release's
    provenance."""

    max_token_identities: int = 60
    """A token held by more different identities than this says nothing about one person (linkage.md §6.3)."""
    max_identity_records: int = 60
    """More identical records than this without a checked identifier: a stand-in, not a person."""
    max_cluster_identities: int = 15
    """A person with more different spellings than this is not believed (linkage.md §6.3)."""
    min_precision: float = 0.90
    """Estimated precision of all second-pass links below which no further one is added. They are few (one in
    fifty links of the sample): at 0.90 all links together stay above 0.99, and what is missed and what is
    false weigh about the same in a count of people, which is what is published."""
    min_link_probability: float = 0.5
    """A link less likely than this is more often wrong than right, whatever the average."""
    split_slack_bits: float = 6.0
    """Two records that were one person stay so until the evidence falls this far below joining: HMPPS joins
    at 20 bits and splits at 14 (linkage.md §6.3)."""
    max_pairs_per_identity: float = 12.0
    """Budget of candidate pairs, per identity; blocking rules are added in order until it is spent."""
    min_pairs_budget: int = 1_000_000
    """Small runs may afford loose blocking: the budget is never below this."""
    min_labelled_pairs: int = 400
    """Candidate pairs with two valid identifiers needed before they, and not the model, decide the
    precision."""
    min_labelled_of_each: int = 100
    """Of them, pairs of one person, and pairs of two: what a few dozen show of strong pairs is chance, and a
    handful of them would keep thousands apart."""
    max_training_identities: int = 150_000
    """The model is learnt on a sample of this many identities: its parameters are rates."""
    seed: int = 20_260_701
    """Of the random sample that estimates chance agreement."""
    second_pass: bool = True
    """Whether evidence is weighed at all; without, people are those whom match-keys hold."""
    blind: bool = True
    """Whether to link again without identifiers, to see how many known pairs would be found."""

    def __post_init__(self) -> None:
        for name in ("min_precision", "min_link_probability"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(
                    f"Setting [{name}] is [{getattr(self, name)}]; it is a share between 0 and 1."
                )
        for name in ("max_token_identities", "max_identity_records", "max_cluster_identities"):
            if getattr(self, name) < 2:
                raise ValueError(
                    f"Setting [{name}] is [{getattr(self, name)}]; below 2 nobody is ever linked."
                )
        if self.split_slack_bits < 0:
            raise ValueError(
                "Setting [split_slack_bits] is below 0: people would split and join at every run."
            )
