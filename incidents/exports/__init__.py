"""Files that leave with somebody: one list of columns a noun, written by a format. `tables` writes what is small and already in memory."""
