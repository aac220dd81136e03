"""The conditions a rule may name beyond office and tenant. To add one: a function and its line in CONDITIONS.

The first line of each docstring completes the sentence "the caller is …" and stands in the generated page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from policies.access.request import Resource, Subject

Condition = Callable[[Subject, Resource], bool]


def always(_subject: Subject, _resource: Resource) -> bool:
    """anyone"""
    return True


def signed_in(subject: Subject, _resource: Resource) -> bool:
    """signed in"""
    return subject.member is not None


def is_subject(subject: Subject, resource: Resource) -> bool:
    """the member whom the data is about"""
    return subject.member is not None and subject.member == resource.subject


def is_drafter(subject: Subject, resource: Resource) -> bool:
    """whoever drafted it"""
    return subject.member is not None and subject.member == resource.drafter


def is_reviewer(subject: Subject, resource: Resource) -> bool:
    """whoever reviewed it"""
    return subject.member is not None and subject.member == resource.reviewer


def is_signer(subject: Subject, resource: Resource) -> bool:
    """whoever signed it"""
    return subject.member is not None and subject.member == resource.signer


CONDITIONS: Mapping[str, Condition] = {
    "-": always,
    "signed_in": signed_in,
    "is_subject": is_subject,
    "is_drafter": is_drafter,
    "is_reviewer": is_reviewer,
    "is_signer": is_signer,
}
