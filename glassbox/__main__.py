"""`python -m glassbox` does what the command does."""

import sys

from glassbox import main

sys.exit(main())
