"""A release folder in, pages and open files out. Imports ``schemas`` only; never opens the vault or the
warehouse."""
