"""The ``tessera`` command: one thin function per command, heavy imports inside.

What belongs here: arguments, exit codes, what is printed. What does not: any step. Exit codes: 0 done; 1
done, and the answer is no (a target is open, a file would be refused); 2 the input or the installation cannot
be used, and nothing was changed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import cyclopts
from cyclopts import Parameter

OK, NO, UNUSABLE = 0, 1, 2

app = cyclopts.App(
    name="tessera", version_flags=["--version"], result_action="return_value",
    help="Anonymised data sharing and analytics for partnerships that respond to sexual violence and abuse.")

DataDir = Annotated[Path, Parameter(name="--data-dir", help="Where the partnership's state lives.")]
KeyDir = Annotated[Path | None, Parameter(name="--key-dir",
                                          help="Where its keys live; beside the data directory unless said.")]
Audience = Annotated[Literal["board", "public"], Parameter(
    help="board: link, count, protect, attack, write. public: part of the board's approved release.")]
Agencies = Annotated[tuple[Path, ...], Parameter(name="--agencies",
                                                 help="Further directories with agency files.", negative="")]


def _hub(data_dir: Path, key_dir: Path | None, agencies: tuple[Path, ...] = ()):  # type: ignore[no-untyped-def]
    from pipelines.hub import PARTNERSHIP_VARIABLE, Hub
    from pipelines.store.places import Places
    from schemas.agencies import AGENCY_DIR
    from schemas.partnership import PARTNERSHIP_FILE

    named = os.environ.get(PARTNERSHIP_VARIABLE)
    return Hub(places=Places.under(data_dir, key_dir), agency_dirs=(AGENCY_DIR, *agencies),
               partnership_file=Path(named) if named else PARTNERSHIP_FILE)


@app.command
def demo(*, data_dir: DataDir = Path("var"), key_dir: KeyDir = None,
         sample: Path = Path("data/sample")) -> int:
    """Run the sample partnership from landing to dashboard, and print where the dashboard is."""
    from pipelines.doors.demo import run_demo

    return run_demo(_hub(data_dir, key_dir), sample)


@app.command
def run(*, data_dir: DataDir = Path("var"), key_dir: KeyDir = None, agencies: Agencies = ()) -> int:
    """Take in every finished delivery in the landing folder, as the sensor would."""
    from pipelines.doors.runs import take_in_waiting

    return take_in_waiting(_hub(data_dir, key_dir, agencies))


@app.command
def release(*, quarter: str, audience: Audience = "board",
            relink: Annotated[bool, Parameter(negative="", help="Link everybody anew first, with a model "
                                                                "learnt anew.")] = False,
            data_dir: DataDir = Path("var"), key_dir: KeyDir = None,
            agencies: Agencies = ()) -> int:
    """Make the candidate of a quarter's release; a public one only on demand, from the board's approved
    one."""
    from pipelines.doors.runs import make_public, make_release

    hub = _hub(data_dir, key_dir, agencies)
    return make_public(hub, quarter) if audience == "public" else make_release(hub, quarter, relink=relink)


@app.command
def approve(release: str, *,
            by: Annotated[str, Parameter(name="--as", help="Who approves: a signer, not the maker.")],
            data_dir: DataDir = Path("var"), key_dir: KeyDir = None) -> int:
    """Approve a candidate: from then on its figures are published, and it is never written again."""
    from pipelines.steps.release import approve_release

    folder = approve_release(_hub(data_dir, key_dir), release, by)
    print(f"Release [{folder.name}] is approved by [{by}] and entered into the published ledger.")
    return OK


@app.command
def reconcile(*, quarter: str, outside: Path | None = None, data_dir: DataDir = Path("var"),
              key_dir: KeyDir = None, agencies: Agencies = ()) -> int:
    """Tie each cube of a quarter to submissions, to what was published, and to figures published elsewhere
    (--outside CSV). Exit code 1: a difference is not explained."""
    from pipelines.doors.reconcile import write_reconciliation

    return write_reconciliation(_hub(data_dir, key_dir, agencies), quarter, outside)


@app.command(name="rotate-key")
def rotate_key(name: str, /, *, data_dir: DataDir = Path("var"), key_dir: KeyDir = None) -> int:
    """Replace one key by a fresh one, and make anew what it protects. Back up the key directory before and
    after."""
    from pipelines.steps.rotate import rotate

    check_value = rotate(_hub(data_dir, key_dir), name)
    print(f"Key [{name}] is replaced; the new one's check value is [{check_value}]. Back up the key "
          "directory now.")
    return OK


@app.command
def dev(*, data_dir: DataDir = Path("var"), key_dir: KeyDir = None, port: int = 3000) -> int:
    """Open Dagster's page on an installation, with its sensor and schedule."""
    from pipelines.doors.dev import run_dagster

    return run_dagster(_hub(data_dir, key_dir), port)


@app.command
def check(files: Annotated[list[Path], Parameter(consume_multiple=True, negative="")], /, *, agency: str,
          quarter: str | None = None,
          agencies: Agencies = ()) -> int:
    """Say what of an agency's files would be accepted and what not, without sending anything. Exit code 2:
    nothing would be."""
    from pipelines.doors.check import check as check_files

    return check_files(files, agency=agency, quarter=quarter, agency_dirs=agencies)


@app.command
def template(*, agency: str, quarter: str, out: Path | None = None, agencies: Agencies = ()) -> int:
    """Write the spreadsheet that an agency of tier [counts] fills in."""
    from pipelines.doors.template import write_template_file

    return write_template_file(agency, quarter, out, agencies)


@app.command(name="print")
def print_pack(path: Path, /, *, out: Path = Path("pack.pdf")) -> int:
    """Print a release's pack as a tagged PDF, by any browser of the Chromium family found; without one, say
    so."""
    from pipelines.doors.printed import print_release

    return print_release(_hub(Path("var"), None).partnership, path, out)


@app.command
def edition(release: str, /, *, edition: Annotated[str, Parameter(
                help="summary, one_page, board; agency: each agency's own; agency:NAME: one agency's.")],
            single_file: Annotated[bool, Parameter(negative="")] = False, data_dir: DataDir = Path("var"),
            key_dir: KeyDir = None, agencies: Agencies = ()) -> int:
    """Write another edition of an approved release; an agency's own from five days before the board."""
    from pipelines.steps.edition import write_editions

    for page in write_editions(_hub(data_dir, key_dir, agencies), release, edition, single_file=single_file):
        print(page)
    return OK


@app.command
def verify(path: Path, /, *, certificate: Annotated[bool, Parameter(negative="")] = False,
           json: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Check that a release is as it was published, and with --certificate that no small count in it can be
    narrowed."""
    from pipelines.doors.verify import verify_release

    return verify_release(path, certificate=certificate, json_output=json)


# the commands below are loaded when they are called: their modules are heavy
app.command("pipelines.doors.protect:protect_command", name="protect",
            help="Protect any table of counts, or microdata.")
app.command("pipelines.doors.attack:attack_command", name="attack",
            help="Attack tables of counts: what do they give away?")
app.command("pipelines.doors.screen:screen_command", name="screen",
            help="For use inside an agency: find blaming words in your own case records; only counts are "
                 "written.")
app.command("pipelines.doors.dip_sample:dip_sample_command", name="dip-sample",
            help="For use inside an agency: draw a sample of your own cases and a blank audit form, or count "
                 "a filled-in one.")
app.command("pipelines.doors.registers:registers_app", name="registers",
            help="Check or take in the register that the board's officer keeps.")


def spoken_errors() -> tuple[type[Exception], ...]:
    """Errors whose text is written for people and holds no record value."""
    from anonymisation.audit import AuditError
    from anonymisation.disclosure.refusal import DisclosureError
    from anonymisation.keys import KeyProblem
    from dashboards.commentary import CommentaryError
    from dashboards.lint import LintError
    from dashboards.release import ReleaseError as PagesError
    from dashboards.site import EditionError
    from pipelines.inside.own_file import InsideError
    from pipelines.intake.refusal import IntakeError
    from pipelines.registers.entry import RegisterError
    from pipelines.steps.reconcile import ReconcileError
    from pipelines.steps.release import ScreenedOut
    from pipelines.store.connect import StoreError
    from pipelines.store.landing import LandingError
    from pipelines.store.lock import StoreBusy
    from pipelines.store.releases import ReleaseError
    from schemas.codelists import CodeListError
    from schemas.documents import DocumentError
    from schemas.signers import SignerError

    return (AuditError, CodeListError, CommentaryError, DisclosureError, DocumentError, EditionError,
            InsideError, IntakeError, KeyProblem, LandingError, LintError, PagesError, ReconcileError,
            RegisterError, ReleaseError, ScreenedOut, SignerError, StoreBusy, StoreError)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; one sentence and exit code 2 where something cannot be used."""
    try:
        result = app(arguments, exit_on_error=True)
    except Exception as error:
        if isinstance(error, spoken_errors()):
            print(f"tessera: {error}", file=sys.stderr)
            sys.exit(UNUSABLE)
        raise
    sys.exit(result if isinstance(result, int) else OK)


if __name__ == "__main__":
    main()
