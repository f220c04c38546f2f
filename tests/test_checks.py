"""Types, style and the arrows between the packages, as tests: one command checks everything."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def _ran(*argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *argv], cwd=ROOT, capture_output=True, text=True, timeout=300)


def test_types_hold() -> None:
    """If this fails, a value is used as what it is not (mypy --strict)."""
    done = _ran("mypy")
    assert done.returncode == 0, done.stdout + done.stderr


def test_style_holds() -> None:
    """If this fails, ruff has something to say."""
    done = _ran("ruff", "check", "tui502", "tests")
    assert done.returncode == 0, done.stdout


def test_the_arrows_between_the_packages_hold() -> None:
    """If this fails, a package imports one that it must not know (see the contracts in pyproject.toml)."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
