"""How Airflow itself is set up, started, stopped and asked. No DAG stands here."""
