"""Makes the certificates by which scheduler, workers and graders know each other.

    python -m casebook_grader.deployment.certificates FOLDER

writes `ca.pem`, and for each of scheduler, worker and client a certificate and its key. Whoever
holds any of the keys can run code on every worker. The key of the authority itself is never
written: nobody can add a certificate later, and a key that got out is answered by making all anew.
"""

import datetime
import os
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# A client never listens, so its key must not serve to pose as a scheduler or a worker.
ROLES = {
    "scheduler": (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH),
    "worker": (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH),
    "client": (ExtendedKeyUsageOID.CLIENT_AUTH,),
}
_CLOCKS_DIFFER = datetime.timedelta(hours=1)  # by this at most between the machines


def write_certificates(folder: Path, days: int = 365) -> list[Path]:
    """Make an authority and a certificate of it for each role.

    Args:
        folder: Where to write them; made if it is missing.
        days: How long they hold.

    Returns:
        The files written: `ca.pem`, and for each role `<role>.pem` and `<role>-key.pem`, the keys
        readable by the owner alone.

    Raises:
        FileExistsError: One of the files is there; nothing was written.
    """
    names = ["ca.pem", *(f"{role}{end}.pem" for role in ROLES for end in ("", "-key"))]
    paths = [folder / name for name in names]
    for path in paths:
        if path.exists():
            raise FileExistsError(f"expected no {path.name} in {folder}, found one")
    begin = datetime.datetime.now(datetime.UTC) - _CLOCKS_DIFFER
    end = begin + _CLOCKS_DIFFER + datetime.timedelta(days=days)
    key = ec.generate_private_key(ec.SECP256R1())
    authority = _name("casebook authority")

    def certify(name: x509.Name, public: ec.EllipticCurvePublicKey, *extensions) -> bytes:
        builder = x509.CertificateBuilder(authority, name, public, x509.random_serial_number())
        builder = builder.not_valid_before(begin).not_valid_after(end)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=True)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
        builder = builder.add_extension(identifier, critical=False)
        builder = builder.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(public), critical=False
        )
        certificate = builder.sign(key, hashes.SHA256())
        return certificate.public_bytes(serialization.Encoding.PEM)

    contents = [
        certify(
            authority,
            key.public_key(),
            x509.BasicConstraints(ca=True, path_length=0),
            _usage(authority=True),
        )
    ]
    for role, purposes in ROLES.items():
        own = ec.generate_private_key(ec.SECP256R1())
        contents += [
            certify(
                _name(f"casebook {role}"),
                own.public_key(),
                x509.BasicConstraints(ca=False, path_length=None),
                _usage(authority=False),
                x509.ExtendedKeyUsage(purposes),
            ),
            own.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        ]
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in zip(paths, contents, strict=True):
        mode = 0o600 if path.stem.endswith("-key") else 0o644
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
    return paths


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


@click.command()
@click.option("--days", default=365, show_default=True, help="How long the certificates hold.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def main(days: int, folder: Path) -> None:
    """Write new certificates for scheduler, workers and graders into FOLDER."""
    try:
        paths = write_certificates(folder, days)
    except FileExistsError as error:
        raise click.ClickException(
            f"{error}. Certificates that are in use are not replaced: name another folder, or "
            "remove this one."
        ) from None
    for path in paths:
        click.echo(path)


if __name__ == "__main__":
    main()
