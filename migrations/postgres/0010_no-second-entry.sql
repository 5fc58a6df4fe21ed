-- SQLite refuses a second entry of one number here; PostgreSQL's primary key does, and its trigger refuses an upsert.
SELECT 1;
