"""What every approval keeps: its stages in order, different hands at each, and a reason for every refusal."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from domain.shared.errors import DomainError


class WrongStage(DomainError):
    """{subject} is {stage}; only one that is {wanted} can be {action}."""

    code = "WRONG_STAGE"
    zh = "{subject} 当前为“{stage_zh}”，只有“{wanted_zh}”的才能进行此操作"


class SameHand(DomainError):
    """{subject}: whoever {did} it may not {action} it."""

    code = "SAME_HAND"
    zh = "{subject}：同一人不能既经手前一环节又办理本环节（不相容岗位分离）"


class ReasonMissing(DomainError):
    """Give a reason."""

    code = "REASON_MISSING"
    zh = "请填写理由"


class StageLike(Protocol):
    """A stage: its stable value, and its name for people."""

    @property
    def value(self) -> str: ...
    @property
    def zh(self) -> str: ...


def require_stage(subject: str, stage: StageLike, wanted: Collection[StageLike], action: str) -> None:
    """Raises WrongStage unless `stage` is one of `wanted`."""
    if stage not in wanted:
        raise WrongStage(
            subject=subject,
            stage=stage.value,
            stage_zh=stage.zh,
            wanted=" or ".join(one.value for one in wanted),
            wanted_zh="”或“".join(one.zh for one in wanted),
            action=action,
        )


def require_other_hand(subject: str, by: UUID, action: str, **hands: UUID | None) -> None:
    """Raises SameHand if `by` had a hand in it before; the keyword names what that hand did."""
    for did, hand in hands.items():
        if by == hand:
            raise SameHand(subject=subject, did=did, action=action)


def require_reason(reason: str) -> None:
    """Raises ReasonMissing for an empty one."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
