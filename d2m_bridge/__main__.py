"""python -m d2m_bridge is the d2m command."""

import sys

from d2m_bridge.cli import main

if __name__ == "__main__":
    sys.exit(main())
