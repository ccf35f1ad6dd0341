-- Makes the group role of an access level, and lets Hallpass hand it out: PostgreSQL 13 to 18, run with psql as a
-- superuser after admin.sql, once for each group.
--
--   psql --no-psqlrc -v ON_ERROR_STOP=1 -v group=orders_reader -d orders -f level.sql
--
-- What the level may do is then granted to the group, e.g. GRANT SELECT ON ALL TABLES IN SCHEMA public TO orders_reader.
-- For a level with ownedObjects: Reassign add -v owner=<reassignTo>.
\if :{?admin}
\else
\set admin hallpass_admin
\endif
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I', :'group') WHERE to_regrole(quote_ident(:'group')) IS NULL \gexec
-- A group that can log in is refused: its members could set its password.
ALTER ROLE :"group" NOLOGIN;
GRANT :"group" TO :"admin" WITH ADMIN OPTION;
\if :{?owner}
SELECT format('CREATE ROLE %I NOLOGIN', :'owner') WHERE to_regrole(quote_ident(:'owner')) IS NULL \gexec
GRANT :"owner" TO :"admin";
\endif
