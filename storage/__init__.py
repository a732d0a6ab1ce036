"""What is kept: tables, queries, migrations, inbox, outbox, jobs, secrets, retention."""
