-- Append one command's events to one tenant's log, with their read-model rows, in one round trip. For a single event,
-- which is what most commands record, append_one.sql does the same with less ado; whoever changes one changes both.
--
-- Moving the head row is the lock: from then on every statement sees all that was committed before. Refusals:
--   23505  on sanzi.event: a command id that is in this log already, or a stream that is not where the decision saw it
--   SZ002  an event of a guarded type came after p_guard_position
-- p_changes holds, for each event, the row changes that its projections made, in the form of apply.py.
--
-- It runs as the owner: every statement in it and in apply.py names the district and the tenant itself, and a second
-- filter by row-level security would cost a fifth of the time and lead the planner to wrong indexes (it multiplies the
-- likelihood of the same tenant twice).
create or replace function sanzi.append(
    p_district uuid, p_tenant uuid, p_command uuid, p_meta bytea,
    p_streams uuid[], p_versions integer[], p_types text[], p_schema_versions smallint[], p_datas bytea[],
    p_guard_types text[], p_guard_position bigint, p_changes jsonb[]
) returns table (head_position bigint, head_hash bytea, head_recorded_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
revoke all on function sanzi.append from public;
grant execute on function sanzi.append to sanzi_service;
