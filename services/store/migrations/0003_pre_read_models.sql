-- Read models: derived from the log, rebuilt from it at any time. How their rows are written is generated from these
-- definitions (services/store/apply.py): `position`, `recorded_at` are of the last change, `since_position`, `since` of the first.

create schema sanzi_read;
grant usage on schema sanzi_read to sanzi_service;

-- The district's register of divisions, in the district's own log.
create table sanzi_read.tenant (
    district_id uuid    not null,
    tenant_id   uuid    not null,
    id          uuid    not null,
    level       text    not null,
    code        text    not null,
    name        text    not null,
    short_name  text    not null,
    sort_key    text    not null,
    parent_id   uuid,
    path        text    not null,
    merged_into uuid,
    position    bigint  not null,
    primary key (district_id, tenant_id, id)
);
create index tenant_id on sanzi_read.tenant (id);
create index tenant_parent on sanzi_read.tenant (district_id, parent_id, sort_key);

-- `valid_from` is the day on which the code came into force, not that of its recording.
create table sanzi_read.tenant_code (
    district_id uuid not null,
    tenant_id   uuid not null,
    code        text not null,
    valid_from  date not null,
    id          uuid not null,
    primary key (district_id, tenant_id, code, valid_from)
);
create index tenant_code_code on sanzi_read.tenant_code (code);

-- People: name, phone and ID number are sealed.
create table sanzi_read.member (
    district_id uuid    not null,
    tenant_id   uuid    not null,
    id          uuid    not null,
    name        text    not null,
    phone       text,
    id_number   text,
    erased      boolean not null,
    position    bigint  not null,
    primary key (district_id, tenant_id, id)
);

create table sanzi_read.office_term (
    district_id  uuid   not null,
    tenant_id    uuid   not null,
    id           uuid   not null,
    member_id    uuid   not null,
    office       text   not null,
    starts       date   not null,
    ends         date,
    delegated_by uuid,
    position     bigint not null,
    primary key (district_id, tenant_id, id)
);
create index office_term_member on sanzi_read.office_term (district_id, member_id);

create table sanzi_read.books (
    district_id  uuid not null,
    tenant_id    uuid not null,
    chart        text not null,
    first_month  text not null,
    closed_until text,
    primary key (district_id, tenant_id)
);

create table sanzi_read.sub_account (
    district_id uuid not null,
    tenant_id   uuid not null,
    code        text not null,
    name        text not null,
    primary key (district_id, tenant_id, code)
);

create table sanzi_read.voucher (
    district_id    uuid        not null,
    tenant_id      uuid        not null,
    id             uuid        not null,
    month          text        not null,
    number         integer     not null,
    occurred_on    date        not null,
    summary        text        not null,
    postings       jsonb       not null,
    total          bigint      not null,
    stage          text        not null,
    drafted_by     uuid        not null,
    reverses       uuid,
    reversal       uuid,
    position       bigint      not null,
    since_position bigint      not null,
    recorded_at    timestamptz not null,
    primary key (district_id, tenant_id, id),
    unique (district_id, tenant_id, month, number)
) with (fillfactor = 70);  -- no index names what changes, so that a change of stage stays on its page

-- What is in the books: one row per line of a posted voucher, with the position at which it was posted.
create table sanzi_read.ledger_entry (
    district_id  uuid        not null,
    tenant_id    uuid        not null,
    voucher_id   uuid        not null,
    line         integer     not null,
    month        text        not null,
    number       integer     not null,
    occurred_on  date        not null,
    account      text        not null,
    summary      text        not null,
    counterparty text        not null,
    debit        bigint      not null,
    credit       bigint      not null,
    position     bigint      not null,
    recorded_at  timestamptz not null,
    primary key (district_id, tenant_id, voucher_id, line)
);
create index ledger_entry_account on sanzi_read.ledger_entry (district_id, tenant_id, account, occurred_on, number);
create index ledger_entry_month on sanzi_read.ledger_entry (district_id, tenant_id, month);

create table sanzi_read.balance (
    district_id uuid   not null,
    tenant_id   uuid   not null,
    month       text   not null,
    account     text   not null,
    debit       bigint not null,
    credit      bigint not null,
    primary key (district_id, tenant_id, month, account)
);

create table sanzi_read.disclosure (
    district_id  uuid        not null,
    tenant_id    uuid        not null,
    id           uuid        not null,
    item         text        not null,
    period       text        not null,
    edition      integer     not null,
    title        text        not null,
    stage        text        not null,
    as_of        bigint      not null,
    figures      jsonb       not null,
    drafted_by   uuid        not null,
    published_on date,
    position     bigint      not null,
    since        timestamptz not null,
    recorded_at  timestamptz not null,
    primary key (district_id, tenant_id, id)
);
create index disclosure_item on sanzi_read.disclosure (district_id, tenant_id, item, period, edition);

do $$
declare
    name text;
begin
    for name in select c.relname from pg_class c
                 where c.relnamespace = 'sanzi_read'::regnamespace and c.relkind = 'r' loop
        execute format('alter table sanzi_read.%I enable row level security', name);
        execute format('alter table sanzi_read.%I force row level security', name);
        execute format('create policy owner on sanzi_read.%I to sanzi_owner using (true)', name);
        execute format('grant select on sanzi_read.%I to sanzi_service', name);
        -- The names and codes of divisions are public. People and offices are read across a district, by their id.
        if name in ('tenant', 'tenant_code') then
            execute format('create policy public_register on sanzi_read.%I for select to sanzi_service using (true)', name);
        elsif name in ('member', 'office_term') then
            execute format('create policy district on sanzi_read.%I for select to sanzi_service
                using (district_id = (select sanzi.scope_district()))', name);
        end if;
        execute format('create policy scope on sanzi_read.%I for select to sanzi_service
            using (district_id = (select sanzi.scope_district()) and tenant_id = any ((select sanzi.scope_tenants())::uuid[]))', name);
    end loop;
end $$;
