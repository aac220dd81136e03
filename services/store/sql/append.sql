-- Append one command's events to one tenant's log, with their read-model rows, in one round trip.
--
-- Moving the head row is the lock: from then on every statement sees all that was committed before, so the plain
-- reads below decide safely. Refusals have SQLSTATEs of their own:
--   SZ001  the command id is already in this log (the caller compares its content and returns the first result)
--   SZ002  a stream is not where the decision saw it, or an event of a guarded type came after p_guard_position
-- p_changes holds, for each event, the row changes that its projections made, in the form of apply.py.
create or replace function sanzi.append(
    p_district uuid, p_tenant uuid, p_command uuid, p_meta bytea,
    p_streams uuid[], p_versions integer[], p_types text[], p_schema_versions smallint[], p_datas bytea[],
    p_guard_types text[], p_guard_position bigint, p_changes jsonb[]
) returns table (head_position bigint, head_hash bytea, head_recorded_at timestamptz) language plpgsql as $$
declare
    n constant integer := cardinality(p_streams);
    pos bigint;
    link bytea;
    at timestamptz;
    digest bytea;
    stream record;
begin
    if p_district::text is distinct from current_setting('sanzi.district', true)
       or '{' || p_tenant::text || '}' is distinct from current_setting('sanzi.tenants', true) then
        perform set_config('sanzi.district', p_district::text, true),
                set_config('sanzi.tenants', '{' || p_tenant::text || '}', true);
    end if;

    update sanzi.head h
       set position = h.position + n, recorded_at = greatest(h.recorded_at, clock_timestamp())
     where h.district_id = p_district and h.tenant_id = p_tenant
    returning h.position - n, h.hash, h.recorded_at into pos, link, at;
    if not found then
        insert into sanzi.head values (p_district, p_tenant, 0, sha256(''), clock_timestamp())
            on conflict do nothing;
        update sanzi.head h
           set position = h.position + n, recorded_at = greatest(h.recorded_at, clock_timestamp())
         where h.district_id = p_district and h.tenant_id = p_tenant
        returning h.position - n, h.hash, h.recorded_at into pos, link, at;
    end if;

    if exists (select from sanzi.event e where e.district_id = p_district and e.tenant_id = p_tenant
                and e.command_id = p_command) then
        raise exception 'command % is already recorded', p_command using errcode = 'SZ001';
    end if;
    if n = 1 then
        if p_versions[1] <> 1 + coalesce((
            select e.version from sanzi.event e
             where e.district_id = p_district and e.tenant_id = p_tenant and e.stream_id = p_streams[1]
             order by e.version desc limit 1), 0) then
            raise exception 'stream % has moved', p_streams[1] using errcode = 'SZ002';
        end if;
    else
        for stream in select s.id, min(s.version) as version from unnest(p_streams, p_versions) s(id, version) group by s.id
        loop
            if stream.version <> 1 + coalesce((
                select e.version from sanzi.event e
                 where e.district_id = p_district and e.tenant_id = p_tenant and e.stream_id = stream.id
                 order by e.version desc limit 1), 0) then
                raise exception 'stream % has moved', stream.id using errcode = 'SZ002';
            end if;
        end loop;
    end if;
    if p_guard_position < pos and exists (
        select from sanzi.event e where e.district_id = p_district and e.tenant_id = p_tenant
           and e.position > p_guard_position and e.type = any (p_guard_types)) then
        raise exception 'a guarded event came after position %', p_guard_position using errcode = 'SZ002';
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
    return query select pos + n, link, at;
end $$;
