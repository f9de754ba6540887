"""Where a server process begins: it imports its modules without collecting garbage meanwhile."""

import gc
import sys
from importlib import import_module

# Nothing that an import makes is ever garbage: looking for some costs a sixth of the start.
gc.disable()

if __name__ == "__main__":
    sys.exit(import_module("api.server_process").main(int(sys.argv[1])))
