"""Article texts in, measured re-use between texts out. What a measurement is called is decided in sql/."""
