"""Attacking a release before anyone else does.

Here: the auditor. It is handed the bytes about to be published and all published ones, knows the rules, and
tries. It reads no file, and shares no code with the side that protects; the two know only the file format
(read.py). Not here: protection (anonymisation/disclosure), the release step and the commands (pipelines).

A door for each question: `audit` (may this release leave?), `joined` (and from its parts?), `verify` (does
its certificate hold? integers alone), `attack_tables` (what do any tables of counts give away?).
"""

from __future__ import annotations

from anonymisation.audit.attackers import Benches
from anonymisation.audit.foreign import Attacked, attack_tables
from anonymisation.audit.gate import Settings, audit
from anonymisation.audit.read import Known, Release, read_release
from anonymisation.audit.report import report_data, report_text
from anonymisation.audit.rows import AuditError
from anonymisation.audit.verdict import AttackerResult, AuditResult, joined
from anonymisation.audit.verify import Verified, verify

__all__ = [
    "Attacked",
    "AttackerResult",
    "AuditError",
    "AuditResult",
    "Benches",
    "Known",
    "Release",
    "Settings",
    "Verified",
    "attack_tables",
    "audit",
    "joined",
    "read_release",
    "report_data",
    "report_text",
    "verify",
]
