"""The kinds of row errors in a voucher sheet."""

from __future__ import annotations

from services.imports.errors import Fault

ROW_TOO_WIDE = Fault(
    "ROW_TOO_WIDE",
    "本行单元格多于表头",
    "the row has more cells than the header",
    '含逗号的内容须加英文双引号，例如 "1,234.50"',
    'put double quotes round values that contain a comma, such as "1,234.50"',
)
DATE_INVALID = Fault(
    "DATE_INVALID",
    "不是有效日期",
    "this is not a date",
    "请填写如 {year}-03-01 的日期",
    "write a date such as {year}-03-01",
)
DATE_OUTSIDE_YEAR = Fault(
    "DATE_OUTSIDE_YEAR",
    "日期不在 {year} 年度内",
    "the date is not in {year}",
    "请填写 {year}-01-01 至 {year}-12-31 之间的日期，其他年度请另行导入",
    "give a date from {year}-01-01 to {year}-12-31 and import other years separately",
)
PERIOD_CLOSED = Fault(
    "PERIOD_CLOSED",
    "{month} 已结账",
    "the period {month} is closed",
    "请在未结账的月份以更正凭证入账",
    "enter a correcting voucher in a month that is open",
)
NUMBER_INVALID = Fault(
    "NUMBER_INVALID",
    "不是有效凭证号",
    "this is not a voucher number",
    "请填写从 1 开始的整数，例如 1 或 记-0001",
    "write a whole number from 1 on, such as 1 or 记-0001",
)
NUMBER_REPEATED = Fault(
    "NUMBER_REPEATED",
    "{month} 的凭证号 {number} 在第 {first} 行已出现",
    "number {number} of {month} already stands in row {first}",
    "同一凭证的各行须日期相同并连续排列；不同凭证请改用下一个凭证号",
    "keep the rows of one voucher together under one date, or give another voucher the next number",
)
NUMBER_TAKEN = Fault(
    "NUMBER_TAKEN",
    "{month} 的凭证号 {number} 已入账",
    "number {number} of {month} is already in the books",
    "该月请从 {expected} 号开始编号，已入账的凭证请从文件中删除",
    "number this month from {expected} on and leave out vouchers that are in the books",
)
NUMBER_GAP = Fault(
    "NUMBER_GAP",
    "{month} 凭证号不连续，缺少 {expected} 号",
    "the numbers of {month} have a gap: {expected} is expected",
    "请补上 {expected} 号凭证，或改为连续编号",
    "add voucher {expected} or number the vouchers without a gap",
)
SUMMARY_MISSING = Fault(
    "SUMMARY_MISSING",
    "缺少摘要",
    "the summary is missing",
    "请写明事由，例如 支付3月路灯电费",
    "say what it was for, such as 支付3月路灯电费",
)
TEXT_TOO_LONG = Fault(
    "TEXT_TOO_LONG",
    "内容有 {length} 字",
    "the text has {length} characters",
    "请缩短到 {limit} 字以内",
    "shorten it to {limit} characters",
)
ACCOUNT_MISSING = Fault(
    "ACCOUNT_MISSING",
    "缺少科目编码",
    "the account is missing",
    "请填写会计科目表中的三位编码，例如 101",
    "write a code of the chart of accounts, such as 101",
)
ACCOUNT_UNKNOWN = Fault(
    "ACCOUNT_UNKNOWN",
    "科目表中没有该编码",
    "the chart of accounts has no such code",
    "请填写会计科目表中的编码，例如 {nearest}",
    "write a code of the chart of accounts, such as {nearest}",
)
AMOUNT_INVALID = Fault(
    "AMOUNT_INVALID",
    "不是有效金额",
    "this is not an amount",
    "请填写以元为单位、最多两位小数的数字，例如 1234.50",
    "write a number in yuan with at most two decimals, such as 1234.50",
)
AMOUNT_TOO_FINE = Fault(
    "AMOUNT_TOO_FINE",
    "金额精确到分以下",
    "the amount is finer than one fen",
    "请保留两位小数，例如 1234.50",
    "keep two decimals, such as 1234.50",
)
AMOUNT_NEGATIVE = Fault(
    "AMOUNT_NEGATIVE",
    "金额不能为负数",
    "an amount may not be negative",
    "请填写正数并记入另一方（借方与贷方互换）",
    "write it as a positive amount on the other side",
)
AMOUNT_BOTH_SIDES = Fault(
    "AMOUNT_BOTH_SIDES",
    "同一行既有借方又有贷方",
    "the row has both a debit and a credit",
    "请拆成两行，每行只填一方",
    "split it into two rows with one side each",
)
AMOUNT_MISSING = Fault(
    "AMOUNT_MISSING",
    "借方和贷方都没有金额",
    "the row has neither a debit nor a credit",
    "请在借方或贷方填写金额",
    "write an amount in debit or in credit",
)
AMOUNT_ZERO = Fault(
    "AMOUNT_ZERO",
    "金额为零",
    "the amount is zero",
    "请填写大于零的金额，或删除本行",
    "write an amount above zero or leave the row out",
)
EVIDENCE_MISSING = Fault(
    "EVIDENCE_MISSING",
    "缺少附件号（白条不得入账）",
    "the evidence number is missing: nothing is booked without a valid document",
    "请填写发票、收据等原始凭证的编号",
    "write the number of the invoice, receipt or other original document",
)
VOUCHER_SINGLE_LINE = Fault(
    "VOUCHER_SINGLE_LINE",
    "该凭证只有一行分录",
    "the voucher has a single line",
    "有借必有贷，请补上对方科目，并保持日期和凭证号相同",
    "every debit needs a credit: add the other line under the same date and number",
)
VOUCHER_UNBALANCED = Fault(
    "VOUCHER_UNBALANCED",
    "借方合计 {debit} 与贷方合计 {credit} 相差 {difference} 元",
    "debits of {debit} and credits of {credit} differ by {difference} yuan",
    "请核对该凭证的金额，使借贷相等",
    "correct the amounts so that debits equal credits",
)
