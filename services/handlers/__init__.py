"""Commands and their handlers, one file per context: load, call the aggregate, save. Importing this registers all."""

from services.handlers import disclosures, ledger, tenancy, vouchers

__all__ = ["disclosures", "ledger", "tenancy", "vouchers"]
