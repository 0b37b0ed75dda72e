"""The local certificate: short-lived, for this machine's names only, renewed in time, its authority's key gone."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import PolicyBuilder, Store

from microkitten.config import certificates
from tests import outside

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def tls(tmp_path: Path) -> Path:
    """A folder with a certificate made now."""
    assert certificates.ensure(tmp_path / "tls", at=NOW)
    return tmp_path / "tls"


def load(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / name).read_bytes())


def test_a_browser_that_trusts_the_authority_accepts_it(tls: Path) -> None:
    """Chain, names, dates and usages satisfy a strict verifier."""
    trusted = Store([load(tls, "ca.pem")])
    for name in (x509.DNSName("localhost"),):
        verifier = PolicyBuilder().store(trusted).time(NOW).build_server_verifier(name)
        assert len(verifier.verify(load(tls, "cert.pem"), [])) == 2


def test_it_lives_no_longer_than_browsers_allow(tls: Path) -> None:
    """More than 397 days is refused by them."""
    leaf = load(tls, "cert.pem")
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc < timedelta(days=397)
    assert 395 < certificates.days_left(tls / "cert.pem", at=NOW) < 397


def test_the_key_is_ours_alone_and_of_the_form_servers_take(tls: Path) -> None:
    """EC P-256 in PKCS#8, readable by its owner only."""
    assert stat.S_IMODE((tls / "key.pem").stat().st_mode) == 0o600
    content = (tls / "key.pem").read_bytes()
    assert content.startswith(b"-----BEGIN PRIVATE KEY-----")
    key = serialization.load_pem_private_key(content, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert isinstance(key.curve, ec.SECP256R1)


def test_the_authority_s_key_is_nowhere_and_could_speak_for_no_other_name(tls: Path) -> None:
    """What is not kept cannot be stolen; the constraints hold even if somebody had kept it."""
    assert sorted(path.name for path in tls.iterdir()) == ["ca.pem", "cert.pem", "key.pem"]
    authority = load(tls, "ca.pem")
    assert authority.public_key() != load(tls, "cert.pem").public_key()
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert x509.DNSName("localhost") in (constraints.value.permitted_subtrees or [])


def test_it_is_left_alone_until_near_its_end(tls: Path) -> None:
    """A browser that was told to trust it is not asked again at every start."""
    before = (tls / "cert.pem").read_bytes()
    assert not certificates.ensure(tls, at=NOW + timedelta(days=300))
    assert (tls / "cert.pem").read_bytes() == before
    assert certificates.ensure(tls, at=NOW + timedelta(days=380))


def test_what_does_not_belong_together_is_made_anew(tls: Path) -> None:
    """A stop between two of the three files, or another name, must not stay."""
    other = tls.parent / "other"
    certificates.ensure(other, at=NOW)
    (tls / "key.pem").write_bytes((other / "key.pem").read_bytes())
    assert certificates.ensure(tls, at=NOW)
    assert certificates.ensure(tls, at=NOW, names=("shop.example", "localhost"))


def test_a_merchant_s_own_certificate_is_never_touched(tmp_path: Path) -> None:
    """Not even when it has ended: renewing it is not ours, and `check` says so."""
    made = outside.certificates(tmp_path)
    for source, name in ((made.certificate, "cert.pem"), (made.key, "key.pem")):
        (tmp_path / name).write_bytes(source.read_bytes())
    assert not certificates.ensure(tmp_path, at=NOW + timedelta(days=3650))
    assert not certificates.is_local(tmp_path)
