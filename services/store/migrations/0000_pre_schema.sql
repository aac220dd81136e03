-- The schema, and which migrations made it.

create schema if not exists sanzi;

grant usage on schema sanzi to sanzi_service;

create table sanzi.migration (
    name text primary key,
    sha256 text not null,
    applied_at timestamptz not null default clock_timestamp()
);

comment on table sanzi.migration is 'Which migrations were applied, with the content they had then.';

grant select on sanzi.migration to sanzi_service;
