-- Makes the role that Hallpass administers a server with: PostgreSQL 13 to 18, run with psql as a superuser, again and
-- again without harm. It can make roles, end their sessions and remove them. It reads no table, owns nothing, and is no
-- member of any group role.
--
--   HALLPASS_ADMIN_PASSWORD=… psql --no-psqlrc -v ON_ERROR_STOP=1 -d orders -f admin.sql
--
-- The name is hallpass_admin; add -v admin=<name> for another.
\if :{?admin}
\else
\set admin hallpass_admin
\endif
\set password `printenv HALLPASS_ADMIN_PASSWORD`
SET client_min_messages = warning;
-- The password is in the next statements, and should be in no log.
SET log_statement = none;
SET log_min_duration_statement = -1;
SET log_min_error_statement = panic;
SET password_encryption = 'scram-sha-256';

SELECT format('CREATE ROLE %I', :'admin') WHERE to_regrole(quote_ident(:'admin')) IS NULL \gexec
ALTER ROLE :"admin" LOGIN CREATEROLE NOSUPERUSER NOCREATEDB NOREPLICATION NOBYPASSRLS INHERIT PASSWORD :'password';
-- To end open sessions of the users it made.
GRANT pg_signal_backend TO :"admin";
