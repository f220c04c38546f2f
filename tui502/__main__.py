"""`python -m tui502`."""

import sys

from tui502.cli import main

sys.exit(main())
