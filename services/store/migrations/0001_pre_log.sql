-- The append-only log: one chain of events per tenant. Every key leads with the district, so that a district can be
-- placed on a node of its own. Nothing here is ever updated or deleted except the head row of a tenant.

create table sanzi.head (
    district_id uuid        not null,
    tenant_id   uuid        not null,
    position    bigint      not null,
    hash        bytea       not null,
    recorded_at timestamptz not null,
    primary key (district_id, tenant_id)
) with (fillfactor = 50);

create table sanzi.event (
    district_id    uuid        not null,
    tenant_id      uuid        not null,
    position       bigint      not null,
    stream_id      uuid        not null,
    version        integer     not null,
    type           text        not null,
    schema_version smallint    not null,
    data           bytea       not null,
    meta           bytea       not null,
    command_id     uuid        not null,
    ord            smallint    not null,
    digest         bytea       not null,
    hash           bytea       not null,
    recorded_at    timestamptz not null,
    primary key (district_id, tenant_id, position),
    unique (district_id, tenant_id, stream_id, version),
    unique (district_id, tenant_id, command_id, ord)
);

create table sanzi.checkpoint (
    district_id uuid        not null,
    tenant_id   uuid        not null,
    reader      text        not null,
    position    bigint      not null,
    updated_at  timestamptz not null default now(),
    primary key (district_id, tenant_id, reader)
);

-- Behind the privileges stand triggers: not even the owner changes an event by accident.
create function sanzi.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'sanzi.event is append-only' using errcode = '42501';
end $$;
create trigger event_append_only before update or delete on sanzi.event
    for each row execute function sanzi.refuse_change();
create trigger event_no_truncate before truncate on sanzi.event
    for each statement execute function sanzi.refuse_change();

-- The scope of a connection: one district and the tenants in it that the statement may see.
create function sanzi.scope_district() returns uuid language sql stable parallel safe as
    $$ select nullif(current_setting('sanzi.district', true), '')::uuid $$;
create function sanzi.scope_tenants() returns uuid[] language sql stable parallel safe as
    $$ select coalesce(nullif(current_setting('sanzi.tenants', true), ''), '{}')::uuid[] $$;

alter table sanzi.head enable row level security;
alter table sanzi.head force row level security;
alter table sanzi.event enable row level security;
alter table sanzi.event force row level security;
alter table sanzi.checkpoint enable row level security;
alter table sanzi.checkpoint force row level security;

create policy scope on sanzi.head for select to sanzi_service using (
    district_id = (select sanzi.scope_district()) and tenant_id = any ((select sanzi.scope_tenants())::uuid[]));
create policy scope on sanzi.event for select to sanzi_service using (
    district_id = (select sanzi.scope_district()) and tenant_id = any ((select sanzi.scope_tenants())::uuid[]));
create policy scope on sanzi.checkpoint to sanzi_service using (
    district_id = (select sanzi.scope_district()) and tenant_id = any ((select sanzi.scope_tenants())::uuid[]));
-- The owner replays and verifies whole districts.
create policy owner on sanzi.head to sanzi_owner using (true);
create policy owner on sanzi.event to sanzi_owner using (true);
create policy owner on sanzi.checkpoint to sanzi_owner using (true);

-- The service adds events through sanzi.append alone (services/store/sql).
grant select on sanzi.head, sanzi.event to sanzi_service;
grant select, insert, update on sanzi.checkpoint to sanzi_service;
