"""Makes the certificate of a store on one's own machine, by an authority of its own, used once (P36).

The authority's key exists only while the certificate is signed. Kept, it would be worth stealing: whoever
has it could pose as a local server before all who trust the authority. The price is a new authority at each
renewal.
"""

import os
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE_DAYS = 397  # browsers refuse more
RENEW_DAYS = 30
NAMES = ("localhost", "127.0.0.1", "::1")
CERTIFICATE = "cert.pem"
KEY = "key.pem"
AUTHORITY = "ca.pem"
_AUTHORITY_NAME = "microkitten local authority"


def ensure(folder: Path, *, at: datetime, names: tuple[str, ...] = NAMES) -> bool:
    """Make `ca.pem`, `cert.pem`, `key.pem` (0600) in `folder` if missing, near their end or of other names.
    Params: `at` the time that counts as now. Returns: whether new ones were made. Standard: RFC 5280.
    """
    if (folder / CERTIFICATE).exists() and not is_local(folder):
        return False  # brought by the merchant: renewing it is not ours
    if days_left(folder / CERTIFICATE, at=at) > RENEW_DAYS and (folder / KEY).exists():
        certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
        present = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if set(present) == set(_general_names(names)) and _fits(folder):
            return False
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    authority = _authority(authority_key, names, at)
    leaf = _leaf(leaf_key, authority, authority_key, names, at)
    key = leaf_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = serialization.Encoding.PEM
    _replace(folder / KEY, key, 0o600)
    _replace(folder / AUTHORITY, authority.public_bytes(pem), 0o644)
    _replace(folder / CERTIFICATE, leaf.public_bytes(pem), 0o644)
    return True


def is_local(folder: Path) -> bool:
    """Whether the certificate in `folder` was made here, by an authority that no browser knows."""
    try:
        certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    except (OSError, ValueError):
        return False
    return certificate.issuer.rfc4514_string().startswith(f"CN={_AUTHORITY_NAME}")


def days_left(path: Path, *, at: datetime) -> float:
    """Return the days until the certificate at `path` ends: negative once it has, -inf if there is none."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return float("-inf")
    return (certificate.not_valid_after_utc - at) / timedelta(days=1)


def _fits(folder: Path) -> bool:
    """Whether key, certificate and authority belong together: a start mends what a stop cut in two."""
    try:
        key = serialization.load_pem_private_key((folder / KEY).read_bytes(), None)
        leaf = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
        authority = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    except (OSError, ValueError):
        return False
    return leaf.public_key() == key.public_key() and leaf.issuer == authority.subject


def _general_names(names: tuple[str, ...]) -> list[x509.GeneralName]:
    return [x509.IPAddress(ip_address(name)) if _is_ip(name) else x509.DNSName(name) for name in names]


def _allowed(names: tuple[str, ...]) -> list[x509.GeneralName]:
    """The same names as constraints: the authority can speak for no other, even if its key had been kept."""
    return [x509.IPAddress(ip_network(name)) if _is_ip(name) else x509.DNSName(name) for name in names]


def _is_ip(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(subject: x509.Name, issuer: x509.Name, at: datetime) -> x509.CertificateBuilder:
    begin = at.astimezone(UTC).replace(microsecond=0) - timedelta(hours=1)  # clocks of browsers may lag
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=LIFE_DAYS) - timedelta(seconds=1))
    )


def _authority(key: ec.EllipticCurvePrivateKey, names: tuple[str, ...], at: datetime) -> x509.Certificate:
    subject = _name(f"{_AUTHORITY_NAME} {x509.random_serial_number() & 0xFFFFFF:06x}")
    return (
        _builder(subject, subject, at)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(_allowed(names), None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    names: tuple[str, ...],
    at: datetime,
) -> x509.Certificate:
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        _builder(_name(names[0]), authority.subject, at)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(_general_names(names)), critical=False)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _replace(path: Path, content: bytes, mode: int) -> None:
    """Put `content` in place as a whole, keeping owner and group that an earlier file was given."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        before = path.stat()
        if os.geteuid() == 0:
            os.chown(part, before.st_uid, before.st_gid)
            part.chmod(before.st_mode & 0o777)
    part.replace(path)
