"""The ledger: events go in here, for good, and come out again. ledger.py alone opens its file."""
