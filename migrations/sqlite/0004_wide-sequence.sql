-- Whole numbers of SQLite have 64 bits already; PostgreSQL widens its own here.
SELECT 1;
