"""What works on texts, pages and feeds of your own, mostly without a ledger: `claims`, `article`, `feed`, `compare`, `trace`."""
