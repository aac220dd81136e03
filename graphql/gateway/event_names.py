"""What happened, in words: a name for every event that the log can hold. A test finds an event without one."""

from __future__ import annotations

from collections.abc import Mapping

EVENT_NAMES: Mapping[str, tuple[str, str]] = {
    "tenancy.TenantRegistered": ("登记单位", "tenant registered"),
    "tenancy.TenantRenamed": ("单位更名", "tenant renamed"),
    "tenancy.TenantRecoded": ("变更区划代码", "tenant given another code"),
    "tenancy.TenantMerged": ("单位合并", "tenant merged"),
    "tenancy.MemberRegistered": ("登记人员", "person registered"),
    "tenancy.MemberErased": ("删除个人信息", "personal data erased"),
    "tenancy.BenchOpened": ("建立任职名册", "roll of offices opened"),
    "tenancy.OfficeGiven": ("任命职务", "office given"),
    "tenancy.OfficeEnded": ("终止任职", "office ended"),
    "tenancy.OfficeDelegated": ("委托代行职务", "office delegated"),
    "ledger.BooksOpened": ("建立账套", "books opened"),
    "ledger.AccountOpened": ("增设明细科目", "sub-account opened"),
    "ledger.PeriodClosed": ("结账", "period closed"),
    "ledger.VoucherDrafted": ("填制凭证", "voucher drafted"),
    "ledger.VoucherReviewed": ("审核凭证", "voucher reviewed"),
    "ledger.VoucherReturned": ("退回凭证", "voucher returned"),
    "ledger.VoucherRevised": ("修改凭证", "voucher revised"),
    "ledger.VoucherWithdrawn": ("作废凭证", "voucher withdrawn"),
    "ledger.VoucherSigned": ("签批凭证", "voucher signed"),
    "ledger.VoucherPosted": ("凭证入账", "voucher posted"),
    "ledger.VoucherReversalDrafted": ("填制冲销凭证", "reversal drafted"),
    "ledger.VoucherReversalDropped": ("取消冲销", "reversal dropped"),
    "disclosure.DisclosureDrafted": ("编制公开草案", "disclosure drafted"),
    "disclosure.DisclosureReviewed": ("审核公开内容", "disclosure reviewed"),
    "disclosure.DisclosureReturned": ("退回公开草案", "disclosure returned"),
    "disclosure.DisclosureRedrafted": ("重新编制公开草案", "disclosure redrafted"),
    "disclosure.DisclosureSigned": ("签批公开内容", "disclosure signed"),
    "disclosure.DisclosurePublished": ("公开", "disclosure published"),
    "disclosure.DisclosureFiled": ("备案", "disclosure filed"),
    "access.SignInDayOpened": ("开始当日登录记录", "day of sign-ins opened"),
    "access.SignInRefused": ("登录被拒", "sign-in refused"),
    "access.SignedIn": ("登录", "signed in"),
    "access.SignedOut": ("退出", "signed out"),
    "access.SessionRevoked": ("会话被终止", "session revoked"),
}

STEP_NAMES: Mapping[str, tuple[str, str]] = {
    "drafted": ("编制", "drafted"),
    "revised": ("修改", "revised"),
    "reviewed": ("审核", "reviewed"),
    "returned": ("退回", "returned"),
    "signed": ("签批", "signed"),
    "withdrawn": ("作废", "withdrawn"),
    "posted": ("入账", "posted"),
    "published": ("公开", "published"),
    "filed": ("备案", "filed"),
}
