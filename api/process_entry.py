"""Where a server process begins: it imports its modules without collecting garbage meanwhile."""

import gc
import sys
from importlib import import_module

from api.parent_watch import end_with_parent

# Nothing that an import makes is ever garbage: looking for some costs a sixth of the start.
gc.disable()

if __name__ == "__main__":
    control = int(sys.argv[1])
    end_with_parent(control)
    sys.exit(import_module("api.server_process").main(control))
