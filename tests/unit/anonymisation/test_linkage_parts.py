"""Parts of linkage that need no database: clusters, persistence, threshold, twins, ranges."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from anonymisation.linkage.careful import Careful
from anonymisation.linkage.cluster import Clusters
from anonymisation.linkage.people import persist
from anonymisation.linkage.quality import (
    MIN_KNOWN_PAIRS,
    MODEL_MARGIN,
    _precision,
    agreement,
    model_recall,
    wilson,
)
from anonymisation.linkage.ranges import PeopleRange, range_for
from anonymisation.linkage.rivals import UNLIKE_BIRTH_BITS, Births, evidence
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.threshold import (
    Curve,
    calibrate,
    choose,
    learn_curve,
    learn_prior,
    log_odds,
    probability,
)
from anonymisation.linkage.twins import MAX_TWIN_SHARE, MIN_PAIRS, TwinEvidence, TwinPairs, weigh


def _clusters(n: int, **changes: object) -> Clusters:
    fields: dict[str, object] = {"nhs": [None] * n, "pnc": [None] * n, "max_size": 15}
    return Clusters(**(fields | changes))  # type: ignore[arg-type]


def test_union_when_two_checked_identifiers_differ_then_the_weaker_link_is_refused() -> None:
    clusters = _clusters(3, nhs=[11, None, 22])
    assert clusters.union([0, 1], [1, 2]).tolist() == [True, False]
    assert [clusters.find(0) == clusters.find(1), clusters.find(1) == clusters.find(2)] == [True, False]
    assert clusters.refused == {"two_identifiers": 1}


def test_union_when_pnc_ids_differ_then_the_link_is_refused() -> None:
    clusters = _clusters(2, pnc=[1, 2])
    assert clusters.union([0], [1]).tolist() == [False]


def test_union_when_identifier_is_met_through_a_chain_then_it_still_vetoes() -> None:
    clusters = _clusters(4, nhs=[11, None, None, 22])
    clusters.union([0, 2, 1], [1, 3, 2])
    assert clusters.find(0) == clusters.find(1) != clusters.find(2) == clusters.find(3)


@pytest.mark.parametrize(("n", "n_joined"), [(14, 13), (15, 14), (16, 14)])
def test_union_when_spellings_reach_the_cap_then_no_more_join(n: int, n_joined: int) -> None:
    clusters = _clusters(n)
    assert clusters.union([0] * (n - 1), list(range(1, n))).sum() == n_joined


def test_union_when_twins_meet_through_a_third_record_then_they_stay_apart() -> None:
    clusters = _clusters(3)
    clusters.keep_apart([(0, 1)])
    assert clusters.union([0, 1], [2, 2]).tolist() == [True, False]
    assert clusters.refused == {"kept_apart": 1}


def test_union_when_a_source_lists_nobody_twice_then_two_of_its_records_stay_apart() -> None:
    a, b = frozenset({"a"}), frozenset({"b"})
    clusters = _clusters(3, only_one_of=[a, b, a])
    assert clusters.union([0, 1], [1, 2]).tolist() == [True, False]
    assert clusters.may_join([1], [2]).tolist() == [False]


def test_copy_when_unions_are_tried_on_it_then_the_original_stays() -> None:
    clusters = _clusters(2)
    assert clusters.copy().union([0], [1]).tolist() == [True]
    assert clusters.find(0) != clusters.find(1)


@pytest.mark.parametrize("seed", range(20))
def test_union_when_groups_are_joined_whole_then_equals_a_walk_pair_by_pair(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, n_pairs = 60, 50
    nhs = [int(v) if v < 8 else None for v in rng.integers(0, 60, n)]
    pnc = [int(v) if v < 4 else None for v in rng.integers(0, 60, n)]
    sources = [frozenset({"a"}) if v < 0.1 else frozenset() for v in rng.random(n)]
    apart = [(int(a), int(b)) for a, b in rng.integers(0, n, (6, 2)) if a != b]
    left, right = rng.integers(0, n, n_pairs), rng.integers(0, n, n_pairs)
    clusters = _clusters(n, nhs=nhs, pnc=pnc, max_size=6, only_one_of=sources)
    careful = Careful(
        nhs=list(nhs), pnc=list(pnc), size=[1] * n, sources=[int(bool(s)) for s in sources], max_size=6
    )
    for made in (clusters, careful):
        made.keep_apart(apart)
    for part in (slice(0, 30), slice(30, n_pairs)):
        clusters.union(left[part], right[part])
        careful.union(left[part].tolist(), right[part].tolist())
    walked: dict[int, set[int]] = {}
    for i in range(n):
        walked.setdefault(careful.find(i), set()).add(i)
    whole: dict[int, set[int]] = {}
    for i, label in enumerate(clusters.labels().tolist()):
        whole.setdefault(label, set()).add(i)
    assert sorted(map(sorted, whole.values())) == sorted(map(sorted, walked.values()))
    assert clusters.refused == careful.refused


def _births(*births: tuple[int, int, int] | None) -> Births:
    parts = np.array([birth if birth is not None else (-1, -1, -1) for birth in births], dtype=np.int64)
    whole = np.where(parts[:, 0] < 0, -1, parts @ np.array([10_000, 100, 1]))
    return Births(
        whole=whole, year=parts[:, 0], month=parts[:, 1], day=parts[:, 2],
        n_records=np.ones(len(births), dtype=np.int64),
    )  # fmt: skip


def test_evidence_when_a_name_could_be_two_people_then_it_is_neither() -> None:
    """Record 0 has a name alone; 1 and 2 bear it, born on different days; 3 has no birth either."""
    births = _births(None, (1990, 1, 1), (1971, 5, 6), None)
    label = np.arange(4)
    alone = evidence(label, np.array([0]), np.array([1]), np.array([0.8]), births)
    both = evidence(label, np.array([0, 0]), np.array([1, 2]), np.array([0.8, 0.8]), births)
    silent = evidence(label, np.array([0, 0]), np.array([1, 3]), np.array([0.8, 0.8]), births)
    assert alone == pytest.approx([2.0])
    assert both == pytest.approx([2.0 - np.log2(5)] * 2)
    assert silent == pytest.approx([2.0, 2.0])


def test_evidence_when_the_people_were_born_on_other_days_then_the_pair_weighs_less() -> None:
    """Record 0 has a name alone, and is one person with 2; 1 has another birth than 2."""
    births = _births(None, (1990, 1, 1), (1971, 5, 6))
    made = evidence(np.array([0, 1, 0]), np.array([0]), np.array([1]), np.array([0.8]), births)
    assert made == pytest.approx([2.0 - UNLIKE_BIRTH_BITS])


def _persisted(
    clusters: dict[str, int], previous: dict[str, str]
) -> tuple[dict[str, str], list[dict[str, str]]]:
    frame = pl.DataFrame({"rec_key": list(clusters), "cluster": list(clusters.values())})
    before = pl.DataFrame(
        {"rec_key": list(previous), "uid": list(previous.values())},
        schema={"rec_key": pl.String, "uid": pl.String},
    )
    named, log = persist(frame, before)
    uids = dict(named.iter_rows())
    return {key: uids[cluster] for key, cluster in clusters.items()}, log.to_dicts()


def test_persist_when_nothing_changes_then_ids_stay_and_the_log_is_empty() -> None:
    assert _persisted({"a": 1, "b": 1, "c": 2}, {"a": "P", "b": "P", "c": "Q"}) == (
        {"a": "P", "b": "P", "c": "Q"},
        [],
    )


def test_persist_when_a_new_record_joins_then_the_person_keeps_the_id() -> None:
    people, log = _persisted({"a": 1, "new": 1, "other": 2}, {"a": "P"})
    assert (people["a"], people["new"], log) == ("P", "P", [])
    assert len(people["other"]) == 32
    assert people["other"] != "P"


def test_persist_when_people_merge_then_the_larger_supersedes_and_the_log_says_so() -> None:
    people, log = _persisted({"a": 1, "b": 1, "c": 1}, {"a": "Q", "b": "P", "c": "P"})
    assert set(people.values()) == {"P"}
    assert log == [{"old_uid": "Q", "new_uid": "P", "superseded_by": "P", "kind": "merge"}]


def test_persist_when_a_person_splits_then_the_larger_part_keeps_the_id() -> None:
    people, log = _persisted({"a": 1, "b": 1, "c": 2}, {"a": "P", "b": "P", "c": "P"})
    assert (people["a"], people["b"]) == ("P", "P")
    assert log == [{"old_uid": "P", "new_uid": people["c"], "superseded_by": people["c"], "kind": "split"}]


def test_persist_when_sizes_tie_then_a_rerun_decides_alike() -> None:
    runs = {_persisted({"a": 1, "b": 1}, {"a": "P", "b": "Q"})[0]["a"] for _ in range(5)}
    assert runs == {"P"}


def test_learn_prior_when_matches_are_clear_then_finds_their_number() -> None:
    ratio = np.array([30.0] * 200 + [-10.0] * 5000)
    assert probability(np.array([learn_prior(ratio, 1e6)]))[0] * 1e6 == pytest.approx(200, rel=0.02)


def test_learn_prior_when_there_is_nothing_then_stays_below_one_pair() -> None:
    assert probability(np.array([learn_prior(np.array([]), 1e6)]))[0] * 1e6 <= 1


def test_calibrate_when_shares_are_not_monotone_then_the_map_is() -> None:
    rng = np.random.default_rng(1)
    bits = rng.normal(0, 4, 4000)
    _, share = calibrate(bits, rng.random(4000) < probability(bits))
    assert np.all(np.diff(share) >= 0)
    assert share[-1] > 0.95
    assert share[0] < 0.05


MODELS_WORD = Curve(ratio_bits=np.zeros(0), shares=np.zeros(0), n_labelled=0)
"""No known pairs: the model's own probability is believed."""


@pytest.mark.parametrize("target", [0.9, 0.97, 0.99])
def test_choose_when_target_rises_then_fewer_links_and_at_least_that_precision(target: float) -> None:
    bits = np.linspace(10, -10, 2001)
    chosen = choose(bits, probability(bits), MODELS_WORD, LinkSettings(min_precision=target))
    assert chosen.estimated_precision is not None
    assert chosen.estimated_precision >= target
    assert chosen.bits >= 0
    assert not chosen.is_labelled


def test_choose_when_known_pairs_contradict_the_model_then_they_decide() -> None:
    bits = np.linspace(10, 0, 1000)
    rng = np.random.default_rng(2)
    known = rng.uniform(0, 10, 2000)
    curve = learn_curve(known, known > 8, LinkSettings())
    chosen = choose(bits, curve.believed(bits, 0.0), curve, LinkSettings(min_precision=0.97))
    assert chosen.is_labelled
    assert chosen.bits == pytest.approx(8, abs=0.5)
    assert Curve.of(json.loads(json.dumps(curve.facts()))).believed(bits, 0.0) == pytest.approx(
        curve.believed(bits, 0.0)
    ), "a stored model believes what it believed"


def test_choose_when_there_is_no_pair_then_links_nothing() -> None:
    chosen = choose(np.array([]), np.array([]), MODELS_WORD, LinkSettings())
    assert (chosen.n_links, chosen.estimated_precision) == (0, None)


def test_log_odds_when_share_is_turned_back_then_is_the_share() -> None:
    assert probability(np.array([log_odds(0.2)]))[0] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("share", "keeps"), [(None, True), (MAX_TWIN_SHARE, False), (MAX_TWIN_SHARE + 0.01, True), (0.0, False)]
)
def test_twins_when_share_is_at_the_limit_then_apart_only_above_it(share: float | None, keeps: bool) -> None:
    assert TwinEvidence(left=np.array([]), right=np.array([]), share=share).keep_apart is keeps


def _twin_pairs(n: int, *, n_same: int = 0, n_other: int = 0) -> TwinPairs:
    """Pairs (0, n), (1, n + 1) …; the first share a number, the last have different ones."""
    at = np.arange(n)
    return TwinPairs(left=at, right=at + n, is_same=at < n_same, is_other=at >= n - n_other)


def test_twins_when_identifiers_differ_then_are_kept_apart() -> None:
    n = MIN_PAIRS
    clusters = _clusters(2 * n, nhs=list(range(2 * n)))
    evidence = weigh(clusters, _twin_pairs(n), [1] * 2 * n)
    assert (evidence.share, evidence.keep_apart) == (1.0, True)


@pytest.mark.parametrize(("n_other", "share"), [(0, 0.0), (10, 0.25), (60, 2 / 3)])
def test_twins_when_unchecked_numbers_tell_then_both_answers_count(n_other: int, share: float) -> None:
    """Before, numbers that agree were counted and those that differ were not: no twins were ever seen."""
    n = 100
    evidence = weigh(_clusters(2 * n), _twin_pairs(n, n_same=30, n_other=n_other), [1] * 2 * n)
    assert evidence.share == pytest.approx(share)


def test_twins_when_pairs_are_few_then_the_house_rule_stands() -> None:
    n = MIN_PAIRS - 1
    evidence = weigh(_clusters(2 * n), _twin_pairs(n), [1] * 2 * n)
    assert (evidence.share, evidence.keep_apart) == (None, True)


@pytest.mark.parametrize(("n_odd", "keeps"), [(1, False), (3, True)])
def test_twins_when_the_other_name_is_written_once_then_it_is_no_twin(n_odd: int, keeps: bool) -> None:
    n = 100
    evidence = weigh(_clusters(2 * n), _twin_pairs(n), [3] * n + [n_odd] * n)
    assert evidence.keep_apart is keeps


def test_agreement_when_counted_by_pairs_then_equals_a_plain_count() -> None:
    rng = np.random.default_rng(3)
    frame = pl.DataFrame(
        {"n_records": rng.integers(1, 4, 60), "known": rng.integers(0, 12, 60), "c": rng.integers(0, 15, 60)}
    ).with_columns(known=pl.when(pl.col("known") > 1).then("known"))
    records = [(k, c) for n, k, c in frame.iter_rows() for _ in range(n) if k is not None]
    pairs = [(a, b) for i, a in enumerate(records) for b in records[:i]]
    assert agreement(frame, "c") == {
        "true_pairs": sum(a[0] == b[0] for a, b in pairs),
        "found_pairs": sum(a == b for a, b in pairs),
        "linked_pairs": sum(a[1] == b[1] for a, b in pairs),
    }


def test_wilson_when_nothing_is_known_then_the_interval_is_everything() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(90, 100)
    assert (round(low, 3), round(high, 3)) == (0.826, 0.945)


COUNTS = {"n_with_strict": 300, "n_people_strict": 1000, "n_with_all": 340, "n_people_all": 950}


def test_range_when_links_are_perfect_then_is_from_strict_to_all() -> None:
    assert range_for(**COUNTS, precision=1, recall=1) == PeopleRange(
        low_pct=30.0, high_pct=100 * 340 / 950, strict_pct=30.0, all_pct=100 * 340 / 950
    )


def test_range_when_links_err_or_people_cannot_be_linked_then_widens() -> None:
    perfect = range_for(**COUNTS, precision=1, recall=1)
    doubtful = range_for(**COUNTS, precision=0.97, recall=0.95)
    unlinkable = range_for(**COUNTS, precision=0.97, recall=0.95, n_unlinkable=50)
    bounds = range_for(**COUNTS, precision=0.97, recall=0.95, n_unlinkable=50, unlinkable="bounds")
    assert bounds.low_pct == unlinkable.low_pct < doubtful.low_pct < perfect.low_pct
    assert bounds.high_pct > unlinkable.high_pct == doubtful.high_pct > perfect.high_pct


@pytest.mark.parametrize(
    "bad", [{"precision": 1.2}, {"recall": 0.0}, {"n_with_strict": 1001}, {"n_unlinkable": -1}]
)
def test_range_when_counts_cannot_be_then_refuses(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"not a share|More people have the property"):
        range_for(**(COUNTS | {"precision": 1, "recall": 1} | bad))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["min_precision", "min_link_probability"])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_settings_when_a_share_is_no_share_then_refuses(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf"Setting \[{name}\] is \[{value}\]"):
        LinkSettings(**{name: value})  # type: ignore[arg-type]


def test_model_recall_when_no_pair_is_known_then_is_lowered_and_its_interval_wide() -> None:
    made = model_recall(0.97, 1.0)
    assert made == {
        "estimated_recall_low": pytest.approx(0.97 - 2 * MODEL_MARGIN),
        "estimated_recall": pytest.approx(0.97 - MODEL_MARGIN),
        "estimated_recall_high": 1.0,
        "recall_from": "model",
    }


def test_model_recall_when_records_say_too_little_then_none_half_or_all_of_their_pairs_are_found() -> None:
    made = model_recall(0.90, 0.9)
    assert made["estimated_recall_low"] == pytest.approx(0.80 * 0.81)
    assert made["estimated_recall"] == pytest.approx(0.85 * (1 + 0.81) / 2)
    assert made["estimated_recall_high"] == pytest.approx(0.95)


def test_model_recall_when_nothing_was_weighed_then_says_nothing() -> None:
    assert set(model_recall(None, 0.0).values()) == {None}


@pytest.mark.parametrize(
    ("n_known", "source", "estimate"),
    [
        (MIN_KNOWN_PAIRS - 1, "model", 0.98),
        (MIN_KNOWN_PAIRS, "known pairs", 0.99),
        (5000, "known pairs", 0.99),
    ],
)
def test_precision_when_known_pairs_are_too_few_then_the_model_is_lowered(
    n_known: int, source: str, estimate: float
) -> None:
    made = _precision(990.0, 1000, n_known)
    assert (made["precision_from"], made["estimated_precision"]) == (source, pytest.approx(estimate))
    assert made["estimated_precision_low"] < made["estimated_precision"] < made["estimated_precision_high"]
    assert made["estimated_precision_low"] <= 0.99 <= made["estimated_precision_high"]
