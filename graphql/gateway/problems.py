"""What the gateway itself refuses, before any rule of the domain is asked. `status` is that of the HTTP answer."""

from __future__ import annotations

from typing import ClassVar

from domain.shared.errors import DomainError


class EdgeRefusal(DomainError):
    """The request does not fit the interface."""

    code = "BAD_REQUEST"
    zh = "请求不符合接口约定"
    status: ClassVar[int] = 400


class BadBody(EdgeRefusal):
    """The body is not the JSON of a GraphQL request: {reason}."""

    zh = "请求正文不是有效的 GraphQL 请求（JSON）：{reason}"


class BadOperation(EdgeRefusal):
    """The document does not fit the schema: {reason}"""

    zh = "查询文档不符合接口定义：{reason}"


class Hidden(EdgeRefusal):
    """The document does not fit the schema."""

    zh = "查询文档不符合接口定义"


class OperationUnnamed(EdgeRefusal):
    """The document has several operations; name the one to run in operationName."""

    zh = "文档含有多个操作，请在 operationName 中指明要执行的一个"


class BadMultipart(EdgeRefusal):
    """The multipart body is not a GraphQL multipart request: {reason}."""

    zh = "上传请求不符合 GraphQL multipart 约定：{reason}"


class NotBatched(EdgeRefusal):
    """Send one operation per request; a list of them is not accepted."""

    code = "BATCH_REFUSED"
    zh = "一次请求只能包含一个操作，不接受批量请求"


class WrongMediaType(EdgeRefusal):
    """The content type {found} is not accepted; send application/json or multipart/form-data."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    zh = "不支持的内容类型 {found}；请使用 application/json 或 multipart/form-data"
    status = 415


class BodyTooLarge(EdgeRefusal):
    """The body is larger than {limit} bytes."""

    code = "BODY_TOO_LARGE"
    zh = "请求正文超过 {limit} 字节的上限"
    status = 413


class UploadTooLarge(EdgeRefusal):
    """The upload is larger than {limit} bytes; split the file."""

    code = "UPLOAD_TOO_LARGE"
    zh = "上传内容超过 {limit} 字节的上限，请拆分文件后重试"
    status = 413


class NotTrusted(EdgeRefusal):
    """This server runs only its own documents; ask for one by documentId (the SHA-256 of its text)."""

    code = "DOCUMENT_NOT_TRUSTED"
    zh = "本服务只执行已登记的查询文档；请用 documentId（文档内容的 SHA-256）指定"


class NoSuchDocument(EdgeRefusal):
    """There is no trusted document {hash}; the client may be older or newer than the server."""

    code = "PERSISTED_QUERY_NOT_FOUND"
    zh = "没有编号为 {hash} 的已登记文档；客户端与服务端版本可能不一致"


class TooManySignIns(EdgeRefusal):
    """Too many sign-ins from this address; try again in {seconds} seconds."""

    code = "TOO_MANY_SIGN_INS"
    zh = "该网络地址登录过于频繁，请 {seconds} 秒后再试"
    status = 429


class OnlySubscriptions(EdgeRefusal):
    """Only subscriptions run over a WebSocket; send queries and mutations with POST /graphql."""

    code = "ONLY_SUBSCRIPTIONS"
    zh = "WebSocket 只用于订阅；查询和变更请使用 POST /graphql"


class TooManySubscriptions(EdgeRefusal):
    """This connection has {limit} subscriptions open, and may have no more."""

    code = "TOO_MANY_SUBSCRIPTIONS"
    zh = "该连接已有 {limit} 个订阅，达到上限"


class NoSuchPage(EdgeRefusal):
    """There is nothing at this address."""

    code = "NOT_FOUND"
    zh = "没有找到该地址"
    status = 404


class MethodRefused(EdgeRefusal):
    """This address does not take {method} requests."""

    code = "METHOD_NOT_ALLOWED"
    zh = "该地址不接受 {method} 请求"
    status = 405


class InternalError(EdgeRefusal):
    """Internal error. If you report it, give the request id {request_id}."""

    code = "INTERNAL"
    zh = "内部错误。如需反映，请提供请求编号 {request_id}"
    status = 500


class Unavailable(EdgeRefusal):
    """The database does not answer at the moment; try again shortly."""

    code = "UNAVAILABLE"
    zh = "数据库暂时没有响应，请稍后重试"
    status = 503
