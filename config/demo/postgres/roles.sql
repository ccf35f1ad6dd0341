-- Run by hack/demo as superuser in the database shop, again and again without harm; :'password' is a psql variable.
-- Prepares the database for Hallpass, as its owner would: an administrator that can do no more than it must, and a group
-- role that holds the grants.
SET client_min_messages = warning;
SELECT 'CREATE ROLE hallpass_admin LOGIN CREATEROLE' WHERE to_regrole('hallpass_admin') IS NULL \gexec
SELECT 'CREATE ROLE orders_reader NOLOGIN' WHERE to_regrole('orders_reader') IS NULL \gexec
ALTER ROLE hallpass_admin PASSWORD :'password';
-- To end open sessions of the users it made.
GRANT pg_signal_backend TO hallpass_admin;
GRANT orders_reader TO hallpass_admin WITH ADMIN OPTION;

CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY, item text NOT NULL, amount numeric NOT NULL);
INSERT INTO orders SELECT i, 'item ' || i, i * 9.9 FROM generate_series(1, 42) i ON CONFLICT DO NOTHING;
GRANT SELECT ON orders TO orders_reader;
