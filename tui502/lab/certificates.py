"""The certificate of a lab's TLS application, and its key.

Made by the `openssl` program for a name of this lab. Where there is none, the pair in `practice_tls/` is copied: a self-signed certificate for PACKAGED_NAME,
valid from 2020 to 2120. Its key is public, being part of this package: it protects nothing and is trusted by nobody but the nginx of a lab.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tui502.lab.plan import CannotStart, Plan

PACKAGED = Path(__file__).parent / "practice_tls"
PACKAGED_NAME = "backend.practice.test"
DAYS = 30


def name(plan: Plan) -> str:
    """The DNS name for which the certificate is made."""
    return f"{plan.names[0]}.internal.{plan.domain}" if plan.openssl else PACKAGED_NAME


def certificate(plan: Plan) -> str:
    """Its file; being self-signed, it is also what trusts it."""
    return f"{plan.directory}/tls/certificate.pem"


def key(plan: Plan) -> str:
    return f"{plan.directory}/tls/key.pem"


def options(plan: Plan) -> tuple[str, ...]:
    """The words with which an application of the lab speaks TLS."""
    return ("--tls", certificate(plan), key(plan))


def make(plan: Plan) -> None:
    """Make the pair. Raises CannotStart where the openssl program fails."""
    Path(plan.directory, "tls").mkdir()
    if not plan.openssl:
        shutil.copy(PACKAGED / "certificate.pem", certificate(plan))
        shutil.copy(PACKAGED / "key.pem", key(plan))
        return
    argv = [plan.openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256", "-days", str(DAYS)]
    argv += ["-subj", f"/CN={name(plan)}", "-addext", f"subjectAltName=DNS:{name(plan)}", "-keyout", key(plan), "-out", certificate(plan)]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30, check=False)
    if done.returncode:
        raise CannotStart(f"openssl made no certificate: {done.stdout.decode(errors='replace').strip()}")
