-- Secrets of signing in and of sealing. They change and vanish, which is why they are rows and not events; the events
-- tell who signed in and when. Every key leads with the district, and nothing is unique across districts.

create table sanzi.credential (
    district_id   uuid        not null,
    login         text        not null,
    member_id     uuid        not null,
    password_hash text        not null,
    changed_at    timestamptz not null,
    primary key (district_id, login),
    unique (district_id, member_id)
);

create table sanzi.session (
    district_id uuid        not null,
    session_id  uuid        not null,
    member_id   uuid        not null,
    term_id     uuid,
    started_at  timestamptz not null,
    good_until  timestamptz not null,
    ended_at    timestamptz,
    reason      text,
    primary key (district_id, session_id),
    check ((ended_at is null) = (reason is null))
);
create index session_open on sanzi.session (district_id, member_id) where ended_at is null;
create index session_good_until on sanzi.session (district_id, good_until);

create table sanzi.refresh_token (
    district_id uuid        not null,
    hash        bytea       not null check (length(hash) = 32),
    session_id  uuid        not null,
    member_id   uuid        not null,
    issued_at   timestamptz not null,
    expires_at  timestamptz not null,
    used_at     timestamptz,
    primary key (district_id, hash),
    foreign key (district_id, session_id) references sanzi.session on delete cascade
);
create index refresh_token_session on sanzi.refresh_token (district_id, session_id);

-- An erased subject keeps its row without a key: no later value can quietly make a new one.
create table sanzi.subject_key (
    district_id  uuid        not null,
    subject_id   uuid        not null,
    wrapped      bytea,
    created_at   timestamptz not null default now(),
    destroyed_at timestamptz,
    primary key (district_id, subject_id),
    check ((wrapped is null) = (destroyed_at is not null))
);

alter table sanzi.credential enable row level security;
alter table sanzi.credential force row level security;
alter table sanzi.session enable row level security;
alter table sanzi.session force row level security;
alter table sanzi.refresh_token enable row level security;
alter table sanzi.refresh_token force row level security;
alter table sanzi.subject_key enable row level security;
alter table sanzi.subject_key force row level security;

-- A member may act in several tenants of a district, so the scope here is the district alone.
create policy scope on sanzi.credential to sanzi_service using (district_id = (select sanzi.scope_district()));
create policy scope on sanzi.session to sanzi_service using (district_id = (select sanzi.scope_district()));
create policy scope on sanzi.refresh_token to sanzi_service using (district_id = (select sanzi.scope_district()));
create policy scope on sanzi.subject_key to sanzi_service using (district_id = (select sanzi.scope_district()));
-- A backup taken by the owner must be whole: sealed data without its keys is lost.
create policy owner on sanzi.credential to sanzi_owner using (true);
create policy owner on sanzi.session to sanzi_owner using (true);
create policy owner on sanzi.refresh_token to sanzi_owner using (true);
create policy owner on sanzi.subject_key to sanzi_owner using (true);

grant select, insert, delete, update (password_hash, changed_at) on sanzi.credential to sanzi_service;
grant select, insert, delete, update (term_id, ended_at, reason) on sanzi.session to sanzi_service;
grant select, insert, update (used_at) on sanzi.refresh_token to sanzi_service;
grant select, insert, update (wrapped, destroyed_at) on sanzi.subject_key to sanzi_service;
