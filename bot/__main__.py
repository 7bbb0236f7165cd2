"""`python -m bot` is the command `bylaug`."""

import sys

from bot.cli import main

sys.exit(main())
