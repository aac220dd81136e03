-- What one event's digest covers, in canonical form: every field as a four-byte big-endian length and its bytes.
-- domain/decisions/0002-canonical-digest.md says the same in words, so that anyone can compute it again.
-- The time of recording comes last and has a function of its own: append_one.sql knows the rest before its head has moved.
create or replace function sanzi.event_content(
    p_district uuid, p_tenant uuid, p_stream uuid, p_version integer, p_type text, p_schema_version smallint,
    p_command uuid, p_ord smallint, p_meta bytea, p_data bytea
) returns bytea language sql stable parallel safe as $$
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

create or replace function sanzi.content_digest(p_content bytea, p_recorded_at timestamptz)
returns bytea language sql stable parallel safe as $$
    select sha256(p_content || '\x00000008'::bytea || int8send((extract(epoch from p_recorded_at) * 1000000)::bigint))
$$;

create or replace function sanzi.event_digest(
    p_district uuid, p_tenant uuid, p_stream uuid, p_version integer, p_type text, p_schema_version smallint,
    p_command uuid, p_ord smallint, p_meta bytea, p_data bytea, p_recorded_at timestamptz
) returns bytea language sql stable parallel safe as $$
    select sanzi.content_digest(sanzi.event_content(p_district, p_tenant, p_stream, p_version, p_type, p_schema_version,
        p_command, p_ord, p_meta, p_data), p_recorded_at)
$$;
