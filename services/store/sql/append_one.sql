-- What append.sql does, for a single event: the statement that moves the head makes the link as well.
create or replace function sanzi.append_one(
    p_district uuid, p_tenant uuid, p_command uuid, p_meta bytea,
    p_stream uuid, p_version integer, p_type text, p_schema_version smallint, p_data bytea,
    p_guard_types text[], p_guard_position bigint, p_changes jsonb,
    out head_position bigint, out head_hash bytea, out head_recorded_at timestamptz
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
revoke all on function sanzi.append_one from public;
grant execute on function sanzi.append_one to sanzi_service;
