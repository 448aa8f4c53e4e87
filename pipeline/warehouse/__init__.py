"""The warehouse: what people query, built out of the ledger by the models in sql/."""
