-- The two roles and the database, for the administrator of a PostgreSQL of one's own (15 or later): run this once
-- with psql, then give both roles a password (\password sanzi_owner). The embedded server runs it by itself.
-- The owner changes the schema; the service works in it, owns nothing and sees what row-level security lets it see.
-- A blank line ends a statement.

create role sanzi_owner login nosuperuser nocreatedb nocreaterole nobypassrls;

create role sanzi_service login nosuperuser nocreatedb nocreaterole nobypassrls;

alter role sanzi_owner set search_path = sanzi;

alter role sanzi_service set search_path = sanzi;

create database sanzi owner sanzi_owner template template0 encoding 'UTF8';
