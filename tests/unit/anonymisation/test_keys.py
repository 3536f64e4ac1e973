"""Keys: what is refused, what never shows, what is derived."""

from __future__ import annotations

import copy
import os
import pickle
import stat
from pathlib import Path

import pytest

from anonymisation.keys import (
    KEY_NAMES,
    MIN_DISTINCT_BYTES,
    KeyProblem,
    KeyRing,
    generate_keys,
    hkdf,
    key_check_value,
    key_path,
    load_keys,
    random_ring,
    sample_key,
    sample_ring,
    store_rotated,
)


def _write(key_dir: Path, name: str, text: str, mode: int = 0o600) -> None:
    path = key_path(key_dir, name)
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(mode)


@pytest.fixture
def key_dir(tmp_path: Path) -> Path:
    place = tmp_path / "keys"
    generate_keys(place)
    return place


@pytest.mark.parametrize(
    ("key", "salt", "info", "length", "expected"),
    [
        (
            "0b" * 22,
            "000102030405060708090a0b0c",
            bytes.fromhex("f0f1f2f3f4f5f6f7f8f9").decode("latin-1"),
            42,
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            "0b" * 22,
            "",
            "",
            42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)
def test_hkdf_when_given_rfc_5869_vectors_then_equals_them(
    key: str, salt: str, info: str, length: int, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Label(str):
        """RFC labels are bytes; ours are text. Latin-1 keeps the vector's bytes."""

        def encode(self, *_: object, **__: object) -> bytes:
            return super().encode("latin-1")

    assert hkdf(bytes.fromhex(key), Label(info), salt=bytes.fromhex(salt), length=length).hex() == expected


@pytest.mark.parametrize("length", [0, 255 * 32 + 1])
def test_hkdf_when_length_is_out_of_range_then_says_what_it_gives(length: int) -> None:
    with pytest.raises(ValueError, match=r"HKDF gives 1 to 8160 bytes; \[-?\d+\] were asked for"):
        hkdf(b"x" * 32, "label", length=length)


def test_check_value_when_computed_then_is_eight_hex_of_hmac_of_kcv() -> None:
    import hashlib
    import hmac

    key = sample_key("linkage")
    assert key_check_value(key) == hmac.new(key, b"kcv", hashlib.sha256).hexdigest()[:8]


def test_generate_when_directory_is_new_then_keys_are_private_distinct_and_load(tmp_path: Path) -> None:
    place = tmp_path / "keys"
    made = generate_keys(place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert {stat.S_IMODE(key_path(place, name).stat().st_mode) for name in KEY_NAMES} == {0o600}
    assert load_keys(place, environ={}).check_values() == made.check_values()
    assert len(set(made.check_values().values())) == len(KEY_NAMES)


def test_generate_when_a_key_exists_then_refuses_and_changes_nothing(key_dir: Path) -> None:
    key_path(key_dir, "vault_db").unlink()
    before = {p.name: p.read_bytes() for p in key_dir.iterdir()}
    with pytest.raises(
        KeyProblem, match=r"Keys exist already in the key directory: .*An existing key is never"
    ):
        generate_keys(key_dir)
    assert {p.name: p.read_bytes() for p in key_dir.iterdir()} == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o777])
def test_load_when_others_may_access_a_key_then_refuses(key_dir: Path, mode: int) -> None:
    key_path(key_dir, "linkage").chmod(mode)
    with pytest.raises(
        KeyProblem, match=rf"Key file \[linkage.key\] may be read by others \(mode {mode:04o}\)"
    ):
        load_keys(key_dir, environ={})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is empty. It should hold 64 hex digits"),
        ("zz" * 32, "does not hold hex digits"),
        ("ab" * 16, r"holds \[32\] hex digits. Key \[receipt\] is 64 hex digits"),
        ("ab" * 32, "repeats one byte"),
        (bytes(range(32)).hex(), "counts up or down"),
        (bytes(range(64, 0, -2)).hex(), "counts up or down"),
        ((bytes.fromhex("0123456789abcdef") * 4).hex(), "repeats its first half"),
        (b"correct horse battery staple 123".hex(), "is readable text; a passphrase is not a key"),
        (f"{os.urandom(32).hex()}\n{os.urandom(32).hex()}", r"holds \[2\] lines; key \[receipt\] has one"),
    ],
)
def test_load_when_a_key_is_malformed_or_weak_then_says_why_and_never_shows_it(
    key_dir: Path, text: str, expected: str
) -> None:
    _write(key_dir, "receipt", text)
    with pytest.raises(KeyProblem, match=expected) as problem:
        load_keys(key_dir, environ={})
    assert not text or text[:16] not in str(problem.value)


@pytest.mark.parametrize(
    ("n_distinct", "is_refused"), [(MIN_DISTINCT_BYTES - 1, True), (MIN_DISTINCT_BYTES, False)]
)
def test_ring_when_distinct_bytes_are_at_the_limit_then_refuses_below_only(
    n_distinct: int, is_refused: bool
) -> None:
    pool = [(i * 37 + i * i * 11) % 256 for i in range(256)]
    distinct = list(dict.fromkeys(pool))[:n_distinct]
    key = bytes([*(distinct * 2)[:31], distinct[3]])
    assert len(set(key)) == n_distinct
    ring = random_ring()
    fields = {name: getattr(ring, name) for name in KEY_NAMES} | {"landing": key}
    if is_refused:
        with pytest.raises(KeyProblem, match=r"Key \[landing\] has fewer than 20 distinct bytes"):
            KeyRing(**fields)
    else:
        assert KeyRing(**fields).check_value("landing") == key_check_value(key)


def test_load_when_key_is_a_sample_key_then_only_sample_mode_takes_it(key_dir: Path) -> None:
    _write(key_dir, "warehouse", sample_key("linkage").hex())
    with pytest.raises(KeyProblem, match=r"Key \[warehouse\] is a published sample key; it protects nobody"):
        load_keys(key_dir, environ={})
    assert load_keys(key_dir, environ={}, sample_mode=True).warehouse == sample_key("linkage")


def test_load_when_two_keys_are_the_same_then_refuses(key_dir: Path) -> None:
    _write(key_dir, "warehouse", key_path(key_dir, "landing").read_text())
    with pytest.raises(KeyProblem, match=r"Keys \[landing\] and \[warehouse\] are the same"):
        load_keys(key_dir, environ={})


def test_load_when_a_key_is_missing_then_names_it_and_the_remedy(key_dir: Path) -> None:
    key_path(key_dir, "vault_db").unlink()
    with pytest.raises(
        KeyProblem, match=r"Key \[vault_db\] is missing: neither \[vault_db.key\].*Restore it"
    ):
        load_keys(key_dir, environ={})


def test_load_when_key_stands_in_environment_then_reads_it_there(key_dir: Path) -> None:
    text = key_path(key_dir, "vault_db").read_text()
    key_path(key_dir, "vault_db").unlink()
    assert load_keys(key_dir, environ={"TESSERA_KEY_VAULT_DB": text}).vault_db.hex() == text.strip()


def test_load_when_file_and_environment_differ_then_refuses(key_dir: Path) -> None:
    with pytest.raises(KeyProblem, match=r"Key \[landing\] is given twice and differs"):
        load_keys(key_dir, environ={"TESSERA_KEY_LANDING": os.urandom(32).hex()})


def test_require_when_check_value_differs_then_refuses_before_anything_is_written() -> None:
    ring = sample_ring()
    ring.require("linkage", ring.check_value("linkage"))
    with pytest.raises(
        KeyProblem, match=r"Key \[linkage\] has check value \[.{8}\]; these data were made with"
    ):
        ring.require("linkage", "00000000")


def test_ring_when_shown_pickled_or_copied_then_no_key_leaves() -> None:
    ring = random_ring()
    shown = f"{ring} {ring!r}"
    for name in KEY_NAMES:
        for key in ring._layers(name):
            assert key.hex() not in shown
            assert repr(key) not in shown
    with pytest.raises(TypeError, match="not pickled or copied"):
        pickle.dumps(ring)
    with pytest.raises(TypeError, match="not pickled or copied"):
        copy.deepcopy(ring)


def test_token_keys_when_role_purpose_or_layer_differ_then_all_differ() -> None:
    ring = random_ring().rotated("linkage")
    keys = [
        k
        for role in ("victim", "suspect")
        for purpose in ("name", "dob")
        for k in ring.token_keys(role, purpose)
    ]
    assert len(keys) == len(set(keys)) == 8
    assert all(len(k) == 64 for k in keys)


@pytest.mark.parametrize("name", KEY_NAMES)
def test_rotated_when_one_key_turns_then_only_its_check_value_changes(name: str) -> None:
    ring = random_ring()
    turned = ring.rotated(name)
    changed = {k for k in KEY_NAMES if ring.check_value(k) != turned.check_value(k)}
    assert changed == {name}


def test_store_rotated_when_linkage_gains_a_layer_then_it_loads_with_both(key_dir: Path) -> None:
    ring = load_keys(key_dir, environ={}).rotated("linkage")
    store_rotated(key_dir, ring, "linkage")
    loaded = load_keys(key_dir, environ={})
    assert loaded.linkage == ring.linkage
    assert len(loaded.linkage) == 2
    assert loaded.check_values() == ring.check_values()


def test_rotated_when_key_is_unknown_then_lists_the_keys() -> None:
    with pytest.raises(KeyProblem, match=r"There is no key \[master\]. Keys are: vault_db, warehouse_db"):
        random_ring().rotated("master")
