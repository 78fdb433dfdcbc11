"""Dask's settings as an administrator has them, for a cluster with certificates of its own."""

from pathlib import Path

from banks import ROOT

from casebook_grader.deployment.certificates import write_certificates

FILES = ROOT / "utils" / "casebook_grader" / "deployment"


def write_settings(folder: Path) -> Path:
    """Write certificates into `folder / "tls"`, and settings that name them; return their file."""
    write_certificates(folder / "tls")
    text = (FILES / "distributed.yaml").read_text(encoding="utf-8")
    assert "/etc/casebook/" in text
    file = folder / "distributed.yaml"
    file.write_text(text.replace("/etc/casebook/", f"{folder}/tls/"), encoding="utf-8")
    return file
