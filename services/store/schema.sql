-- The schema that all migrations give. Written by `uv run python -m services.store.snapshot`; a test compares.

CREATE SCHEMA sanzi;

CREATE FUNCTION sanzi.append(p_district uuid, p_tenant uuid, p_command uuid, p_meta bytea, p_streams uuid[], p_versions integer[], p_types text[], p_schema_versions smallint[], p_datas bytea[], p_guard_types text[], p_guard_position bigint, p_changes jsonb[]) RETURNS TABLE(head_position bigint, head_hash bytea, head_recorded_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    n constant integer := cardinality(p_streams);
    now constant timestamptz := clock_timestamp();
    pos bigint;
    link bytea;
    at timestamptz;
    digest bytea;
begin
    loop
        update sanzi.head h
           set position = h.position + n, recorded_at = greatest(h.recorded_at, now)
         where h.district_id = p_district and h.tenant_id = p_tenant
        returning h.position - n, h.hash, h.recorded_at into pos, link, at;
        exit when found;
        insert into sanzi.head values (p_district, p_tenant, 0, sha256(''), now) on conflict do nothing;
    end loop;

    if p_guard_position < pos then
        if exists (select from sanzi.event e where e.district_id = p_district and e.tenant_id = p_tenant
               and e.position > p_guard_position and e.type = any (p_guard_types)) then
            raise exception 'a guarded event came after position %', p_guard_position using errcode = 'SZ002';
        end if;
    end if;

    for i in 1..n loop
        digest := sanzi.event_digest(p_district, p_tenant, p_streams[i], p_versions[i], p_types[i],
            p_schema_versions[i], p_command, i::smallint, p_meta, p_datas[i], at);
        link := sha256(link || int8send(pos + i) || digest);
        insert into sanzi.event values (p_district, p_tenant, pos + i, p_streams[i], p_versions[i], p_types[i],
            p_schema_versions[i], p_datas[i], p_meta, p_command, i, digest, link, at);
        if p_changes[i] is not null then
            perform sanzi_read.apply(p_district, p_tenant, pos + i, at, p_changes[i]);
        end if;
    end loop;

    update sanzi.head h set hash = link where h.district_id = p_district and h.tenant_id = p_tenant;
    head_position := pos + n;
    head_hash := link;
    head_recorded_at := at;
    return next;
end $$;

CREATE FUNCTION sanzi.append_one(p_district uuid, p_tenant uuid, p_command uuid, p_meta bytea, p_stream uuid, p_version integer, p_type text, p_schema_version smallint, p_data bytea, p_guard_types text[], p_guard_position bigint, p_changes jsonb, OUT head_position bigint, OUT head_hash bytea, OUT head_recorded_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    now constant timestamptz := clock_timestamp();
    content constant bytea := sanzi.event_content(p_district, p_tenant, p_stream, p_version, p_type, p_schema_version,
        p_command, 1::smallint, p_meta, p_data);
begin
    loop
        update sanzi.head h
           set position = h.position + 1, recorded_at = greatest(h.recorded_at, now),
               hash = sha256(h.hash || int8send(h.position + 1)
                   || sanzi.content_digest(content, greatest(h.recorded_at, now)))
         where h.district_id = p_district and h.tenant_id = p_tenant
        returning h.position, h.hash, h.recorded_at into head_position, head_hash, head_recorded_at;
        exit when found;
        insert into sanzi.head values (p_district, p_tenant, 0, sha256(''), now) on conflict do nothing;
    end loop;

    if p_guard_position < head_position - 1 then
        if exists (select from sanzi.event e where e.district_id = p_district and e.tenant_id = p_tenant
               and e.position > p_guard_position and e.type = any (p_guard_types)) then
            raise exception 'a guarded event came after position %', p_guard_position using errcode = 'SZ002';
        end if;
    end if;

    insert into sanzi.event values (p_district, p_tenant, head_position, p_stream, p_version, p_type, p_schema_version,
        p_data, p_meta, p_command, 1, sanzi.content_digest(content, head_recorded_at), head_hash, head_recorded_at);
    if p_changes is not null then
        perform sanzi_read.apply(p_district, p_tenant, head_position, head_recorded_at, p_changes);
    end if;
end $$;

CREATE FUNCTION sanzi.content_digest(p_content bytea, p_recorded_at timestamp with time zone) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select sha256(p_content || '\x00000008'::bytea || int8send((extract(epoch from p_recorded_at) * 1000000)::bigint))
$$;

CREATE FUNCTION sanzi.event_content(p_district uuid, p_tenant uuid, p_stream uuid, p_version integer, p_type text, p_schema_version smallint, p_command uuid, p_ord smallint, p_meta bytea, p_data bytea) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select '\x00000010'::bytea || uuid_send(p_district)
        || '\x00000010'::bytea || uuid_send(p_tenant)
        || '\x00000010'::bytea || uuid_send(p_stream)
        || '\x00000004'::bytea || int4send(p_version)
        || int4send(octet_length(convert_to(p_type, 'UTF8'))) || convert_to(p_type, 'UTF8')
        || '\x00000002'::bytea || int2send(p_schema_version)
        || '\x00000010'::bytea || uuid_send(p_command)
        || '\x00000002'::bytea || int2send(p_ord)
        || int4send(octet_length(p_meta)) || p_meta
        || int4send(octet_length(p_data)) || p_data
$$;

CREATE FUNCTION sanzi.event_digest(p_district uuid, p_tenant uuid, p_stream uuid, p_version integer, p_type text, p_schema_version smallint, p_command uuid, p_ord smallint, p_meta bytea, p_data bytea, p_recorded_at timestamp with time zone) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select sanzi.content_digest(sanzi.event_content(p_district, p_tenant, p_stream, p_version, p_type, p_schema_version,
        p_command, p_ord, p_meta, p_data), p_recorded_at)
$$;

CREATE FUNCTION sanzi.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'sanzi.event is append-only' using errcode = '42501';
end $$;

CREATE FUNCTION sanzi.scope_district() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ select nullif(current_setting('sanzi.district', true), '')::uuid $$;

CREATE FUNCTION sanzi.scope_tenants() RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ select coalesce(nullif(current_setting('sanzi.tenants', true), ''), '{}')::uuid[] $$;

CREATE TABLE sanzi.checkpoint (
    district_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    reader text NOT NULL,
    "position" bigint NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY sanzi.checkpoint FORCE ROW LEVEL SECURITY;

CREATE TABLE sanzi.credential (
    district_id uuid NOT NULL,
    login text NOT NULL,
    member_id uuid NOT NULL,
    password_hash text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY sanzi.credential FORCE ROW LEVEL SECURITY;

CREATE TABLE sanzi.event (
    district_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    "position" bigint NOT NULL,
    stream_id uuid NOT NULL,
    version integer NOT NULL,
    type text NOT NULL,
    schema_version smallint NOT NULL,
    data bytea NOT NULL,
    meta bytea NOT NULL,
    command_id uuid NOT NULL,
    ord smallint NOT NULL,
    digest bytea NOT NULL,
    hash bytea NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY sanzi.event FORCE ROW LEVEL SECURITY;

CREATE TABLE sanzi.head (
    district_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    "position" bigint NOT NULL,
    hash bytea NOT NULL,
    recorded_at timestamp with time zone NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY sanzi.head FORCE ROW LEVEL SECURITY;

CREATE TABLE sanzi.migration (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

COMMENT ON TABLE sanzi.migration IS 'Which migrations were applied, with the content they had then.';

CREATE TABLE sanzi.refresh_token (
    district_id uuid NOT NULL,
    hash bytea NOT NULL,
    session_id uuid NOT NULL,
    member_id uuid NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT refresh_token_hash_check CHECK ((length(hash) = 32))
);

ALTER TABLE ONLY sanzi.refresh_token FORCE ROW LEVEL SECURITY;

CREATE TABLE sanzi.session (
    district_id uuid NOT NULL,
    session_id uuid NOT NULL,
    member_id uuid NOT NULL,
    term_id uuid,
    started_at timestamp with time zone NOT NULL,
    good_until timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    reason text,
    CONSTRAINT session_check CHECK (((ended_at IS NULL) = (reason IS NULL)))
);

ALTER TABLE ONLY sanzi.session FORCE ROW LEVEL SECURITY;

CREATE TABLE sanzi.subject_key (
    district_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    wrapped bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    destroyed_at timestamp with time zone,
    CONSTRAINT subject_key_check CHECK (((wrapped IS NULL) = (destroyed_at IS NOT NULL)))
);

ALTER TABLE ONLY sanzi.subject_key FORCE ROW LEVEL SECURITY;

ALTER TABLE ONLY sanzi.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (district_id, tenant_id, reader);

ALTER TABLE ONLY sanzi.credential
    ADD CONSTRAINT credential_district_id_member_id_key UNIQUE (district_id, member_id);

ALTER TABLE ONLY sanzi.credential
    ADD CONSTRAINT credential_pkey PRIMARY KEY (district_id, login);

ALTER TABLE ONLY sanzi.event
    ADD CONSTRAINT event_district_id_tenant_id_command_id_ord_key UNIQUE (district_id, tenant_id, command_id, ord);

ALTER TABLE ONLY sanzi.event
    ADD CONSTRAINT event_district_id_tenant_id_stream_id_version_key UNIQUE (district_id, tenant_id, stream_id, version);

ALTER TABLE ONLY sanzi.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (district_id, tenant_id, "position");

ALTER TABLE ONLY sanzi.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (district_id, tenant_id);

ALTER TABLE ONLY sanzi.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);

ALTER TABLE ONLY sanzi.refresh_token
    ADD CONSTRAINT refresh_token_pkey PRIMARY KEY (district_id, hash);

ALTER TABLE ONLY sanzi.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (district_id, session_id);

ALTER TABLE ONLY sanzi.subject_key
    ADD CONSTRAINT subject_key_pkey PRIMARY KEY (district_id, subject_id);

CREATE INDEX refresh_token_session ON sanzi.refresh_token USING btree (district_id, session_id);

CREATE INDEX session_good_until ON sanzi.session USING btree (district_id, good_until);

CREATE INDEX session_open ON sanzi.session USING btree (district_id, member_id) WHERE (ended_at IS NULL);

CREATE TRIGGER event_append_only BEFORE DELETE OR UPDATE ON sanzi.event FOR EACH ROW EXECUTE FUNCTION sanzi.refuse_change();

CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON sanzi.event FOR EACH STATEMENT EXECUTE FUNCTION sanzi.refuse_change();

ALTER TABLE ONLY sanzi.refresh_token
    ADD CONSTRAINT refresh_token_district_id_session_id_fkey FOREIGN KEY (district_id, session_id) REFERENCES sanzi.session(district_id, session_id) ON DELETE CASCADE;

ALTER TABLE sanzi.checkpoint ENABLE ROW LEVEL SECURITY;

ALTER TABLE sanzi.credential ENABLE ROW LEVEL SECURITY;

ALTER TABLE sanzi.event ENABLE ROW LEVEL SECURITY;

ALTER TABLE sanzi.head ENABLE ROW LEVEL SECURITY;

CREATE POLICY owner ON sanzi.checkpoint TO sanzi_owner USING (true);

CREATE POLICY owner ON sanzi.credential TO sanzi_owner USING (true);

CREATE POLICY owner ON sanzi.event TO sanzi_owner USING (true);

CREATE POLICY owner ON sanzi.head TO sanzi_owner USING (true);

CREATE POLICY owner ON sanzi.refresh_token TO sanzi_owner USING (true);

CREATE POLICY owner ON sanzi.session TO sanzi_owner USING (true);

CREATE POLICY owner ON sanzi.subject_key TO sanzi_owner USING (true);

ALTER TABLE sanzi.refresh_token ENABLE ROW LEVEL SECURITY;

CREATE POLICY scope ON sanzi.checkpoint TO sanzi_service USING (((district_id = ( SELECT sanzi.scope_district() AS scope_district)) AND (tenant_id = ANY (( SELECT sanzi.scope_tenants() AS scope_tenants)::uuid[]))));

CREATE POLICY scope ON sanzi.credential TO sanzi_service USING ((district_id = ( SELECT sanzi.scope_district() AS scope_district)));

CREATE POLICY scope ON sanzi.event FOR SELECT TO sanzi_service USING (((district_id = ( SELECT sanzi.scope_district() AS scope_district)) AND (tenant_id = ANY (( SELECT sanzi.scope_tenants() AS scope_tenants)::uuid[]))));

CREATE POLICY scope ON sanzi.head FOR SELECT TO sanzi_service USING (((district_id = ( SELECT sanzi.scope_district() AS scope_district)) AND (tenant_id = ANY (( SELECT sanzi.scope_tenants() AS scope_tenants)::uuid[]))));

CREATE POLICY scope ON sanzi.refresh_token TO sanzi_service USING ((district_id = ( SELECT sanzi.scope_district() AS scope_district)));

CREATE POLICY scope ON sanzi.session TO sanzi_service USING ((district_id = ( SELECT sanzi.scope_district() AS scope_district)));

CREATE POLICY scope ON sanzi.subject_key TO sanzi_service USING ((district_id = ( SELECT sanzi.scope_district() AS scope_district)));

ALTER TABLE sanzi.session ENABLE ROW LEVEL SECURITY;

ALTER TABLE sanzi.subject_key ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA sanzi TO sanzi_service;

REVOKE ALL ON FUNCTION sanzi.append(p_district uuid, p_tenant uuid, p_command uuid, p_meta bytea, p_streams uuid[], p_versions integer[], p_types text[], p_schema_versions smallint[], p_datas bytea[], p_guard_types text[], p_guard_position bigint, p_changes jsonb[]) FROM PUBLIC;
GRANT ALL ON FUNCTION sanzi.append(p_district uuid, p_tenant uuid, p_command uuid, p_meta bytea, p_streams uuid[], p_versions integer[], p_types text[], p_schema_versions smallint[], p_datas bytea[], p_guard_types text[], p_guard_position bigint, p_changes jsonb[]) TO sanzi_service;

REVOKE ALL ON FUNCTION sanzi.append_one(p_district uuid, p_tenant uuid, p_command uuid, p_meta bytea, p_stream uuid, p_version integer, p_type text, p_schema_version smallint, p_data bytea, p_guard_types text[], p_guard_position bigint, p_changes jsonb, OUT head_position bigint, OUT head_hash bytea, OUT head_recorded_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION sanzi.append_one(p_district uuid, p_tenant uuid, p_command uuid, p_meta bytea, p_stream uuid, p_version integer, p_type text, p_schema_version smallint, p_data bytea, p_guard_types text[], p_guard_position bigint, p_changes jsonb, OUT head_position bigint, OUT head_hash bytea, OUT head_recorded_at timestamp with time zone) TO sanzi_service;

GRANT SELECT,INSERT,UPDATE ON TABLE sanzi.checkpoint TO sanzi_service;

GRANT SELECT,INSERT,DELETE ON TABLE sanzi.credential TO sanzi_service;

GRANT UPDATE(password_hash) ON TABLE sanzi.credential TO sanzi_service;

GRANT UPDATE(changed_at) ON TABLE sanzi.credential TO sanzi_service;

GRANT SELECT ON TABLE sanzi.event TO sanzi_service;

GRANT SELECT ON TABLE sanzi.head TO sanzi_service;

GRANT SELECT ON TABLE sanzi.migration TO sanzi_service;

GRANT SELECT,INSERT ON TABLE sanzi.refresh_token TO sanzi_service;

GRANT UPDATE(used_at) ON TABLE sanzi.refresh_token TO sanzi_service;

GRANT SELECT,INSERT,DELETE ON TABLE sanzi.session TO sanzi_service;

GRANT UPDATE(term_id) ON TABLE sanzi.session TO sanzi_service;

GRANT UPDATE(ended_at) ON TABLE sanzi.session TO sanzi_service;

GRANT UPDATE(reason) ON TABLE sanzi.session TO sanzi_service;

GRANT SELECT,INSERT ON TABLE sanzi.subject_key TO sanzi_service;

GRANT UPDATE(wrapped) ON TABLE sanzi.subject_key TO sanzi_service;

GRANT UPDATE(destroyed_at) ON TABLE sanzi.subject_key TO sanzi_service;
