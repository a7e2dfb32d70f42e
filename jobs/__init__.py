"""THE QUEUE: the table of job transitions, the ledger that walks it, and what carries messages to workers."""
