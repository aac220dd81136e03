"""Commands and their handlers, one file per context: load, call the aggregate, save. Importing this registers all."""

from services.handlers import disclosures, ledger, sign_ins, tenancy, vouchers

__all__ = ["disclosures", "ledger", "sign_ins", "tenancy", "vouchers"]
