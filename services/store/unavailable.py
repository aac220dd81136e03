"""Why the store cannot be used, said to whoever runs the program."""

from __future__ import annotations

from domain.shared.errors import DomainError


class StoreUnavailable(DomainError):
    """The database cannot be used."""

    code = "STORE_UNAVAILABLE"
    zh = "数据库无法使用"


class DirectoryDenied(StoreUnavailable):
    """{directory} cannot be used by this account ({reason}); \
run as the account that owns it, or choose another directory with --data-dir."""

    code = "STORE_DIRECTORY_DENIED"
    zh = (
        "当前系统账号无法使用数据目录 {directory}（{reason}）；请改用该目录的属主账号运行，或用 --data-dir 指定其他目录"
    )


class DirectoryBusy(StoreUnavailable):
    """{directory} is held by another process ({holder}) that does not answer; \
stop that process, or choose another directory with --data-dir."""

    code = "STORE_DIRECTORY_BUSY"
    zh = "数据目录 {directory} 正被另一进程（{holder}）占用且没有响应；请先停止该进程，或用 --data-dir 指定其他目录"


class OtherMajor(StoreUnavailable):
    """{directory} was made by PostgreSQL {found}, this release runs PostgreSQL {wanted}; \
move the data with pg_dump and pg_restore or pg_upgrade, or choose another directory with --data-dir."""

    code = "STORE_OTHER_MAJOR"
    zh = (
        "数据目录 {directory} 由 PostgreSQL {found} 创建，本版本使用 PostgreSQL {wanted}；"
        "请用 pg_dump/pg_restore 或 pg_upgrade 迁移数据，或用 --data-dir 指定其他目录"
    )


class ServerFailed(StoreUnavailable):
    """PostgreSQL in {directory} did not start: {reason}. The log is {log}."""

    code = "STORE_SERVER_FAILED"
    zh = "数据目录 {directory} 中的 PostgreSQL 未能启动：{reason}。日志见 {log}"


class NoBinaries(StoreUnavailable):
    """No PostgreSQL for this system comes with the program; point SANZI_DATABASE_URL at a PostgreSQL 15 or later."""

    code = "STORE_NO_BINARIES"
    zh = "本系统没有随附的 PostgreSQL；请用 SANZI_DATABASE_URL 指向 PostgreSQL 15 或更高版本的数据库"


class BadDatabaseUrl(StoreUnavailable):
    """{field_name} is not the address of a PostgreSQL database; \
write postgresql://user:password@host:5432/database."""

    code = "STORE_BAD_URL"
    zh = "{field_name} 不是 PostgreSQL 数据库地址；请写作 postgresql://用户:密码@主机:5432/数据库"


class CannotConnect(StoreUnavailable):
    """The database does not answer ({reason}); \
see whether it runs, and whether SANZI_DATABASE_URL and SANZI_OWNER_URL are its addresses."""

    code = "STORE_CANNOT_CONNECT"
    zh = "无法连接数据库（{reason}）；请确认数据库已启动，且 SANZI_DATABASE_URL、SANZI_OWNER_URL 的地址正确"


class UnsuitableDatabase(StoreUnavailable):
    """The database has {what} {found}; {wanted} is needed."""

    code = "STORE_UNSUITABLE"
    zh = "数据库的 {what} 为 {found}；需要 {wanted}"


class OwnerNeeded(StoreUnavailable):
    """{names} must be applied, and the role {role} may not; \
set SANZI_OWNER_URL to the address with which the owner sanzi_owner signs in."""

    code = "STORE_OWNER_NEEDED"
    zh = "有待执行的迁移 {names}，而角色 {role} 无权执行；请把 SANZI_OWNER_URL 设为属主 sanzi_owner 的登录地址"


class RoleMissing(StoreUnavailable):
    """The database has no role {role}; let its administrator run services/store/roles.sql once."""

    code = "STORE_ROLE_MISSING"
    zh = "数据库缺少角色 {role}；请由数据库管理员执行一次 services/store/roles.sql"


class MigrationChanged(StoreUnavailable):
    """Migration {name} was applied with other content than it has now; \
restore the file as released, and put the change in a new migration."""

    code = "STORE_MIGRATION_CHANGED"
    zh = "迁移 {name} 的内容与执行时不同；请恢复已发布的文件，并把改动写成新的迁移"


class MigrationOrder(StoreUnavailable):
    """{pre} comes after {post}, which is still to be applied; \
stop the service and run the migrations without a phase."""

    code = "STORE_MIGRATION_ORDER"
    zh = "{pre} 排在尚未执行的 {post} 之后；请停止服务，不分阶段执行全部迁移"


class BadMigrationName(StoreUnavailable):
    """{name} is not a migration's name or repeats a number; write NNNN_pre_name.sql or NNNN_post_name.sql."""

    code = "STORE_MIGRATION_NAME"
    zh = "{name} 不是有效的迁移文件名或编号重复；应写作 NNNN_pre_名称.sql 或 NNNN_post_名称.sql"
