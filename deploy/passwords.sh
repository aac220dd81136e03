#!/bin/bash
# Gives the two roles of services/store/roles.sql their passwords; run once by the image of PostgreSQL.
set -euo pipefail
for role in owner service; do
    psql -v ON_ERROR_STOP=1 -U postgres -v name="sanzi_$role" -v password="$(cat "/run/secrets/$role")" <<'SQL'
alter role :"name" password :'password';
SQL
done
