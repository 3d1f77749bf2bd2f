"""python -m plugin_host: the same as d2m-host."""

import sys

from plugin_host.app import main

sys.exit(main())
