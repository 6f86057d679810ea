"""Model servers for tests: they speak the real protocols over real sockets and play a script, good or bad."""
